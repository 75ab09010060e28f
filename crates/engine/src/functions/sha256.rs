//! `sha256`: the SHA256 hash of the text in lower-case hexadecimal.

use super::hex;
use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use sha2::{Digest, Sha256};

pub(super) static FUNCTION: Function = Function {
    name: "sha256",
    aliases: &[],
    category: Category::Cryptographic,
    syntax: "sha256(text)",
    summary: "The SHA256 hash of the text in lower-case hexadecimal.",
    arguments: Arguments::exactly(1),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &["text-functions-map-multivalue"],
    examples: &[
        Example {
            expression: r#"sha256("abc")"#,
            row: "{}",
            expected: r#""ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad""#,
        },
        Example { expression: "sha256(x)", row: "{}", expected: "null" },
    ],
    body: Body::Each(|args, _| {
        args.first().map_or(Value::Null, |text| hex(&Sha256::digest(text.text().as_bytes())))
    }),
};
