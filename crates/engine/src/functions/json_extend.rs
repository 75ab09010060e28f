//! `json_extend`: the document with the elements of arrays added to the end of the arrays that paths lead to; what is no array becomes one first.

use super::helpers;
use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::json;
use serde_json::Value as Json;

pub(super) static FUNCTION: Function = Function {
    name: "json_extend",
    aliases: &[],
    category: Category::Json,
    syntax: "json_extend(json, path, array, ...)",
    summary: "The document with the elements of arrays added to the end of the arrays that paths lead to; what is no array becomes one first.",
    arguments: Arguments::pairs(1, 1),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &["json-types-of-fields"],
    examples: &[
        Example {
            expression: r#"json_extend(x, "l", json_array("b", json_object("c", 1)))"#,
            row: r#"{"x":"{\"l\":[\"a\"]}"}"#,
            expected: r#""{\"l\":[\"a\",\"b\",{\"c\":1}]}""#,
        },
        Example {
            expression: r#"json_extend(x, "s", y)"#,
            row: r#"{"x":"{\"s\":0}","y":["1","2"]}"#,
            expected: r#""{\"s\":[0,\"1\",\"2\"]}""#,
        },
        Example {
            expression: r#"json_extend(x, "l", "no array")"#,
            row: r#"{"x":"{\"l\":[1]}"}"#,
            expected: r#""{\"l\":[1]}""#,
        },
    ],
    body: Body::Values(|args, _| {
        helpers::with_paths(args, |document, path, value| {
            if let Json::Array(added) = json::of_datum(value) {
                path.edit(document, &mut |part| helpers::push(part, added.iter().cloned()));
            }
        })
    }),
};
