//! `spath`: what the path leads to in JSON or XML: a value, or several as a multivalue field.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::commands::spath::values;
use crate::json::Path;

pub(super) static FUNCTION: Function = Function {
    name: "spath",
    aliases: &[],
    category: Category::Text,
    syntax: "spath(value, path)",
    summary: "What the path leads to in JSON or XML: a value, or several as a multivalue field.",
    arguments: Arguments::exactly(2),
    returns: Returns::Any,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            expression: r#"spath(x, "a{}.b")"#,
            row: r#"{"x":"{\"a\":[{\"b\":1},{\"b\":\"c\"}]}"}"#,
            expected: r#"["1","c"]"#,
        },
        Example {
            expression: r#"spath(x, "r.e{@id}")"#,
            row: r#"{"x":"<r><e id='7'>t</e></r>"}"#,
            expected: r#""7""#,
        },
        Example { expression: r#"spath(x, "z")"#, row: r#"{"x":"{}"}"#, expected: "null" },
        Example { expression: r#"spath(x, "z")"#, row: r#"{"x":"text"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| match args {
        [value, path] => {
            let Some(path) = Path::parse(&path.text()) else { return Value::Null };
            Value::list(value.texts().iter().flat_map(|text| values(text, &path)).collect())
        }
        _ => Value::Null,
    }),
};
