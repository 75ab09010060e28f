//! `split`: the parts of the text between delimiters; its characters if the delimiter is empty.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "split",
    aliases: &[],
    category: Category::Multivalue,
    syntax: "split(text, delimiter)",
    summary: "The parts of the text between delimiters; its characters if the delimiter is empty.",
    arguments: Arguments::exactly(2),
    returns: Returns::Any,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            expression: r#"split(x, "\\")"#,
            row: r#"{"x":"C:\\a\\b"}"#,
            expected: r#"["C:","a","b"]"#,
        },
        Example { expression: r#"split(x, ",")"#, row: r#"{"x":"a,,b"}"#, expected: r#"["a","","b"]"# },
        Example { expression: r#"split(x, ",")"#, row: r#"{"x":"a"}"#, expected: r#""a""# },
        Example { expression: r#"split("ab", "")"#, row: "{}", expected: r#"["a","b"]"# },
    ],
    body: Body::Strict(|args, _| {
        let [text, delimiter] = args else { return Value::Null };
        let (text, delimiter) = (text.text(), delimiter.text());
        if delimiter.is_empty() {
            return Value::list(text.chars().map(String::from).collect());
        }
        Value::list(text.split(&*delimiter).map(str::to_owned).collect())
    }),
};
