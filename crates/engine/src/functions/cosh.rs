//! `cosh`: the hyperbolic cosine of x.

use super::helpers;
use super::{Arguments, Body, Category, Example, Function, Returns};

pub(super) static FUNCTION: Function = Function {
    name: "cosh",
    aliases: &[],
    category: Category::Trigonometric,
    syntax: "cosh(x)",
    summary: "The hyperbolic cosine of x.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "cosh(0)", row: "{}", expected: "1" },
        Example { expression: "cosh(1000)", row: "{}", expected: "null" },
        Example { expression: "cosh(x)", row: r#"{"x":"a"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| helpers::number(args, f64::cosh)),
};
