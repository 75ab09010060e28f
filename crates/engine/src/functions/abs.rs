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
        Example { expression: r#"abs(x)"#, row: r#"{"x":"-3"}"#, expected: r#"3"# },
        Example { expression: r#"abs(x)"#, row: r#"{"x":"-1.5"}"#, expected: r#"1.5"# },
        Example { expression: r#"abs(x)"#, row: r#"{"x":"a"}"#, expected: r#"null"# },
    ],
    body: Body::Strict(|args, _| match args.first().and_then(Number::of) {
        Some(Number::Int(i)) => i.checked_abs().map_or(Value::Null, Value::Int),
        Some(number) => operators::float(number.float().abs()),
        None => Value::Null,
    }),
};
