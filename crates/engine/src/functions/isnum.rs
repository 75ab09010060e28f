//! `isnum`: whether the value is a number or looks like one.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "isnum",
    aliases: &[],
    category: Category::Informational,
    syntax: "isnum(value)",
    summary: "Whether the value is a number or looks like one.",
    arguments: Arguments::exactly(1),
    returns: Returns::Bool,
    volatile: false,
    deviations: &[],
    assumptions: &["numbers-by-looks"],
    examples: &[
        Example { expression: "isnum(x)", row: r#"{"x":"1.5"}"#, expected: "true" },
        Example { expression: "isnum(x)", row: r#"{"x":"0x1F"}"#, expected: "false" },
        Example { expression: "isnum(x)", row: "{}", expected: "false" },
    ],
    body: Body::Values(|args, _| Value::Bool(args.iter().all(|value| value.number().is_some()))),
};
