//! `avg`: the average of the numbers among the values. What is no number is passed over; each value of a multivalue field counts.

use super::helpers;
use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::operators::whole;

pub(super) static FUNCTION: Function = Function {
    name: "avg",
    aliases: &[],
    category: Category::Statistical,
    syntax: "avg(value, ...)",
    summary: "The average of the numbers among the values. What is no number is passed over; each value of a multivalue field counts.",
    arguments: Arguments::at_least(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &["avg-not-rounded"],
    examples: &[
        Example { expression: "avg(1, 3, x)", row: r#"{"x":"5"}"#, expected: "3" },
        Example { expression: r#"avg(x, "foo")"#, row: r#"{"x":["1","2","a"]}"#, expected: "1.5" },
        Example { expression: "avg(x)", row: "{}", expected: "null" },
    ],
    body: Body::Values(|args, _| {
        let numbers = helpers::numbers(args);
        let count = numbers.len() as f64;
        helpers::total(&numbers).map_or(Value::Null, |total| whole(total.float() / count))
    }),
};
