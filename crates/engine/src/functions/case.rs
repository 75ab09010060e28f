//! `case`: the value behind the first condition that is true; null when none is.

use super::{Arguments, Body, Category, Example, Function, Returns};

pub(super) static FUNCTION: Function = Function {
    name: "case",
    aliases: &[],
    category: Category::Conditional,
    syntax: "case(condition, value, ...)",
    summary: "The value behind the first condition that is true; null when none is.",
    arguments: Arguments::pairs(0, 1),
    returns: Returns::Any,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            expression: r#"case(x=1, "one", x=2, "two", true(), "many")"#,
            row: r#"{"x":"2"}"#,
            expected: r#""two""#,
        },
        Example {
            expression: r#"case(x=1, "one", x=2, "two", true(), "many")"#,
            row: r#"{"x":"9"}"#,
            expected: r#""many""#,
        },
        Example { expression: r#"case(x=1, "one")"#, row: r#"{"x":"9"}"#, expected: "null" },
    ],
    body: Body::Choice(|args, holds| {
        for pair in args.chunks_exact(2) {
            if holds(&pair[0])? {
                return Some(Some(&pair[1]));
            }
        }
        Some(None)
    }),
};
