//! `abs`: the number without its sign.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::operators::{self, Number};

pub(super) static FUNCTION: Function = Function {
    name: "abs",
    aliases: &[],
    category: Category::Mathematical,
    syntax: "abs(number)",
    summary: "The number without its sign.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "abs(x)", row: r#"{"x":"-3"}"#, expected: "3" },
        Example { expression: "abs(x)", row: r#"{"x":"-1.5"}"#, expected: "1.5" },
        Example { expression: "abs(x)", row: r#"{"x":"a"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| match args.first().and_then(Number::of_datum) {
        Some(Number::Int(i)) => i.checked_abs().map_or(Value::Null, Value::Int),
        Some(number) => operators::float(number.float().abs()),
        None => Value::Null,
    }),
};
