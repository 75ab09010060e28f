//! `mvcount`: how many values the field has; null when it has none.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "mvcount",
    aliases: &[],
    category: Category::Multivalue,
    syntax: "mvcount(field)",
    summary: "How many values the field has; null when it has none.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "mvcount(x)", row: r#"{"x":["a","b"]}"#, expected: "2" },
        Example { expression: "mvcount(x)", row: r#"{"x":"a"}"#, expected: "1" },
        Example { expression: "mvcount(x)", row: "{}", expected: "null" },
    ],
    body: Body::Strict(|args, _| Value::Int(args.first().map_or(0, |value| value.texts().len() as i64))),
};
