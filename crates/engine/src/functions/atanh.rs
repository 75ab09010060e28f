//! `atanh`: the arc hyperbolic tangent of x.

use super::helpers;
use super::{Arguments, Body, Category, Example, Function, Returns};

pub(super) static FUNCTION: Function = Function {
    name: "atanh",
    aliases: &[],
    category: Category::Trigonometric,
    syntax: "atanh(x)",
    summary: "The arc hyperbolic tangent of x.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "atanh(0)", row: "{}", expected: "0" },
        Example { expression: "atanh(1)", row: "{}", expected: "null" },
        Example { expression: "atanh(x)", row: r#"{"x":"a"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| helpers::number(args, f64::atanh)),
};
