//! `exp`: the number e to this power.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;
use crate::eval::operators;

pub(super) static FUNCTION: Function = Function {
    name: "exp",
    aliases: &[],
    category: Category::Mathematical,
    syntax: "exp(number)",
    summary: "The number e to this power.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "exp(0)", row: "{}", expected: "1" },
        Example { expression: "round(exp(3), 3)", row: "{}", expected: "20.086" },
    ],
    body: Body::Strict(|args, _| {
        args.first().and_then(Datum::number).map_or(Value::Null, |number| operators::whole(number.exp()))
    }),
};
