//! `ceiling`: the next whole number above, or the number itself if it is whole.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;
use crate::eval::operators;

pub(super) static FUNCTION: Function = Function {
    name: "ceiling",
    aliases: &["ceil"],
    category: Category::Mathematical,
    syntax: "ceiling(number)",
    summary: "The next whole number above, or the number itself if it is whole.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "ceiling(1.1)", row: "{}", expected: "2" },
        Example { expression: "ceil(x)", row: r#"{"x":"-1.5"}"#, expected: "-1" },
        Example { expression: "ceil(x)", row: "{}", expected: "null" },
    ],
    body: Body::Strict(|args, _| {
        args.first().and_then(Datum::number).map_or(Value::Null, |number| operators::whole(number.ceil()))
    }),
};
