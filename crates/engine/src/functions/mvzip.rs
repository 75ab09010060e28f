//! `mvzip`: the first values of both joined by a comma or the delimiter, then the second ones, as far as both go.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;
use std::borrow::Cow;

pub(super) static FUNCTION: Function = Function {
    name: "mvzip",
    aliases: &[],
    category: Category::Multivalue,
    syntax: "mvzip(field, field, delimiter)",
    summary: "The first values of both joined by a comma or the delimiter, then the second ones, as far as both go.",
    arguments: Arguments::between(2, 3),
    returns: Returns::Any,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            expression: "mvzip(a, b)",
            row: r#"{"a":["1","2"],"b":["x","y","z"]}"#,
            expected: r#"["1,x","2,y"]"#,
        },
        Example { expression: r#"mvzip(a, b, "|")"#, row: r#"{"a":"1","b":"x"}"#, expected: r#""1|x""# },
        Example { expression: "mvzip(a, b)", row: r#"{"a":"1"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| match args {
        [left, right, delimiter @ ..] => {
            let delimiter = delimiter.first().map_or_else(|| Cow::Borrowed(","), Datum::text);
            let pairs = left.texts().into_iter().zip(right.texts());
            Value::list(pairs.map(|(left, right)| format!("{left}{delimiter}{right}")).collect())
        }
        _ => Value::Null,
    }),
};
