//! `bit_not`: the bits that are not set in the number, of 53 or of those that are set in the mask.

use super::helpers;
use super::{Arguments, Body, Category, Example, Function, Returns};

pub(super) static FUNCTION: Function = Function {
    name: "bit_not",
    aliases: &[],
    category: Category::Bitwise,
    syntax: "bit_not(number, mask)",
    summary: "The bits that are not set in the number, of 53 or of those that are set in the mask.",
    arguments: Arguments::between(1, 2),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &["bits-of-53"],
    examples: &[
        Example { expression: "bit_not(0)", row: "{}", expected: "9007199254740991" },
        Example { expression: "bit_not(5, 15)", row: "{}", expected: "10" },
        Example { expression: "bit_not(x)", row: r#"{"x":"-1"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| {
        helpers::bits(args, |numbers| {
            let (number, mask) = (numbers.first()?, numbers.get(1).unwrap_or(&helpers::MOST_BITS));
            Some(!number & mask)
        })
    }),
};
