//! `sqrt`: the square root; null of a negative number.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;
use crate::eval::operators;

pub(super) static FUNCTION: Function = Function {
    name: "sqrt",
    aliases: &[],
    category: Category::Mathematical,
    syntax: "sqrt(number)",
    summary: "The square root; null of a negative number.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "sqrt(9)", row: "{}", expected: "3" },
        Example { expression: "sqrt(x)", row: r#"{"x":"-1"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| {
        args.first().and_then(Datum::number).map_or(Value::Null, |number| operators::whole(number.sqrt()))
    }),
};
