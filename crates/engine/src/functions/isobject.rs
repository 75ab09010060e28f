//! `isobject`: whether the value is a JSON object.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::json;

pub(super) static FUNCTION: Function = Function {
    name: "isobject",
    aliases: &[],
    category: Category::Informational,
    syntax: "isobject(value)",
    summary: "Whether the value is a JSON object.",
    arguments: Arguments::exactly(1),
    returns: Returns::Bool,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "isobject(x)", row: r#"{"x":"{\"a\":1}"}"#, expected: "true" },
        Example { expression: r#"isobject(json_object("a", 1))"#, row: "{}", expected: "true" },
        Example { expression: "isobject(x)", row: r#"{"x":"[1"}"#, expected: "false" },
    ],
    body: Body::Values(|args, _| {
        Value::Bool(args.iter().all(|value| json::document(value).is_some_and(|json| json.is_object())))
    }),
};
