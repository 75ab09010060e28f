//! `coalesce`: the first value that is not null; an empty text is not null.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::eval::Datum;

pub(super) static FUNCTION: Function = Function {
    name: "coalesce",
    aliases: &[],
    category: Category::Conditional,
    syntax: "coalesce(value, ...)",
    summary: "The first value that is not null; an empty text is not null.",
    arguments: Arguments::at_least(1),
    returns: Returns::Any,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: r#"coalesce(a, b, "c")"#, row: r#"{"b":"x"}"#, expected: r#""x""# },
        Example { expression: r#"coalesce(a, b, "c")"#, row: r#"{"a":"","b":"x"}"#, expected: r#""""# },
        Example { expression: "coalesce(a, b)", row: "{}", expected: "null" },
    ],
    body: Body::Lazy(|args, row| {
        args.iter().map(|arg| arg.read(row)).find(|value| !value.is_null()).unwrap_or(Datum::NULL)
    }),
};
