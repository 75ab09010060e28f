//! `tanh`: the hyperbolic tangent of x.

use super::helpers;
use super::{Arguments, Body, Category, Example, Function, Returns};

pub(super) static FUNCTION: Function = Function {
    name: "tanh",
    aliases: &[],
    category: Category::Trigonometric,
    syntax: "tanh(x)",
    summary: "The hyperbolic tangent of x.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "tanh(0)", row: "{}", expected: "0" },
        Example { expression: "round(tanh(1), 4)", row: "{}", expected: "0.7616" },
        Example { expression: "tanh(x)", row: r#"{"x":"a"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| helpers::number(args, f64::tanh)),
};
