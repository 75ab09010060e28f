//! `validate`: the value behind the first condition that is false; null when all are true.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::eval::Datum;

pub(super) static FUNCTION: Function = Function {
    name: "validate",
    aliases: &[],
    category: Category::Conditional,
    syntax: "validate(condition, value, ...)",
    summary: "The value behind the first condition that is false; null when all are true.",
    arguments: Arguments::pairs(0, 1),
    returns: Returns::Any,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            expression: r#"validate(isint(p), "no number", p<65536, "too big")"#,
            row: r#"{"p":"x"}"#,
            expected: r#""no number""#,
        },
        Example {
            expression: r#"validate(isint(p), "no number", p<65536, "too big")"#,
            row: r#"{"p":"70000"}"#,
            expected: r#""too big""#,
        },
        Example { expression: r#"validate(isint(p), "no number")"#, row: r#"{"p":"80"}"#, expected: "null" },
    ],
    body: Body::Lazy(|args, row| {
        args.chunks_exact(2)
            .find(|pair| pair[0].read(row).boolean() == Some(false))
            .map_or(Datum::NULL, |pair| pair[1].read(row))
    }),
};
