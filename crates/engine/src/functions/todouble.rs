//! `todouble`: the value as a number; text in a base from 2 to 36 (10 if none is given). Null if it is none.

use super::tonumber::read;
use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "todouble",
    aliases: &[],
    category: Category::Conversion,
    syntax: "todouble(value, base)",
    summary: "The value as a number; text in a base from 2 to 36 (10 if none is given). Null if it is none.",
    arguments: Arguments::between(1, 2),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: r#"todouble("16.00")"#, row: "{}", expected: "16" },
        Example { expression: "todouble(x)", row: r#"{"x":"1.5"}"#, expected: "1.5" },
        Example { expression: r#"todouble("ff", 16)"#, row: "{}", expected: "255" },
        Example { expression: "todouble(x)", row: r#"{"x":" 5"}"#, expected: "null" },
        Example { expression: r#"todouble("number")"#, row: "{}", expected: "null" },
    ],
    body: Body::Strict(|args, _| read(args).map_or(Value::Null, |number| Value::Float(number.float()))),
};
