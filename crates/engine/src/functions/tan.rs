//! `tan`: the tangent of an angle of x radians.

use super::helpers;
use super::{Arguments, Body, Category, Example, Function, Returns};

pub(super) static FUNCTION: Function = Function {
    name: "tan",
    aliases: &[],
    category: Category::Trigonometric,
    syntax: "tan(x)",
    summary: "The tangent of an angle of x radians.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "tan(0)", row: "{}", expected: "0" },
        Example { expression: "round(tan(1), 4)", row: "{}", expected: "1.5574" },
        Example { expression: "tan(x)", row: r#"{"x":"a"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| helpers::number(args, f64::tan)),
};
