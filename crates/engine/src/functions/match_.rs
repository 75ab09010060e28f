//! `match`: whether the regular expression is found in the value; of a multivalue field, in any of its values.

use super::Regex;
use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::operators::any_text;

pub(super) static FUNCTION: Function = Function {
    name: "match",
    aliases: &[],
    category: Category::Conditional,
    syntax: "match(value, regex)",
    summary: "Whether the regular expression is found in the value; of a multivalue field, in any of its values.",
    arguments: Arguments::exactly(2),
    returns: Returns::Bool,
    volatile: false,
    deviations: &[],
    assumptions: &["multivalue-compares-any"],
    examples: &[
        Example { expression: r#"match(x, "^pow\\w+")"#, row: r#"{"x":"powershell"}"#, expected: "true" },
        Example { expression: r#"match(x, "SHELL")"#, row: r#"{"x":"powershell"}"#, expected: "false" },
        Example {
            expression: r#"match(x, "(?i)SHELL$")"#,
            row: r#"{"x":["cmd","powershell"]}"#,
            expected: "true",
        },
        Example { expression: "match(x, y)", row: r#"{"x":"abc","y":"b+"}"#, expected: "true" },
        Example { expression: r#"match(x, "a")"#, row: "{}", expected: "null" },
    ],
    body: Body::Prepared(|args, _| {
        let pattern = Regex::prepare(args, 1)?;
        Ok(super::Prepared::new(move |args, _| match args {
            [value, text] => pattern.with(text, |pattern| any_text(value, |text| pattern.is_match(text))),
            _ => Value::Null,
        }))
    }),
};
