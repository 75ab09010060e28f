//! `bit_or`: the bits that are set in any of the numbers.

use super::helpers;
use super::{Arguments, Body, Category, Example, Function, Returns};

pub(super) static FUNCTION: Function = Function {
    name: "bit_or",
    aliases: &[],
    category: Category::Bitwise,
    syntax: "bit_or(number, number, ...)",
    summary: "The bits that are set in any of the numbers.",
    arguments: Arguments::at_least(2),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &["bits-of-53"],
    examples: &[
        Example { expression: "bit_or(5, 3)", row: "{}", expected: "7" },
        Example { expression: "bit_or(x, 1)", row: r#"{"x":"a"}"#, expected: "null" },
        Example { expression: "bit_or(1, 2, 4)", row: "{}", expected: "7" },
    ],
    body: Body::Strict(|args, _| {
        helpers::bits(args, |numbers| numbers.into_iter().reduce(|left, right| left | right))
    }),
};
