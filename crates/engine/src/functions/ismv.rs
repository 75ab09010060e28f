//! `ismv`: whether the value is several values.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "ismv",
    aliases: &[],
    category: Category::Informational,
    syntax: "ismv(value)",
    summary: "Whether the value is several values.",
    arguments: Arguments::exactly(1),
    returns: Returns::Bool,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "ismv(x)", row: r#"{"x":["a","b"]}"#, expected: "true" },
        Example { expression: "ismv(x)", row: r#"{"x":"a"}"#, expected: "false" },
        Example { expression: r#"ismv(split("a,b", ","))"#, row: "{}", expected: "true" },
    ],
    body: Body::Values(|args, _| Value::Bool(args.iter().all(|value| value.list().is_some()))),
};
