//! `json_array`: a JSON array of these values.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::json;

pub(super) static FUNCTION: Function = Function {
    name: "json_array",
    aliases: &[],
    category: Category::Json,
    syntax: "json_array(value, ...)",
    summary: "A JSON array of these values.",
    arguments: Arguments::at_least(0),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &["json-types-of-fields"],
    examples: &[
        Example {
            expression: r#"json_array("buttercup", 1, 2.5)"#,
            row: "{}",
            expected: r#""[\"buttercup\",1,2.5]""#,
        },
        Example {
            expression: r#"json_array(x, json_object("a", 1), z)"#,
            row: r#"{"x":"7"}"#,
            expected: r#""[7,{\"a\":1},null]""#,
        },
        Example { expression: "json_array()", row: "{}", expected: r#""[]""# },
    ],
    body: Body::Values(|args, _| json::to_text(&args.iter().map(json::of_datum).collect())),
};
