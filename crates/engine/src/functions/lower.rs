//! `lower`: the text in lower case.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "lower",
    aliases: &[],
    category: Category::Text,
    syntax: "lower(text)",
    summary: "The text in lower case.",
    arguments: Arguments::exactly(1),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &["text-functions-map-multivalue"],
    examples: &[
        Example { expression: "lower(x)", row: r#"{"x":"CMD.EXE"}"#, expected: r#""cmd.exe""# },
        Example { expression: "lower(x)", row: r#"{"x":["A","B"]}"#, expected: r#"["a","b"]"# },
    ],
    body: Body::Each(|args, _| {
        args.first().map_or(Value::Null, |text| Value::Text(text.text().to_lowercase()))
    }),
};
