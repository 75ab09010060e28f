//! `strptime`: the time that the text writes in a format such as %Y-%m-%dT%H:%M:%S.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::time;

pub(super) static FUNCTION: Function = Function {
    name: "strptime",
    aliases: &[],
    category: Category::DateAndTime,
    syntax: "strptime(text, format)",
    summary: "The time that the text writes in a format such as %Y-%m-%dT%H:%M:%S.",
    arguments: Arguments::exactly(2),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &["text-functions-map-multivalue", "strptime-fills-from-now", "strptime-impossible-dates"],
    examples: &[
        Example {
            expression: r#"strptime(x, "%Y-%m-%dT%H:%M:%S")"#,
            row: r#"{"x":"2021-03-04T05:06:07"}"#,
            expected: "1614834367",
        },
        Example {
            expression: r#"strptime(x, "%F %T.%N")"#,
            row: r#"{"x":"2021-03-04 05:06:07.5"}"#,
            expected: "1614834367.5",
        },
        Example { expression: r#"strptime(x, "%F")"#, row: r#"{"x":"yesterday"}"#, expected: "null" },
    ],
    body: Body::Each(|args, context| match args {
        [text, format] => time::parse(&text.text(), &format.text(), context).map_or(Value::Null, Value::Time),
        _ => Value::Null,
    }),
};
