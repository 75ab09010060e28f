//! `null`: no value; a field that is given it is removed.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "null",
    aliases: &[],
    category: Category::Conditional,
    syntax: "null()",
    summary: "No value; a field that is given it is removed.",
    arguments: Arguments::exactly(0),
    returns: Returns::Any,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "null()", row: "{}", expected: "null" },
        Example { expression: "if(x=1, null(), x)", row: r#"{"x":"1"}"#, expected: "null" },
    ],
    body: Body::Values(|_, _| Value::Null),
};
