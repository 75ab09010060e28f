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
        Example { expression: r#"false()"#, row: r#"{}"#, expected: r#"false"# },
        Example { expression: r#"if(false(), 1, 2)"#, row: r#"{}"#, expected: r#"2"# },
    ],
    body: Body::Values(|_, _| Value::Bool(false)),
};
