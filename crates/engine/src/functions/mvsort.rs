//! `mvsort`: the values sorted by their characters.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;

pub(super) static FUNCTION: Function = Function {
    name: "mvsort",
    aliases: &[],
    category: Category::Multivalue,
    syntax: "mvsort(field)",
    summary: "The values sorted by their characters.",
    arguments: Arguments::exactly(1),
    returns: Returns::Any,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            expression: "mvsort(x)",
            row: r#"{"x":["b","a","B","10","9"]}"#,
            expected: r#"["10","9","B","a","b"]"#,
        },
        Example { expression: "mvsort(x)", row: r#"{"x":"a"}"#, expected: r#""a""# },
    ],
    body: Body::Strict(|args, _| {
        let mut sorted: Vec<String> = args.iter().flat_map(Datum::texts).collect();
        sorted.sort_unstable();
        Value::list(sorted)
    }),
};
