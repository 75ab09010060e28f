//! `isbool`: whether the value is true or false.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "isbool",
    aliases: &[],
    category: Category::Informational,
    syntax: "isbool(value)",
    summary: "Whether the value is true or false.",
    arguments: Arguments::exactly(1),
    returns: Returns::Bool,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "isbool(x=1)", row: r#"{"x":"1"}"#, expected: "true" },
        Example { expression: "isbool(x)", row: r#"{"x":"true"}"#, expected: "false" },
    ],
    body: Body::Values(|args, _| Value::Bool(args.iter().all(|value| value.boolean().is_some()))),
};
