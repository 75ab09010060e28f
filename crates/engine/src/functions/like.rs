//! `like`: whether the whole value fits a pattern in which % is any characters and _ is one; letter case counts.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Like;
use crate::eval::operators::{self, any_text};

pub(super) static FUNCTION: Function = Function {
    name: "like",
    aliases: &[],
    category: Category::Conditional,
    syntax: "like(value, pattern)",
    summary: "Whether the whole value fits a pattern in which % is any characters and _ is one; letter case counts.",
    arguments: Arguments::exactly(2),
    returns: Returns::Bool,
    volatile: false,
    deviations: &[],
    assumptions: &["like-has-no-escape", "multivalue-compares-any"],
    examples: &[
        Example {
            expression: r#"like(x, "%shell.exe")"#,
            row: r#"{"x":"powershell.exe"}"#,
            expected: "true",
        },
        Example { expression: r#"like(x, "%SHELL%")"#, row: r#"{"x":"powershell.exe"}"#, expected: "false" },
        Example { expression: r#"like(x, "a_c")"#, row: r#"{"x":"abc"}"#, expected: "true" },
        Example { expression: "x LIKE p", row: r#"{"x":"abc","p":"a%"}"#, expected: "true" },
    ],
    body: Body::Prepared(|args, _| {
        let known = args.get(1).copied().flatten().map(|pattern| Like::new(&pattern.text()));
        Ok(super::Prepared::new(move |args, _| match (args, &known) {
            ([_, pattern], _) if pattern.is_null() => Value::Null,
            ([value, _], Some(like)) => any_text(value, |text| like.matches(text)),
            ([value, pattern], None) => operators::like(value, pattern),
            _ => Value::Null,
        }))
    }),
};
