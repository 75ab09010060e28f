//! `json_entries`: the members of a JSON object as a JSON array of objects with key and value. Null for anything else.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::json;
use serde_json::Value as Json;

pub(super) static FUNCTION: Function = Function {
    name: "json_entries",
    aliases: &[],
    category: Category::Json,
    syntax: "json_entries(object)",
    summary: "The members of a JSON object as a JSON array of objects with key and value. Null for anything else.",
    arguments: Arguments::exactly(1),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            expression: "json_entries(x)",
            row: r#"{"x":"{\"a\": 1, \"b\": [2]}"}"#,
            expected: r#""[{\"key\":\"a\",\"value\":1},{\"key\":\"b\",\"value\":[2]}]""#,
        },
        Example { expression: "json_entries(x)", row: r#"{"x":"7"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| match args.first().and_then(json::document) {
        Some(Json::Object(members)) => {
            let entry = |(key, value)| serde_json::json!({ "key": key, "value": value });
            json::to_text(&members.into_iter().map(entry).collect())
        }
        _ => Value::Null,
    }),
};
