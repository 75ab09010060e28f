//! `cos`: the cosine of an angle of x radians.

use super::helpers;
use super::{Arguments, Body, Category, Example, Function, Returns};

pub(super) static FUNCTION: Function = Function {
    name: "cos",
    aliases: &[],
    category: Category::Trigonometric,
    syntax: "cos(x)",
    summary: "The cosine of an angle of x radians.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "cos(0)", row: "{}", expected: "1" },
        Example { expression: "cos(pi())", row: "{}", expected: "-1" },
        Example { expression: "cos(x)", row: r#"{"x":"a"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| helpers::number(args, f64::cos)),
};
