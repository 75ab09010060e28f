//! `pow`: the number to a power.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::operators;

pub(super) static FUNCTION: Function = Function {
    name: "pow",
    aliases: &[],
    category: Category::Mathematical,
    syntax: "pow(number, power)",
    summary: "The number to a power.",
    arguments: Arguments::exactly(2),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: r#"pow(2, 10)"#, row: r#"{}"#, expected: r#"1024"# },
        Example { expression: r#"pow(x, 0.5)"#, row: r#"{"x":"9"}"#, expected: r#"3"# },
        Example { expression: r#"pow(0, -1)"#, row: r#"{}"#, expected: r#"null"# },
    ],
    body: Body::Strict(|args, _| {
        match (args.first().and_then(Value::number), args.get(1).and_then(Value::number)) {
            (Some(number), Some(power)) => operators::whole(number.powf(power)),
            _ => Value::Null,
        }
    }),
};
