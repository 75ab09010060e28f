//! `json_has_key_exact`: whether a JSON object has a member of exactly this key.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::json;

pub(super) static FUNCTION: Function = Function {
    name: "json_has_key_exact",
    aliases: &[],
    category: Category::Json,
    syntax: "json_has_key_exact(object, key)",
    summary: "Whether a JSON object has a member of exactly this key.",
    arguments: Arguments::exactly(2),
    returns: Returns::Bool,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            expression: r#"json_has_key_exact(x, "a.b")"#,
            row: r#"{"x":"{\"a.b\": 10}"}"#,
            expected: "true",
        },
        Example {
            expression: r#"json_has_key_exact(x, "a.b")"#,
            row: r#"{"x":"{\"a\": {\"b\": 1}}"}"#,
            expected: "false",
        },
        Example { expression: r#"json_has_key_exact(x, "a")"#, row: r#"{"x":"[\"a\"]"}"#, expected: "false" },
    ],
    body: Body::Strict(|args, _| match args {
        [object, key] => {
            let object = json::document(object);
            Value::Bool(object.is_some_and(|object| object.get(&*key.text()).is_some()))
        }
        _ => Value::Null,
    }),
};
