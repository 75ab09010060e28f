//! `upper`: the text in upper case.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "upper",
    aliases: &[],
    category: Category::Text,
    syntax: "upper(text)",
    summary: "The text in upper case.",
    arguments: Arguments::exactly(1),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &["text-functions-map-multivalue"],
    examples: &[
        Example { expression: "upper(x)", row: r#"{"x":"cmd.exe"}"#, expected: r#""CMD.EXE""# },
        Example { expression: "upper(x)", row: "{}", expected: "null" },
    ],
    body: Body::Each(|args, _| {
        args.first().map_or(Value::Null, |text| Value::Text(text.text().to_uppercase()))
    }),
};
