//! `floor`: the next whole number below, or the number itself if it is whole.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;
use crate::eval::operators;

pub(super) static FUNCTION: Function = Function {
    name: "floor",
    aliases: &[],
    category: Category::Mathematical,
    syntax: "floor(number)",
    summary: "The next whole number below, or the number itself if it is whole.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "floor(1.9)", row: "{}", expected: "1" },
        Example { expression: "floor(x)", row: r#"{"x":"-1.5"}"#, expected: "-2" },
        Example { expression: "floor(x)", row: r#"{"x":"a"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| {
        args.first().and_then(Datum::number).map_or(Value::Null, |number| operators::whole(number.floor()))
    }),
};
