//! `bit_and`: the bits that are set in all of the numbers.

use super::helpers;
use super::{Arguments, Body, Category, Example, Function, Returns};

pub(super) static FUNCTION: Function = Function {
    name: "bit_and",
    aliases: &[],
    category: Category::Bitwise,
    syntax: "bit_and(number, number, ...)",
    summary: "The bits that are set in all of the numbers.",
    arguments: Arguments::at_least(2),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &["bits-of-53"],
    examples: &[
        Example { expression: "bit_and(5, 3)", row: "{}", expected: "1" },
        Example { expression: "bit_and(x, 12, 10)", row: r#"{"x":"15"}"#, expected: "8" },
        Example { expression: "bit_and(-1, 1)", row: "{}", expected: "null" },
        Example { expression: "bit_and(1.5, 1)", row: "{}", expected: "null" },
    ],
    body: Body::Strict(|args, _| {
        helpers::bits(args, |numbers| numbers.into_iter().reduce(|left, right| left & right))
    }),
};
