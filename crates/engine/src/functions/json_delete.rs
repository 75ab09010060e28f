//! `json_delete`: the JSON object without these members. Keys with dots lead to members of objects inside; several keys can be in one array.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::json;
use crate::json::Path;
use serde_json::Value as Json;

pub(super) static FUNCTION: Function = Function {
    name: "json_delete",
    aliases: &[],
    category: Category::Json,
    syntax: "json_delete(object, key, ...)",
    summary: "The JSON object without these members. Keys with dots lead to members of objects inside; several keys can be in one array.",
    arguments: Arguments::at_least(2),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            expression: r#"json_delete(x, "b", "c")"#,
            row: r#"{"x":"{\"a\":1,\"b\":2,\"c\":[3]}"}"#,
            expected: r#""{\"a\":1}""#,
        },
        Example {
            expression: r#"json_delete(x, "a.b")"#,
            row: r#"{"x":"{\"a\":{\"b\":1,\"c\":2}}"}"#,
            expected: r#""{\"a\":{\"c\":2}}""#,
        },
        Example {
            expression: r#"json_delete(x, json_array("a", "z"))"#,
            row: r#"{"x":"{\"a\":1,\"b\":2}"}"#,
            expected: r#""{\"b\":2}""#,
        },
        Example { expression: r#"json_delete(x, "a")"#, row: r#"{"x":"[1]"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| {
        let Some((object, keys)) = args.split_first() else { return Value::Null };
        let Some(mut object @ Json::Object(_)) = json::document(object) else { return Value::Null };
        for key in keys {
            let keys = match json::of_datum(key) {
                Json::Array(keys) => keys,
                key => vec![key],
            };
            for path in keys.iter().filter_map(|key| Path::parse(&grotto_events::json::text(key))) {
                path.delete(&mut object);
            }
        }
        json::to_text(&object)
    }),
};
