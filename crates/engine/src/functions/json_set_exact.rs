//! `json_set_exact`: the JSON object with members of exactly these keys.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::json;
use serde_json::Value as Json;

pub(super) static FUNCTION: Function = Function {
    name: "json_set_exact",
    aliases: &[],
    category: Category::Json,
    syntax: "json_set_exact(json, key, value, ...)",
    summary: "The JSON object with members of exactly these keys.",
    arguments: Arguments::pairs(1, 1),
    returns: Returns::Text,
    volatile: false,
    deviations: &[
        "Several pairs give one object with all of them, where the documentation says that they give an array.",
    ],
    assumptions: &["json-types-of-fields"],
    examples: &[
        Example {
            expression: r#"json_set_exact(json_object(), "a.b", "/opt")"#,
            row: "{}",
            expected: r#""{\"a.b\":\"/opt\"}""#,
        },
        Example {
            expression: r#"json_set_exact(x, "a", 1, "b", json_array(2))"#,
            row: r#"{"x":"{\"a\":0}"}"#,
            expected: r#""{\"a\":1,\"b\":[2]}""#,
        },
        Example { expression: r#"json_set_exact(x, "a", 1)"#, row: r#"{"x":"[]"}"#, expected: "null" },
    ],
    body: Body::Values(|args, _| {
        let Some((document, pairs)) = args.split_first() else { return Value::Null };
        let Some(Json::Object(mut members)) = json::document(document) else { return Value::Null };
        for pair in pairs.chunks_exact(2).filter(|pair| !pair[0].is_null()) {
            members.insert(pair[0].text().into_owned(), json::of_datum(&pair[1]));
        }
        json::to_text(&Json::Object(members))
    }),
};
