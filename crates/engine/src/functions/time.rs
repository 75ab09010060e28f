//! `time`: the time now, with its fraction; the same in all rows.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "time",
    aliases: &[],
    category: Category::DateAndTime,
    syntax: "time()",
    summary: "The time now, with its fraction; the same in all rows.",
    arguments: Arguments::exactly(0),
    returns: Returns::Number,
    volatile: false,
    deviations: &[
        "It is the time when the search began, not the time of each row, so that results can be repeated.",
    ],
    assumptions: &[],
    examples: &[
        Example { expression: "time()", row: "{}", expected: "1700000000.25" },
        Example { expression: "time()-now()", row: "{}", expected: "0.25" },
    ],
    body: Body::Values(|_, context| Value::Time(context.now)),
};
