//! `json_extract`: what a path leads to in a document, all of it as an array where the path goes through arrays with {}; the whole document without a path, an array of what each leads to with several.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;
use crate::json;
use crate::json::Path;
use serde_json::Value as Json;

pub(super) static FUNCTION: Function = Function {
    name: "json_extract",
    aliases: &[],
    category: Category::Json,
    syntax: "json_extract(json, path, ...)",
    summary: "What a path leads to in a document, all of it as an array where the path goes through arrays with {}; the whole document without a path, an array of what each leads to with several.",
    arguments: Arguments::at_least(1),
    returns: Returns::Any,
    volatile: false,
    deviations: &[],
    assumptions: &["json-booleans-as-text"],
    examples: &[
        Example {
            expression: r#"json_extract(x, "a.b{1}")"#,
            row: r#"{"x":"{\"a\":{\"b\":[1,2.5]}}"}"#,
            expected: "2.5",
        },
        Example {
            expression: r#"json_extract(x, "{}.name")"#,
            row: r#"{"x":"[{\"name\":\"London\"},{\"name\":\"Venice\"}]"}"#,
            expected: r#""[\"London\",\"Venice\"]""#,
        },
        Example {
            expression: r#"json_extract(x, "a", "z")"#,
            row: r#"{"x":"{\"a\":{\"b\":1}}"}"#,
            expected: r#""[{\"b\":1},null]""#,
        },
        Example { expression: "json_extract(x)", row: r#"{"x":"\"text\""}"#, expected: r#""text""# },
        Example {
            expression: r#"json_extract(x, "ok")"#,
            row: r#"{"x":"{\"ok\":true}"}"#,
            expected: r#""true""#,
        },
        Example { expression: r#"json_extract(x, "a")"#, row: r#"{"x":"{"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| {
        let Some((document, paths)) = args.split_first() else { return Value::Null };
        let Some(document) = json::document(document) else { return Value::Null };
        match paths {
            [] => json::to_value(&document),
            [path] => json::to_value(&at(&document, path)),
            paths => json::to_text(&paths.iter().map(|path| at(&document, path)).collect()),
        }
    }),
};

fn at(document: &Json, path: &Datum<'_>) -> Json {
    let Some(selection) = Path::parse(&path.text()).map(|path| path.select(document)) else {
        return Json::Null;
    };
    match selection.parts.as_slice() {
        [] => Json::Null,
        [part] if !selection.many => (*part).clone(),
        parts => parts.iter().map(|part| (*part).clone()).collect(),
    }
}
