//! `sha1`: the SHA1 hash of the text in lower-case hexadecimal.

use super::hex;
use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use sha1::{Digest, Sha1};

pub(super) static FUNCTION: Function = Function {
    name: "sha1",
    aliases: &[],
    category: Category::Cryptographic,
    syntax: "sha1(text)",
    summary: "The SHA1 hash of the text in lower-case hexadecimal.",
    arguments: Arguments::exactly(1),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &["text-functions-map-multivalue"],
    examples: &[
        Example {
            expression: r#"sha1("abc")"#,
            row: "{}",
            expected: r#""a9993e364706816aba3e25717850c26c9cd0d89d""#,
        },
        Example { expression: "sha1(x)", row: "{}", expected: "null" },
    ],
    body: Body::Each(|args, _| {
        args.first().map_or(Value::Null, |text| hex(&Sha1::digest(text.text().as_bytes())))
    }),
};
