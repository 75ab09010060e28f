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
        Example { expression: "isint(x)", row: r#"{"x":"15"}"#, expected: "true" },
        Example { expression: "isint(x)", row: r#"{"x":"1.5"}"#, expected: "false" },
        Example { expression: "isint(x)", row: r#"{"x":"a"}"#, expected: "false" },
    ],
    body: Body::Values(|args, _| {
        Value::Bool(args.iter().all(|value| value.number().is_some_and(|number| number.fract() == 0.0)))
    }),
};
