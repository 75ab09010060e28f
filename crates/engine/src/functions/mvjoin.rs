//! `mvjoin`: the values joined to one text.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "mvjoin",
    aliases: &[],
    category: Category::Multivalue,
    syntax: "mvjoin(field, delimiter)",
    summary: "The values joined to one text.",
    arguments: Arguments::exactly(2),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: r#"mvjoin(x, ", ")"#, row: r#"{"x":["a","b"]}"#, expected: r#""a, b""# },
        Example { expression: r#"mvjoin(x, ", ")"#, row: r#"{"x":"a"}"#, expected: r#""a""# },
        Example { expression: r#"mvjoin(x, ",")"#, row: "{}", expected: "null" },
    ],
    body: Body::Strict(|args, _| match args {
        [value, delimiter] => Value::Text(value.texts().join(&delimiter.text())),
        _ => Value::Null,
    }),
};
