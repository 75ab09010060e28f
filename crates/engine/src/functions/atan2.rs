//! `atan2`: the angle of the point (x, y) in radians, from -pi to pi.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::operators::float;

pub(super) static FUNCTION: Function = Function {
    name: "atan2",
    aliases: &[],
    category: Category::Trigonometric,
    syntax: "atan2(y, x)",
    summary: "The angle of the point (x, y) in radians, from -pi to pi.",
    arguments: Arguments::exactly(2),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "atan2(0, 1)", row: "{}", expected: "0" },
        Example { expression: "atan2(1, 0)", row: "{}", expected: "1.5707963267948966" },
        Example { expression: "atan2(y, 1)", row: "{}", expected: "null" },
    ],
    body: Body::Strict(|args, _| match args {
        [left, right] => left
            .number()
            .zip(right.number())
            .map_or(Value::Null, |(left, right)| float(f64::atan2(left, right))),
        _ => Value::Null,
    }),
};
