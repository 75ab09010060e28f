//! `asin`: the arc sine of x, from -pi/2 to pi/2.

use super::helpers;
use super::{Arguments, Body, Category, Example, Function, Returns};

pub(super) static FUNCTION: Function = Function {
    name: "asin",
    aliases: &[],
    category: Category::Trigonometric,
    syntax: "asin(x)",
    summary: "The arc sine of x, from -pi/2 to pi/2.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "asin(1)", row: "{}", expected: "1.5707963267948966" },
        Example { expression: "asin(x)", row: r#"{"x":"0"}"#, expected: "0" },
        Example { expression: "asin(x)", row: r#"{"x":"a"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| helpers::number(args, f64::asin)),
};
