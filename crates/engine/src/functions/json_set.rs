//! `json_set`: the document with values written where paths lead to. Members that are missing are made; where the document has something else than the path wants it stays.

use super::helpers;
use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::json;

pub(super) static FUNCTION: Function = Function {
    name: "json_set",
    aliases: &[],
    category: Category::Json,
    syntax: "json_set(json, path, value, ...)",
    summary: "The document with values written where paths lead to. Members that are missing are made; where the document has something else than the path wants it stays.",
    arguments: Arguments::pairs(1, 1),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &["json-types-of-fields"],
    examples: &[
        Example {
            expression: r#"json_set(x, "a.b", 1)"#,
            row: r#"{"x":"{}"}"#,
            expected: r#""{\"a\":{\"b\":1}}""#,
        },
        Example {
            expression: r#"json_set(x, "l{}.ok", true(), "l{0}.n", "two")"#,
            row: r#"{"x":"{\"l\":[{\"n\":1},{}]}"}"#,
            expected: r#""{\"l\":[{\"n\":\"two\",\"ok\":true},{\"ok\":true}]}""#,
        },
        Example {
            expression: r#"json_set(x, "a.c", "d")"#,
            row: r#"{"x":"{\"a\":\"b\"}"}"#,
            expected: r#""{\"a\":\"b\"}""#,
        },
        Example {
            expression: r#"json_set(x, "a", z)"#,
            row: r#"{"x":"{\"a\":1}"}"#,
            expected: r#""{\"a\":null}""#,
        },
        Example { expression: r#"json_set(x, "a", 1)"#, row: r#"{"x":"{"}"#, expected: "null" },
    ],
    body: Body::Values(|args, _| {
        helpers::with_paths(args, |document, path, value| path.set(document, &json::of_datum(value)))
    }),
};
