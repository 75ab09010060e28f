//! `nullif`: null when both are equal, else the first.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::operators;
use grotto_spl::ast::Compare;

pub(super) static FUNCTION: Function = Function {
    name: "nullif",
    aliases: &[],
    category: Category::Conditional,
    syntax: "nullif(value, other)",
    summary: "Null when both are equal, else the first.",
    arguments: Arguments::exactly(2),
    returns: Returns::Any,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: r#"nullif(x, "-")"#, row: r#"{"x":"-"}"#, expected: "null" },
        Example { expression: r#"nullif(x, "-")"#, row: r#"{"x":"a"}"#, expected: r#""a""# },
        Example { expression: "nullif(x, y)", row: r#"{"x":"a"}"#, expected: r#""a""# },
    ],
    body: Body::Values(|args, _| match args {
        [value, other] if operators::compare(Compare::Equal, value, other) == Value::Bool(true) => {
            Value::Null
        }
        [value, _] => value.clone().into_value(),
        _ => Value::Null,
    }),
};
