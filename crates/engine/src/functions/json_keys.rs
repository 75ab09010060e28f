//! `json_keys`: the keys of a JSON object as a JSON array. Null for anything else.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::json;
use serde_json::Value as Json;

pub(super) static FUNCTION: Function = Function {
    name: "json_keys",
    aliases: &[],
    category: Category::Json,
    syntax: "json_keys(object)",
    summary: "The keys of a JSON object as a JSON array. Null for anything else.",
    arguments: Arguments::exactly(1),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            expression: "json_keys(x)",
            row: r#"{"x":"{\"b\": 1, \"a\": {\"c\": 2}}"}"#,
            expected: r#""[\"b\",\"a\"]""#,
        },
        Example { expression: "json_keys(x)", row: r#"{"x":"[1]"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| match args.first().and_then(json::document) {
        Some(Json::Object(members)) => json::to_text(&members.keys().cloned().map(Json::String).collect()),
        _ => Value::Null,
    }),
};
