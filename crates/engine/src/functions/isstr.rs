//! `isstr`: whether the value is text that does not look like a number.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "isstr",
    aliases: &[],
    category: Category::Informational,
    syntax: "isstr(value)",
    summary: "Whether the value is text that does not look like a number.",
    arguments: Arguments::exactly(1),
    returns: Returns::Bool,
    volatile: false,
    deviations: &[],
    assumptions: &["numbers-by-looks"],
    examples: &[
        Example { expression: r#"isstr(x)"#, row: r#"{"x":"abc"}"#, expected: r#"true"# },
        Example { expression: r#"isstr(x)"#, row: r#"{"x":"15"}"#, expected: r#"false"# },
        Example { expression: r#"isstr(x)"#, row: r#"{}"#, expected: r#"false"# },
    ],
    body: Body::Values(|args, _| {
        Value::Bool(
            args.iter()
                .all(|value| matches!(value, Value::Text(_) | Value::List(_)) && value.number().is_none()),
        )
    }),
};
