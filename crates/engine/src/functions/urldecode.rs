//! `urldecode`: the text with %XX replaced by the characters that they stand for.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "urldecode",
    aliases: &[],
    category: Category::Text,
    syntax: "urldecode(text)",
    summary: "The text with %XX replaced by the characters that they stand for.",
    arguments: Arguments::exactly(1),
    returns: Returns::Text,
    volatile: false,
    deviations: &["Bytes that are no UTF-8 become the replacement character."],
    assumptions: &["text-functions-map-multivalue"],
    examples: &[
        Example {
            expression: r#"urldecode("http%3A%2F%2Fa.b%2F%C3%A9")"#,
            row: "{}",
            expected: r#""http://a.b/é""#,
        },
        Example { expression: "urldecode(x)", row: r#"{"x":"100%"}"#, expected: r#""100%""# },
        Example { expression: "urldecode(x)", row: r#"{"x":"%zz%4"}"#, expected: r#""%zz%4""# },
    ],
    body: Body::Each(|args, _| args.first().map_or(Value::Null, |text| Value::Text(decode(&text.text())))),
};

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let hex = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if let (b'%', Some(high), Some(low)) = (byte, hex(at + 1), hex(at + 2)) {
            out.push((high * 16 + low) as u8);
            at += 3;
        } else {
            out.push(*byte);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
