//! `acos`: the arc cosine of x, from 0 to pi.

use super::helpers;
use super::{Arguments, Body, Category, Example, Function, Returns};

pub(super) static FUNCTION: Function = Function {
    name: "acos",
    aliases: &[],
    category: Category::Trigonometric,
    syntax: "acos(x)",
    summary: "The arc cosine of x, from 0 to pi.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "acos(1)", row: "{}", expected: "0" },
        Example { expression: "acos(2)", row: "{}", expected: "null" },
        Example { expression: "acos(x)", row: r#"{"x":"a"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| helpers::number(args, f64::acos)),
};
