//! `isnotnull`: whether there is a value.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;

pub(super) static FUNCTION: Function = Function {
    name: "isnotnull",
    aliases: &[],
    category: Category::Informational,
    syntax: "isnotnull(value)",
    summary: "Whether there is a value.",
    arguments: Arguments::exactly(1),
    returns: Returns::Bool,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "isnotnull(x)", row: r#"{"x":""}"#, expected: "true" },
        Example { expression: "isnotnull(x)", row: "{}", expected: "false" },
    ],
    body: Body::Values(|args, _| Value::Bool(!args.iter().all(Datum::is_null))),
};
