//! `ln`: the natural logarithm; null of a number that is not above 0.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::operators;

pub(super) static FUNCTION: Function = Function {
    name: "ln",
    aliases: &[],
    category: Category::Mathematical,
    syntax: "ln(number)",
    summary: "The natural logarithm; null of a number that is not above 0.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: r#"ln(1)"#, row: r#"{}"#, expected: r#"0"# },
        Example { expression: r#"ln(x)"#, row: r#"{"x":"0"}"#, expected: r#"null"# },
    ],
    body: Body::Strict(|args, _| {
        args.first().and_then(Value::number).map_or(Value::Null, |number| operators::whole(number.ln()))
    }),
};
