//! `json`: the value if it is JSON, without blanks between its parts; null if it is none.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::json;

pub(super) static FUNCTION: Function = Function {
    name: "json",
    aliases: &[],
    category: Category::Json,
    syntax: "json(value)",
    summary: "The value if it is JSON, without blanks between its parts; null if it is none.",
    arguments: Arguments::exactly(1),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            expression: "json(x)",
            row: r#"{"x":"{\"animal\" : \"pony\"}"}"#,
            expected: r#""{\"animal\":\"pony\"}""#,
        },
        Example { expression: "json(x)", row: r#"{"x":"Golden Gate Bridge"}"#, expected: "null" },
        Example { expression: r#"json(json_array(1, "a"))"#, row: "{}", expected: r#""[1,\"a\"]""# },
    ],
    body: Body::Strict(|args, _| {
        args.first().and_then(json::document).map_or(Value::Null, |json| json::to_text(&json))
    }),
};
