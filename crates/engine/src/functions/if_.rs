//! `if`: the second argument where the condition is true, else the third.

use super::{Arguments, Body, Category, Example, Function, Returns};

pub(super) static FUNCTION: Function = Function {
    name: "if",
    aliases: &[],
    category: Category::Conditional,
    syntax: "if(condition, then, else)",
    summary: "The second argument where the condition is true, else the third.",
    arguments: Arguments::exactly(3),
    returns: Returns::Any,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: r#"if(x>5, "big", "small")"#, row: r#"{"x":"7"}"#, expected: r#""big""# },
        Example { expression: r#"if(x>5, "big", "small")"#, row: r#"{"x":"3"}"#, expected: r#""small""# },
        Example { expression: r#"if(x>5, "big", "small")"#, row: "{}", expected: r#""small""# },
        Example {
            expression: r#"if(isnull(x), "none", x)"#,
            row: r#"{"x":["a","b"]}"#,
            expected: r#"["a","b"]"#,
        },
    ],
    body: Body::Choice(|args, holds| match args {
        [condition, then, other] => Some(Some(if holds(condition)? { then } else { other })),
        _ => Some(None),
    }),
};
