//! `bit_xor`: the bits that are set in an odd number of the numbers.

use super::helpers;
use super::{Arguments, Body, Category, Example, Function, Returns};

pub(super) static FUNCTION: Function = Function {
    name: "bit_xor",
    aliases: &[],
    category: Category::Bitwise,
    syntax: "bit_xor(number, number, ...)",
    summary: "The bits that are set in an odd number of the numbers.",
    arguments: Arguments::at_least(2),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &["bits-of-53"],
    examples: &[
        Example { expression: "bit_xor(5, 3)", row: "{}", expected: "6" },
        Example { expression: "bit_xor(7, 7, 1)", row: "{}", expected: "1" },
        Example { expression: "bit_xor(x, 1)", row: "{}", expected: "null" },
    ],
    body: Body::Strict(|args, _| {
        helpers::bits(args, |numbers| numbers.into_iter().reduce(|left, right| left ^ right))
    }),
};
