//! `acosh`: the arc hyperbolic cosine of x.

use super::helpers;
use super::{Arguments, Body, Category, Example, Function, Returns};

pub(super) static FUNCTION: Function = Function {
    name: "acosh",
    aliases: &[],
    category: Category::Trigonometric,
    syntax: "acosh(x)",
    summary: "The arc hyperbolic cosine of x.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "acosh(1)", row: "{}", expected: "0" },
        Example { expression: "acosh(0)", row: "{}", expected: "null" },
        Example { expression: "acosh(x)", row: r#"{"x":"a"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| helpers::number(args, f64::acosh)),
};
