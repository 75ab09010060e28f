//! `isarray`: whether the value is a JSON array.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::json;

pub(super) static FUNCTION: Function = Function {
    name: "isarray",
    aliases: &[],
    category: Category::Informational,
    syntax: "isarray(value)",
    summary: "Whether the value is a JSON array.",
    arguments: Arguments::exactly(1),
    returns: Returns::Bool,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "isarray(x)", row: r#"{"x":"[1, 2]"}"#, expected: "true" },
        Example { expression: "isarray(json_array())", row: "{}", expected: "true" },
        Example { expression: "isarray(x)", row: r#"{"x":"{}"}"#, expected: "false" },
        Example { expression: "isarray(y)", row: "{}", expected: "false" },
    ],
    body: Body::Values(|args, _| {
        Value::Bool(args.iter().all(|value| json::document(value).is_some_and(|json| json.is_array())))
    }),
};
