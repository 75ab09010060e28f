//! `json_valid`: whether the value is JSON.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::json;

pub(super) static FUNCTION: Function = Function {
    name: "json_valid",
    aliases: &[],
    category: Category::Json,
    syntax: "json_valid(value)",
    summary: "Whether the value is JSON.",
    arguments: Arguments::exactly(1),
    returns: Returns::Bool,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "json_valid(x)", row: r#"{"x":"{\"names\": [\"maria\"]}"}"#, expected: "true" },
        Example { expression: "json_valid(x)", row: r#"{"x":"{\"names\": "}"#, expected: "false" },
        Example { expression: "json_valid(x)", row: "{}", expected: "null" },
    ],
    body: Body::Strict(|args, _| Value::Bool(args.iter().all(|value| json::document(value).is_some()))),
};
