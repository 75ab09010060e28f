//! `len`: how many characters the text has.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "len",
    aliases: &["length"],
    category: Category::Text,
    syntax: "len(text)",
    summary: "How many characters the text has.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &["text-functions-map-multivalue"],
    examples: &[
        Example { expression: "len(x)", row: r#"{"x":"abc"}"#, expected: "3" },
        Example { expression: "len(x)", row: r#"{"x":"é"}"#, expected: "1" },
        Example { expression: "len(x)", row: r#"{"x":""}"#, expected: "0" },
        Example { expression: "len(x)", row: "{}", expected: "null" },
    ],
    body: Body::Each(|args, _| {
        args.first().map_or(Value::Null, |text| Value::Int(text.text().chars().count() as i64))
    }),
};
