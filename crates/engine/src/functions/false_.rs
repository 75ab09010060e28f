//! `false`: the boolean.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "false",
    aliases: &[],
    category: Category::Conditional,
    syntax: "false()",
    summary: "False.",
    arguments: Arguments::exactly(0),
    returns: Returns::Bool,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "false()", row: "{}", expected: "false" },
        Example { expression: "if(false(), 1, 2)", row: "{}", expected: "2" },
    ],
    body: Body::Values(|_, _| Value::Bool(false)),
};
