//! `toint`: the value as a whole number, rounded down; text in a base from 2 to 36 (10 if none is given). Null if it is none.

use super::tonumber::read;
use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::operators::{Number, whole};

pub(super) static FUNCTION: Function = Function {
    name: "toint",
    aliases: &[],
    category: Category::Conversion,
    syntax: "toint(value, base)",
    summary: "The value as a whole number, rounded down; text in a base from 2 to 36 (10 if none is given). Null if it is none.",
    arguments: Arguments::between(1, 2),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: r#"toint("24")"#, row: "{}", expected: "24" },
        Example { expression: "toint(3.99)", row: "{}", expected: "3" },
        Example { expression: "toint(x)", row: r#"{"x":"-1.5"}"#, expected: "-2" },
        Example { expression: r#"toint("ff", 16)"#, row: "{}", expected: "255" },
        Example { expression: "toint(x)", row: r#"{"x":"24 "}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| match read(args) {
        Some(Number::Int(whole)) => Value::Int(whole),
        Some(number) => whole(number.float().floor()),
        None => Value::Null,
    }),
};
