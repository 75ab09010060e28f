//! `max`: the greatest of the values; numbers come before text. Null ones are passed over.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;

pub(super) static FUNCTION: Function = Function {
    name: "max",
    aliases: &[],
    category: Category::Statistical,
    syntax: "max(value, ...)",
    summary: "The greatest of the values; numbers come before text. Null ones are passed over.",
    arguments: Arguments::at_least(1),
    returns: Returns::Any,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "max(1, 3, x)", row: r#"{"x":"10"}"#, expected: r#""10""# },
        Example { expression: "max(x, y)", row: r#"{"x":"b","y":"a"}"#, expected: r#""b""# },
        Example { expression: r#"max(1, "foo")"#, row: "{}", expected: r#""foo""# },
        Example { expression: "max(x, 2)", row: "{}", expected: "2" },
        Example { expression: "max(x)", row: r#"{"x":["9","10"]}"#, expected: r#""10""# },
    ],
    body: Body::Values(|args, _| {
        args.iter()
            .flat_map(super::singles)
            .reduce(|best, value| if super::order(&value, &best).is_gt() { value } else { best })
            .map_or(Value::Null, Datum::into_value)
    }),
};
