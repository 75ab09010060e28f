//! `min`: the least of the values; numbers come before text. Null ones are passed over.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;

pub(super) static FUNCTION: Function = Function {
    name: "min",
    aliases: &[],
    category: Category::Statistical,
    syntax: "min(value, ...)",
    summary: "The least of the values; numbers come before text. Null ones are passed over.",
    arguments: Arguments::at_least(1),
    returns: Returns::Any,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "min(1, 3, x)", row: r#"{"x":"10"}"#, expected: "1" },
        Example { expression: "min(x, y)", row: r#"{"x":"b","y":"a"}"#, expected: r#""a""# },
        Example { expression: r#"min(1, "foo")"#, row: "{}", expected: "1" },
        Example { expression: "min(x, 2)", row: "{}", expected: "2" },
        Example { expression: "min(x)", row: r#"{"x":["9","10"]}"#, expected: r#""9""# },
    ],
    body: Body::Values(|args, _| {
        args.iter()
            .flat_map(super::singles)
            .reduce(|best, value| if super::order(&value, &best).is_lt() { value } else { best })
            .map_or(Value::Null, Datum::into_value)
    }),
};
