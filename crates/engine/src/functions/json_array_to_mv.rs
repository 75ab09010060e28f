//! `json_array_to_mv`: the elements of a JSON array as a multivalue field; with keep_quotes strings keep their quotes. Null for anything else.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;
use crate::json;
use serde_json::Value as Json;

pub(super) static FUNCTION: Function = Function {
    name: "json_array_to_mv",
    aliases: &[],
    category: Category::Json,
    syntax: "json_array_to_mv(array, keep_quotes)",
    summary: "The elements of a JSON array as a multivalue field; with keep_quotes strings keep their quotes. Null for anything else.",
    arguments: Arguments::between(1, 2),
    returns: Returns::Any,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            expression: "json_array_to_mv(x)",
            row: r#"{"x":"[\"a\", 1, [2], null]"}"#,
            expected: r#"["a","1","[2]","null"]"#,
        },
        Example {
            expression: "json_array_to_mv(x, true())",
            row: r#"{"x":"[\"a\", \"b\"]"}"#,
            expected: r#"["\"a\"","\"b\""]"#,
        },
        Example { expression: "json_array_to_mv(x)", row: r#"{"x":"{}"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| match args {
        [array] => values(array, false),
        [array, quotes] => values(array, quotes.boolean() == Some(true)),
        _ => Value::Null,
    }),
};

/// The elements of an array, strings with or without their quotes.
pub(super) fn values(array: &Datum<'_>, quotes: bool) -> Value {
    let Some(Json::Array(elements)) = json::document(array) else { return Value::Null };
    let text = |element: &Json| {
        if quotes {
            grotto_events::json::write(element)
        } else {
            grotto_events::json::text(element).into_owned()
        }
    };
    Value::list(elements.iter().map(text).collect())
}
