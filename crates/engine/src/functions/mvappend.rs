//! `mvappend`: all values of all arguments in order; null ones are left out.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;

pub(super) static FUNCTION: Function = Function {
    name: "mvappend",
    aliases: &[],
    category: Category::Multivalue,
    syntax: "mvappend(value, ...)",
    summary: "All values of all arguments in order; null ones are left out.",
    arguments: Arguments::at_least(1),
    returns: Returns::Any,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            expression: r#"mvappend("a", x, "d")"#,
            row: r#"{"x":["b","c"]}"#,
            expected: r#"["a","b","c","d"]"#,
        },
        Example { expression: r#"mvappend(x, "a")"#, row: "{}", expected: r#""a""# },
        Example { expression: "mvappend(x, y)", row: "{}", expected: "null" },
    ],
    body: Body::Values(|args, _| Value::list(args.iter().flat_map(Datum::texts).collect())),
};
