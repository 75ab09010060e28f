//! `min`: the least of the values; numbers come before text. Null ones are passed over.

use super::{Arguments, Body, Category, Example, Function, Returns};

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
        Example { expression: r#"min(1, 3, x)"#, row: r#"{"x":"10"}"#, expected: r#"1"# },
        Example { expression: r#"min(x, y)"#, row: r#"{"x":"b","y":"a"}"#, expected: r#""a""# },
        Example { expression: r#"min(1, "foo")"#, row: r#"{}"#, expected: r#"1"# },
        Example { expression: r#"min(x, 2)"#, row: r#"{}"#, expected: r#"2"# },
        Example { expression: r#"min(x)"#, row: r#"{"x":["9","10"]}"#, expected: r#""9""# },
    ],
    body: Body::Values(|args, _| {
        args.iter()
            .flat_map(super::singles)
            .reduce(|best, value| if super::order(&value, &best).is_lt() { value } else { best })
            .unwrap_or_default()
    }),
};
