//! `sin`: the sine of an angle of x radians.

use super::helpers;
use super::{Arguments, Body, Category, Example, Function, Returns};

pub(super) static FUNCTION: Function = Function {
    name: "sin",
    aliases: &[],
    category: Category::Trigonometric,
    syntax: "sin(x)",
    summary: "The sine of an angle of x radians.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "sin(0)", row: "{}", expected: "0" },
        Example { expression: "sin(x)", row: r#"{"x":"1"}"#, expected: "0.8414709848078965" },
        Example { expression: "sin(x)", row: r#"{"x":"a"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| helpers::number(args, f64::sin)),
};
