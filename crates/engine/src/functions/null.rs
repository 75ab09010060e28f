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
        Example { expression: r#"null()"#, row: r#"{}"#, expected: r#"null"# },
        Example { expression: r#"if(x=1, null(), x)"#, row: r#"{"x":"1"}"#, expected: r#"null"# },
    ],
    body: Body::Values(|_, _| Value::Null),
};
