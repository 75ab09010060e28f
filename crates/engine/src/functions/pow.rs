//! `pow`: the number to a power.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;
use crate::eval::operators;

pub(super) static FUNCTION: Function = Function {
    name: "pow",
    aliases: &[],
    category: Category::Mathematical,
    syntax: "pow(number, power)",
    summary: "The number to a power.",
    arguments: Arguments::exactly(2),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "pow(2, 10)", row: "{}", expected: "1024" },
        Example { expression: "pow(x, 0.5)", row: r#"{"x":"9"}"#, expected: "3" },
        Example { expression: "pow(0, -1)", row: "{}", expected: "null" },
    ],
    body: Body::Strict(|args, _| {
        match (args.first().and_then(Datum::number), args.get(1).and_then(Datum::number)) {
            (Some(number), Some(power)) => operators::whole(number.powf(power)),
            _ => Value::Null,
        }
    }),
};
