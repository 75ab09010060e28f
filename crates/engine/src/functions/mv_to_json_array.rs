//! `mv_to_json_array`: the values as a JSON array of strings. With infer_types each value is read as JSON, and what is none becomes null.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;
use crate::json;
use serde_json::Value as Json;

pub(super) static FUNCTION: Function = Function {
    name: "mv_to_json_array",
    aliases: &[],
    category: Category::Multivalue,
    syntax: "mv_to_json_array(field, infer_types)",
    summary: "The values as a JSON array of strings. With infer_types each value is read as JSON, and what is none becomes null.",
    arguments: Arguments::between(1, 2),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            expression: "mv_to_json_array(x)",
            row: r#"{"x":["a","1"]}"#,
            expected: r#""[\"a\",\"1\"]""#,
        },
        Example {
            expression: "mv_to_json_array(x, true())",
            row: r#"{"x":["\"a\"","1","true","b"]}"#,
            expected: r#""[\"a\",1,true,null]""#,
        },
        Example { expression: "mv_to_json_array(x, false())", row: r#"{"x":"a"}"#, expected: r#""[\"a\"]""# },
        Example { expression: "mv_to_json_array(x)", row: "{}", expected: "null" },
    ],
    body: Body::Strict(|args, _| match args {
        [values] => array(values, false),
        [values, infer] => array(values, infer.boolean() == Some(true)),
        _ => Value::Null,
    }),
};

/// The values as an array, of strings or of what they are as JSON.
fn array(values: &Datum<'_>, infer: bool) -> Value {
    let element = |text: String| {
        if infer { grotto_events::json::parse(&text).unwrap_or(Json::Null) } else { Json::String(text) }
    };
    json::to_text(&values.texts().into_iter().map(element).collect())
}
