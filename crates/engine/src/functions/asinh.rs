//! `asinh`: the arc hyperbolic sine of x.

use super::helpers;
use super::{Arguments, Body, Category, Example, Function, Returns};

pub(super) static FUNCTION: Function = Function {
    name: "asinh",
    aliases: &[],
    category: Category::Trigonometric,
    syntax: "asinh(x)",
    summary: "The arc hyperbolic sine of x.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "asinh(0)", row: "{}", expected: "0" },
        Example { expression: "round(asinh(1), 4)", row: "{}", expected: "0.8814" },
        Example { expression: "asinh(x)", row: r#"{"x":"a"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| helpers::number(args, f64::asinh)),
};
