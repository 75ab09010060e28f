//! `in`: whether the value equals one of the items; of a multivalue field, whether any of its values does.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::operators;

pub(super) static FUNCTION: Function = Function {
    name: "in",
    aliases: &[],
    category: Category::Conditional,
    syntax: "in(value, item, ...)",
    summary: "Whether the value equals one of the items; of a multivalue field, whether any of its values does.",
    arguments: Arguments::at_least(2),
    returns: Returns::Bool,
    volatile: false,
    deviations: &[],
    assumptions: &["in-ignores-null-items", "multivalue-compares-any"],
    examples: &[
        Example { expression: r#"in(x, "a", "b")"#, row: r#"{"x":"b"}"#, expected: "true" },
        Example { expression: r#"in(x, "a", "b")"#, row: r#"{"x":"B"}"#, expected: "false" },
        Example { expression: r#"in(x, "a", "b")"#, row: r#"{"x":["c","a"]}"#, expected: "true" },
        Example { expression: r#"in(x, "a")"#, row: "{}", expected: "null" },
        Example { expression: r#"in("a", list)"#, row: r#"{"list":["b","a"]}"#, expected: "true" },
    ],
    body: Body::Values(|args, _| match args {
        [value, items @ ..] => operators::is_in(value, items.iter().cloned()),
        [] => Value::Null,
    }),
};
