//! `ln`: the natural logarithm; null of a number that is not above 0.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;
use crate::eval::operators;

pub(super) static FUNCTION: Function = Function {
    name: "ln",
    aliases: &[],
    category: Category::Mathematical,
    syntax: "ln(number)",
    summary: "The natural logarithm; null of a number that is not above 0.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "ln(1)", row: "{}", expected: "0" },
        Example { expression: "ln(x)", row: r#"{"x":"0"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| {
        args.first().and_then(Datum::number).map_or(Value::Null, |number| operators::whole(number.ln()))
    }),
};
