//! `exp`: the number e to this power.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::operators;

pub(super) static FUNCTION: Function = Function {
    name: "exp",
    aliases: &[],
    category: Category::Mathematical,
    syntax: "exp(number)",
    summary: "The number e to this power.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: r#"exp(0)"#, row: r#"{}"#, expected: r#"1"# },
        Example { expression: r#"round(exp(3), 3)"#, row: r#"{}"#, expected: r#"20.086"# },
    ],
    body: Body::Strict(|args, _| {
        args.first().and_then(Value::number).map_or(Value::Null, |number| operators::whole(number.exp()))
    }),
};
