//! `now`: the time when the search began, in whole seconds.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::time::SECOND;

pub(super) static FUNCTION: Function = Function {
    name: "now",
    aliases: &[],
    category: Category::DateAndTime,
    syntax: "now()",
    summary: "The time when the search began, in whole seconds.",
    arguments: Arguments::exactly(0),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "now()", row: "{}", expected: "1700000000" },
        Example { expression: r#"strftime(now(), "%F")"#, row: "{}", expected: r#""2023-11-14""# },
    ],
    body: Body::Values(|_, context| Value::Time(context.now - context.now.rem_euclid(SECOND))),
};
