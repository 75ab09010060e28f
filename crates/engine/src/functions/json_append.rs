//! `json_append`: the document with values added to the end of the arrays that paths lead to; what is no array becomes one first. An array is added as one element.

use super::helpers;
use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::json;

pub(super) static FUNCTION: Function = Function {
    name: "json_append",
    aliases: &[],
    category: Category::Json,
    syntax: "json_append(json, path, value, ...)",
    summary: "The document with values added to the end of the arrays that paths lead to; what is no array becomes one first. An array is added as one element.",
    arguments: Arguments::pairs(1, 1),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &["json-types-of-fields"],
    examples: &[
        Example {
            expression: r#"json_append(x, "l", "c")"#,
            row: r#"{"x":"{\"l\":[\"a\"]}"}"#,
            expected: r#""{\"l\":[\"a\",\"c\"]}""#,
        },
        Example {
            expression: r#"json_append(x, "l", json_array(1, 2), "s", 3)"#,
            row: r#"{"x":"{\"l\":[],\"s\":\"t\"}"}"#,
            expected: r#""{\"l\":[[1,2]],\"s\":[\"t\",3]}""#,
        },
        Example {
            expression: r#"json_append(x, "z", 1)"#,
            row: r#"{"x":"{\"a\":1}"}"#,
            expected: r#""{\"a\":1}""#,
        },
        Example { expression: r#"json_append(x, "a", 1)"#, row: r#"{"x":"a"}"#, expected: "null" },
    ],
    body: Body::Values(|args, _| {
        helpers::with_paths(args, |document, path, value| {
            let value = json::of_datum(value);
            path.edit(document, &mut |part| helpers::push(part, [value.clone()]));
        })
    }),
};
