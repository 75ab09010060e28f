//! `tomv`: the elements of a JSON array as a multivalue field; a multivalue field stays. Null for anything else.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "tomv",
    aliases: &[],
    category: Category::Conversion,
    syntax: "tomv(value)",
    summary: "The elements of a JSON array as a multivalue field; a multivalue field stays. Null for anything else.",
    arguments: Arguments::exactly(1),
    returns: Returns::Any,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            expression: "tomv(x)",
            row: r#"{"x":"[\"a\", 2, {\"b\": 3}]"}"#,
            expected: r#"["a","2","{\"b\":3}"]"#,
        },
        Example { expression: "tomv(x)", row: r#"{"x":["a","b"]}"#, expected: r#"["a","b"]"# },
        Example { expression: "tomv(x)", row: r#"{"x":"a,b"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| match args.first() {
        Some(value) if value.list().is_some() => value.clone().into_value(),
        Some(value) => super::json_array_to_mv::values(value, false),
        None => Value::Null,
    }),
};
