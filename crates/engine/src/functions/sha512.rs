//! `sha512`: the SHA512 hash of the text in lower-case hexadecimal.

use super::hex;
use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use sha2::{Digest, Sha512};

pub(super) static FUNCTION: Function = Function {
    name: "sha512",
    aliases: &[],
    category: Category::Cryptographic,
    syntax: "sha512(text)",
    summary: "The SHA512 hash of the text in lower-case hexadecimal.",
    arguments: Arguments::exactly(1),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &["text-functions-map-multivalue"],
    examples: &[
        Example {
            expression: r#"sha512("abc")"#,
            row: "{}",
            expected: r#""ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f""#,
        },
        Example { expression: "sha512(x)", row: "{}", expected: "null" },
    ],
    body: Body::Each(|args, _| {
        args.first().map_or(Value::Null, |text| hex(&Sha512::digest(text.text().as_bytes())))
    }),
};
