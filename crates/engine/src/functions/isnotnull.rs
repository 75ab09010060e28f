//! `isnotnull`: whether there is a value.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

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
        Example { expression: r#"isnotnull(x)"#, row: r#"{"x":""}"#, expected: r#"true"# },
        Example { expression: r#"isnotnull(x)"#, row: r#"{}"#, expected: r#"false"# },
    ],
    body: Body::Values(|args, _| Value::Bool(!args.iter().all(Value::is_null))),
};
