//! `trim`: the text without these characters (blanks and tabs if none are given) at both ends.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "trim",
    aliases: &[],
    category: Category::Text,
    syntax: "trim(text, characters)",
    summary: "The text without these characters (blanks and tabs if none are given) at both ends.",
    arguments: Arguments::between(1, 2),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &["text-functions-map-multivalue"],
    examples: &[
        Example { expression: "trim(x)", row: r#"{"x":"  a  "}"#, expected: r#""a""# },
        Example { expression: r#"trim(x, "-")"#, row: r#"{"x":"--ab--"}"#, expected: r#""ab""# },
    ],
    body: Body::Each(|args, _| match args {
        [text] => Value::Text(text.text().trim_matches([' ', '\t']).to_owned()),
        [text, characters] => {
            let characters: Vec<char> = characters.text().chars().collect();
            Value::Text(text.text().trim_matches(characters.as_slice()).to_owned())
        }
        _ => Value::Null,
    }),
};
