//! `json_object`: a JSON object of these members.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;
use crate::json;
use serde_json::Value as Json;

pub(super) static FUNCTION: Function = Function {
    name: "json_object",
    aliases: &[],
    category: Category::Json,
    syntax: "json_object(key, value, ...)",
    summary: "A JSON object of these members.",
    arguments: Arguments::pairs(0, 0),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &["json-types-of-fields"],
    examples: &[
        Example {
            expression: r#"json_object("name", "maria", "age", 25)"#,
            row: "{}",
            expected: r#""{\"name\":\"maria\",\"age\":25}""#,
        },
        Example {
            expression: r#"json_object("a", json_array("b", json_object()))"#,
            row: "{}",
            expected: r#""{\"a\":[\"b\",{}]}""#,
        },
        Example {
            expression: r#"json_object("mv", x, "n", n, "none", z, "ok", true())"#,
            row: r#"{"x":["a","b"],"n":"5"}"#,
            expected: r#""{\"mv\":[\"a\",\"b\"],\"n\":5,\"none\":null,\"ok\":true}""#,
        },
        Example { expression: "json_object(z, 1)", row: "{}", expected: "null" },
    ],
    body: Body::Values(|args, _| {
        if args.chunks_exact(2).any(|pair| pair[0].is_null()) {
            return Value::Null;
        }
        let member = |pair: &[Datum<'_>]| (pair[0].text().into_owned(), json::of_datum(&pair[1]));
        json::to_text(&Json::Object(args.chunks_exact(2).map(member).collect()))
    }),
};
