//! `hypot`: the length of the longest side of a right triangle whose other sides are x and y.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::operators::float;

pub(super) static FUNCTION: Function = Function {
    name: "hypot",
    aliases: &[],
    category: Category::Trigonometric,
    syntax: "hypot(x, y)",
    summary: "The length of the longest side of a right triangle whose other sides are x and y.",
    arguments: Arguments::exactly(2),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "hypot(3, 4)", row: "{}", expected: "5" },
        Example { expression: "hypot(x, 0)", row: r#"{"x":"2.5"}"#, expected: "2.5" },
        Example { expression: "hypot(x, 0)", row: r#"{"x":"a"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| match args {
        [left, right] => left
            .number()
            .zip(right.number())
            .map_or(Value::Null, |(left, right)| float(f64::hypot(left, right))),
        _ => Value::Null,
    }),
};
