//! `exact`: the value of the expression.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;

pub(super) static FUNCTION: Function = Function {
    name: "exact",
    aliases: &[],
    category: Category::Mathematical,
    syntax: "exact(expression)",
    summary: "The value of the expression.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &["All numbers are written with every digit that they have, so it changes nothing."],
    assumptions: &[],
    examples: &[
        Example { expression: "exact(3.14*2)", row: "{}", expected: "6.28" },
        Example { expression: "exact(x)", row: "{}", expected: "null" },
    ],
    body: Body::Values(|args, _| args.first().cloned().map_or(Value::Null, Datum::into_value)),
};
