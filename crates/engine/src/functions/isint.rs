//! `isint`: whether the value is a whole number or looks like one.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "isint",
    aliases: &[],
    category: Category::Informational,
    syntax: "isint(value)",
    summary: "Whether the value is a whole number or looks like one.",
    arguments: Arguments::exactly(1),
    returns: Returns::Bool,
    volatile: false,
    deviations: &[],
    assumptions: &["numbers-by-looks"],
    examples: &[
        Example { expression: r#"isint(x)"#, row: r#"{"x":"15"}"#, expected: r#"true"# },
        Example { expression: r#"isint(x)"#, row: r#"{"x":"1.5"}"#, expected: r#"false"# },
        Example { expression: r#"isint(x)"#, row: r#"{"x":"a"}"#, expected: r#"false"# },
    ],
    body: Body::Values(|args, _| {
        Value::Bool(args.iter().all(|value| value.number().is_some_and(|number| number.fract() == 0.0)))
    }),
};
