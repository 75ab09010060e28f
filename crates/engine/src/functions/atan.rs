//! `atan`: the arc tangent of x, from -pi/2 to pi/2.

use super::helpers;
use super::{Arguments, Body, Category, Example, Function, Returns};

pub(super) static FUNCTION: Function = Function {
    name: "atan",
    aliases: &[],
    category: Category::Trigonometric,
    syntax: "atan(x)",
    summary: "The arc tangent of x, from -pi/2 to pi/2.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "atan(0)", row: "{}", expected: "0" },
        Example { expression: "round(atan(0.5), 2)", row: "{}", expected: "0.46" },
        Example { expression: "atan(x)", row: r#"{"x":"a"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| helpers::number(args, f64::atan)),
};
