//! `toobject`: the value if it is a JSON object, without blanks between its parts; null if it is none.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::json;
use serde_json::Value as Json;

pub(super) static FUNCTION: Function = Function {
    name: "toobject",
    aliases: &[],
    category: Category::Conversion,
    syntax: "toobject(value)",
    summary: "The value if it is a JSON object, without blanks between its parts; null if it is none.",
    arguments: Arguments::exactly(1),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            expression: "toobject(x)",
            row: r#"{"x":"{\"a\": 1, \"b\": [2]}"}"#,
            expected: r#""{\"a\":1,\"b\":[2]}""#,
        },
        Example { expression: "toobject(x)", row: r#"{"x":"[1]"}"#, expected: "null" },
        Example { expression: "toobject(x)", row: r#"{"x":"{a:1}"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| {
        let object = args.first().and_then(json::document).filter(Json::is_object);
        object.map_or(Value::Null, |object| json::to_text(&object))
    }),
};
