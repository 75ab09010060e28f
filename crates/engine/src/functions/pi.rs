//! `pi`: the number pi to 11 decimals.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "pi",
    aliases: &[],
    category: Category::Mathematical,
    syntax: "pi()",
    summary: "The number pi to 11 decimals.",
    arguments: Arguments::exactly(0),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "pi()", row: "{}", expected: "3.14159265358" },
        Example { expression: "round(2*pi(), 2)", row: "{}", expected: "6.28" },
    ],
    // Splunk cuts it there.
    body: Body::Values(|_, _| Value::Float((std::f64::consts::PI * 1e11).floor() / 1e11)),
};
