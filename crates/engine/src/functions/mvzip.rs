//! `mvzip`: the first values of both joined by a comma or the delimiter, then the second ones, as far as both go.

use super::values;
use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

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
            expression: r#"mvzip(a, b)"#,
            row: r#"{"a":["1","2"],"b":["x","y","z"]}"#,
            expected: r#"["1,x","2,y"]"#,
        },
        Example { expression: r#"mvzip(a, b, "|")"#, row: r#"{"a":"1","b":"x"}"#, expected: r#""1|x""# },
        Example { expression: r#"mvzip(a, b)"#, row: r#"{"a":"1"}"#, expected: r#"null"# },
    ],
    body: Body::Strict(|args, _| match args {
        [left, right, delimiter @ ..] => {
            let delimiter = delimiter.first().map_or_else(|| ",".to_owned(), Value::text);
            let pairs = values(left).into_iter().zip(values(right));
            Value::list(pairs.map(|(left, right)| format!("{left}{delimiter}{right}")).collect())
        }
        _ => Value::Null,
    }),
};
