//! `sum`: the sum of the numbers among the values. What is no number is passed over; each value of a multivalue field counts.

use super::helpers;
use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "sum",
    aliases: &[],
    category: Category::Mathematical,
    syntax: "sum(number, ...)",
    summary: "The sum of the numbers among the values. What is no number is passed over; each value of a multivalue field counts.",
    arguments: Arguments::at_least(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "sum(1, 2, x)", row: r#"{"x":"3"}"#, expected: "6" },
        Example { expression: r#"sum(x, "foo", 0.5)"#, row: r#"{"x":["1","2"]}"#, expected: "3.5" },
        Example { expression: "sum(x)", row: "{}", expected: "null" },
    ],
    body: Body::Values(|args, _| helpers::total(&helpers::numbers(args)).map_or(Value::Null, Value::from)),
};
