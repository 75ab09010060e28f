//! `mvfind`: the index of the first value in which the regular expression is found, the first being 0; null if there is none.

use super::Regex;
use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "mvfind",
    aliases: &[],
    category: Category::Multivalue,
    syntax: "mvfind(field, regex)",
    summary: "The index of the first value in which the regular expression is found, the first being 0; null if there is none.",
    arguments: Arguments::exactly(2),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: r#"mvfind(x, "^b")"#, row: r#"{"x":["a","bc","b"]}"#, expected: "1" },
        Example { expression: r#"mvfind(x, "z")"#, row: r#"{"x":["a","b"]}"#, expected: "null" },
        Example { expression: r#"mvfind(x, "a")"#, row: "{}", expected: "null" },
    ],
    body: Body::Prepared(|args, _| {
        let pattern = Regex::prepare(args, 1)?;
        Ok(super::Prepared::new(move |args, _| match args {
            [value, regex] => pattern.with(regex, |pattern| {
                let found = value.texts().iter().position(|text| pattern.is_match(text));
                found.map_or(Value::Null, |index| Value::Int(index as i64))
            }),
            _ => Value::Null,
        }))
    }),
};
