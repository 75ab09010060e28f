//! `isdouble`: whether the value is a number that is not whole, or looks like one.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "isdouble",
    aliases: &[],
    category: Category::Informational,
    syntax: "isdouble(value)",
    summary: "Whether the value is a number that is not whole, or looks like one.",
    arguments: Arguments::exactly(1),
    returns: Returns::Bool,
    volatile: false,
    deviations: &[],
    assumptions: &["numbers-by-looks"],
    examples: &[
        Example { expression: "isdouble(x)", row: r#"{"x":"1.5"}"#, expected: "true" },
        Example { expression: "isdouble(3)", row: "{}", expected: "false" },
        Example { expression: "isdouble(x)", row: r#"{"x":"a"}"#, expected: "false" },
        Example { expression: "isdouble(x)", row: "{}", expected: "false" },
    ],
    body: Body::Values(|args, _| {
        Value::Bool(args.iter().all(|value| value.number().is_some_and(|number| number.fract() != 0.0)))
    }),
};
