//! `mvreverse`: the values in reverse order.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;

pub(super) static FUNCTION: Function = Function {
    name: "mvreverse",
    aliases: &[],
    category: Category::Multivalue,
    syntax: "mvreverse(field)",
    summary: "The values in reverse order.",
    arguments: Arguments::exactly(1),
    returns: Returns::Any,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "mvreverse(x)", row: r#"{"x":["1","2","3"]}"#, expected: r#"["3","2","1"]"# },
        Example { expression: "mvreverse(x)", row: r#"{"x":"a"}"#, expected: r#""a""# },
        Example { expression: "mvreverse(x)", row: "{}", expected: "null" },
    ],
    body: Body::Strict(|args, _| {
        Value::list(args.first().map(Datum::texts).unwrap_or_default().into_iter().rev().collect())
    }),
};
