//! `true`: the boolean.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "true",
    aliases: &[],
    category: Category::Conditional,
    syntax: "true()",
    summary: "True.",
    arguments: Arguments::exactly(0),
    returns: Returns::Bool,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "true()", row: "{}", expected: "true" },
        Example { expression: "if(true(), 1, 2)", row: "{}", expected: "1" },
    ],
    body: Body::Values(|_, _| Value::Bool(true)),
};
