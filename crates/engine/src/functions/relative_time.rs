//! `relative_time`: the time moved as a relative time such as -1d@d says.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::time;

pub(super) static FUNCTION: Function = Function {
    name: "relative_time",
    aliases: &[],
    category: Category::DateAndTime,
    syntax: "relative_time(time, modifier)",
    summary: "The time moved as a relative time such as -1d@d says.",
    arguments: Arguments::exactly(2),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &["month-ends"],
    examples: &[
        Example {
            expression: r#"relative_time(x, "-1d@d")"#,
            row: r#"{"x":"1614834367"}"#,
            expected: "1614729600",
        },
        Example { expression: r#"relative_time(x, "+90s")"#, row: r#"{"x":"10.5"}"#, expected: "100.5" },
        Example { expression: r#"relative_time(x, "soon")"#, row: r#"{"x":"10"}"#, expected: "null" },
        Example { expression: r#"relative_time(x, "@d")"#, row: r#"{"x":"never"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, context| match args {
        [value, modifier] => time::of_datum(value)
            .and_then(|base| time::relative(base, &modifier.text(), &context.timezone))
            .map_or(Value::Null, Value::Time),
        _ => Value::Null,
    }),
};
