//! `isstr`: whether the value is text that does not look like a number.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function =
    Function {
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
            Example { expression: "isstr(x)", row: r#"{"x":"abc"}"#, expected: "true" },
            Example { expression: "isstr(x)", row: r#"{"x":"15"}"#, expected: "false" },
            Example { expression: "isstr(x)", row: "{}", expected: "false" },
        ],
        body: Body::Values(|args, _| {
            Value::Bool(args.iter().all(|value| {
                (value.as_text().is_some() || value.list().is_some()) && value.number().is_none()
            }))
        }),
    };
