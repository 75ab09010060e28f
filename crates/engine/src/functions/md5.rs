//! `md5`: the MD5 hash of the text in lower-case hexadecimal.

use super::hex;
use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use md5::{Digest, Md5};

pub(super) static FUNCTION: Function = Function {
    name: "md5",
    aliases: &[],
    category: Category::Cryptographic,
    syntax: "md5(text)",
    summary: "The MD5 hash of the text in lower-case hexadecimal.",
    arguments: Arguments::exactly(1),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &["text-functions-map-multivalue"],
    examples: &[
        Example { expression: r#"md5("abc")"#, row: "{}", expected: r#""900150983cd24fb0d6963f7d28e17f72""# },
        Example { expression: "md5(x)", row: "{}", expected: "null" },
    ],
    body: Body::Each(|args, _| {
        args.first().map_or(Value::Null, |text| hex(&Md5::digest(text.text().as_bytes())))
    }),
};
