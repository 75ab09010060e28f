//! `pi`: the number pi.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "pi",
    aliases: &[],
    category: Category::Mathematical,
    syntax: "pi()",
    summary: "The number pi.",
    arguments: Arguments::exactly(0),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "round(pi(), 5)", row: "{}", expected: "3.14159" },
        Example { expression: "round(2*pi(), 2)", row: "{}", expected: "6.28" },
    ],
    body: Body::Values(|_, _| Value::Float(std::f64::consts::PI)),
};
