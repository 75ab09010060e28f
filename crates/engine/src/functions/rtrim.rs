//! `rtrim`: the text without these characters (blanks and tabs if none are given) at the end.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "rtrim",
    aliases: &[],
    category: Category::Text,
    syntax: "rtrim(text, characters)",
    summary: "The text without these characters (blanks and tabs if none are given) at the end.",
    arguments: Arguments::between(1, 2),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &["text-functions-map-multivalue"],
    examples: &[
        Example { expression: "rtrim(x)", row: r#"{"x":"  a  "}"#, expected: r#""  a""# },
        Example { expression: r#"rtrim(x, "-")"#, row: r#"{"x":"--ab--"}"#, expected: r#""--ab""# },
    ],
    body: Body::Each(|args, _| match args {
        [text] => Value::Text(text.text().trim_end_matches([' ', '\t']).to_owned()),
        [text, characters] => {
            let characters: Vec<char> = characters.text().chars().collect();
            Value::Text(text.text().trim_end_matches(characters.as_slice()).to_owned())
        }
        _ => Value::Null,
    }),
};
