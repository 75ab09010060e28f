//! `sqrt`: the square root; null of a negative number.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::operators;

pub(super) static FUNCTION: Function = Function {
    name: "sqrt",
    aliases: &[],
    category: Category::Mathematical,
    syntax: "sqrt(number)",
    summary: "The square root; null of a negative number.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: r#"sqrt(9)"#, row: r#"{}"#, expected: r#"3"# },
        Example { expression: r#"sqrt(x)"#, row: r#"{"x":"-1"}"#, expected: r#"null"# },
    ],
    body: Body::Strict(|args, _| {
        args.first().and_then(Value::number).map_or(Value::Null, |number| operators::whole(number.sqrt()))
    }),
};
