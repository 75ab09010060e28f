//! `json_extract_exact`: the member of exactly this key of a JSON object; the whole document without a key, an array of the members with several.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;
use crate::json;
use serde_json::Value as Json;

pub(super) static FUNCTION: Function = Function {
    name: "json_extract_exact",
    aliases: &[],
    category: Category::Json,
    syntax: "json_extract_exact(json, key, ...)",
    summary: "The member of exactly this key of a JSON object; the whole document without a key, an array of the members with several.",
    arguments: Arguments::at_least(1),
    returns: Returns::Any,
    volatile: false,
    deviations: &[],
    assumptions: &["json-booleans-as-text"],
    examples: &[
        Example {
            expression: r#"json_extract_exact(x, "a.b")"#,
            row: r#"{"x":"{\"a.b\":\"/opt\"}"}"#,
            expected: r#""/opt""#,
        },
        Example {
            expression: r#"json_extract_exact(x, "a", "b")"#,
            row: r#"{"x":"{\"a\":1}"}"#,
            expected: r#""[1,null]""#,
        },
        Example {
            expression: r#"json_extract_exact(x, "a.b")"#,
            row: r#"{"x":"{\"a\":{\"b\":1}}"}"#,
            expected: "null",
        },
    ],
    body: Body::Strict(|args, _| {
        let Some((document, keys)) = args.split_first() else { return Value::Null };
        let Some(document) = json::document(document) else { return Value::Null };
        let at = |key: &Datum<'_>| document.get(&*key.text()).cloned().unwrap_or(Json::Null);
        match keys {
            [] => json::to_value(&document),
            [key] => json::to_value(&at(key)),
            keys => json::to_text(&keys.iter().map(at).collect()),
        }
    }),
};
