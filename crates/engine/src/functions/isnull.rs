//! `isnull`: whether there is no value.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;

pub(super) static FUNCTION: Function = Function {
    name: "isnull",
    aliases: &[],
    category: Category::Informational,
    syntax: "isnull(value)",
    summary: "Whether there is no value.",
    arguments: Arguments::exactly(1),
    returns: Returns::Bool,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "isnull(x)", row: "{}", expected: "true" },
        Example { expression: "isnull(x)", row: r#"{"x":""}"#, expected: "false" },
    ],
    body: Body::Values(|args, _| Value::Bool(args.iter().all(Datum::is_null))),
};
