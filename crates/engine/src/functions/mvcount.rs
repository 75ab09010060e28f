//! `mvcount`: how many values the field has; null when it has none.

use super::values;
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
        Example { expression: r#"mvcount(x)"#, row: r#"{"x":["a","b"]}"#, expected: r#"2"# },
        Example { expression: r#"mvcount(x)"#, row: r#"{"x":"a"}"#, expected: r#"1"# },
        Example { expression: r#"mvcount(x)"#, row: r#"{}"#, expected: r#"null"# },
    ],
    body: Body::Strict(|args, _| Value::Int(args.first().map_or(0, |value| values(value).len() as i64))),
};
