//! `log`: the logarithm to a base (10 if none is given); null where there is none.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;
use crate::eval::operators;

pub(super) static FUNCTION: Function = Function {
    name: "log",
    aliases: &[],
    category: Category::Mathematical,
    syntax: "log(number, base)",
    summary: "The logarithm to a base (10 if none is given); null where there is none.",
    arguments: Arguments::between(1, 2),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "log(1000)", row: "{}", expected: "3" },
        Example { expression: "log(8, 2)", row: "{}", expected: "3" },
        Example { expression: "log(x)", row: r#"{"x":"-1"}"#, expected: "null" },
        Example { expression: "log(5, 1)", row: "{}", expected: "null" },
    ],
    body: Body::Strict(|args, _| {
        let base = args.get(1).map_or(Some(10.0), Datum::number);
        match (args.first().and_then(Datum::number), base) {
            (Some(number), Some(10.0)) => operators::whole(number.log10()),
            (Some(number), Some(2.0)) => operators::whole(number.log2()),
            (Some(number), Some(base)) => operators::whole(number.log(base)),
            _ => Value::Null,
        }
    }),
};
