//! `toarray`: the value as a JSON array: text that is one, or a multivalue field whose values become numbers, truth values or text by their looks.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::json;
use serde_json::Value as Json;

pub(super) static FUNCTION: Function = Function {
    name: "toarray",
    aliases: &[],
    category: Category::Conversion,
    syntax: "toarray(value)",
    summary: "The value as a JSON array: text that is one, or a multivalue field whose values become numbers, truth values or text by their looks.",
    arguments: Arguments::exactly(1),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            expression: "toarray(x)",
            row: r#"{"x":["1","2.50","true","text"]}"#,
            expected: r#""[1,2.5,true,\"text\"]""#,
        },
        Example { expression: "toarray(x)", row: r#"{"x":"[ 1.00, \"a\" ]"}"#, expected: r#""[1,\"a\"]""# },
        Example { expression: "toarray(x)", row: r#"{"x":"a"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| match args.first() {
        Some(value) if value.list().is_some() => {
            json::to_text(&value.texts().into_iter().map(element).collect())
        }
        Some(value) => {
            json::document(value).filter(Json::is_array).map_or(Value::Null, |array| json::to_text(&array))
        }
        None => Value::Null,
    }),
};

/// A number or truth value if the text looks like one.
fn element(text: String) -> Json {
    match grotto_events::json::parse(&text) {
        Some(value @ (Json::Number(_) | Json::Bool(_))) => value,
        _ => Json::String(text),
    }
}
