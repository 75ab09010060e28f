//! `bit_shift_left`: the bits of the number moved to the left by so many places; those beyond the 53rd are lost.

use super::helpers;
use super::{Arguments, Body, Category, Example, Function, Returns};

pub(super) static FUNCTION: Function = Function {
    name: "bit_shift_left",
    aliases: &[],
    category: Category::Bitwise,
    syntax: "bit_shift_left(number, places)",
    summary: "The bits of the number moved to the left by so many places; those beyond the 53rd are lost.",
    arguments: Arguments::exactly(2),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &["bits-of-53"],
    examples: &[
        Example { expression: "bit_shift_left(5, 2)", row: "{}", expected: "20" },
        Example { expression: "bit_shift_left(1, 53)", row: "{}", expected: "0" },
        Example { expression: "bit_shift_left(1, x)", row: r#"{"x":"52"}"#, expected: "4503599627370496" },
        Example { expression: "bit_shift_left(1, -1)", row: "{}", expected: "null" },
    ],
    body: Body::Strict(|args, _| {
        helpers::bits(args, |numbers| match numbers.as_slice() {
            [number, offset] if *offset < 53 => Some((number << offset) & helpers::MOST_BITS),
            [_, _] => Some(0),
            _ => None,
        })
    }),
};
