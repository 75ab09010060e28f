//! `sinh`: the hyperbolic sine of x.

use super::helpers;
use super::{Arguments, Body, Category, Example, Function, Returns};

pub(super) static FUNCTION: Function = Function {
    name: "sinh",
    aliases: &[],
    category: Category::Trigonometric,
    syntax: "sinh(x)",
    summary: "The hyperbolic sine of x.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "sinh(0)", row: "{}", expected: "0" },
        Example { expression: "round(sinh(1), 4)", row: "{}", expected: "1.1752" },
        Example { expression: "sinh(x)", row: r#"{"x":"a"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| helpers::number(args, f64::sinh)),
};
