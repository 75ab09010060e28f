//! `strftime`: the time written as a format such as %Y-%m-%dT%H:%M:%S says.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::time;

pub(super) static FUNCTION: Function = Function {
    name: "strftime",
    aliases: &[],
    category: Category::DateAndTime,
    syntax: "strftime(time, format)",
    summary: "The time written as a format such as %Y-%m-%dT%H:%M:%S says.",
    arguments: Arguments::exactly(2),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &["text-functions-map-multivalue"],
    examples: &[
        Example {
            expression: r#"strftime(x, "%Y-%m-%dT%H:%M:%S")"#,
            row: r#"{"x":"1614834367"}"#,
            expected: r#""2021-03-04T05:06:07""#,
        },
        Example {
            expression: r#"strftime(x, "%F %T.%3N")"#,
            row: r#"{"x":"1614834367.0089"}"#,
            expected: r#""2021-03-04 05:06:07.008""#,
        },
        Example { expression: r#"strftime(x, "%F")"#, row: r#"{"x":"a"}"#, expected: "null" },
    ],
    body: Body::Each(|args, context| match args {
        [value, format] => time::of_datum(value)
            .map_or(Value::Null, |ns| Value::Text(time::format(ns, &format.text(), &context.timezone))),
        _ => Value::Null,
    }),
};
