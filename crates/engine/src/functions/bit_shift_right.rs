//! `bit_shift_right`: the bits of the number moved to the right by so many places.

use super::helpers;
use super::{Arguments, Body, Category, Example, Function, Returns};

pub(super) static FUNCTION: Function = Function {
    name: "bit_shift_right",
    aliases: &[],
    category: Category::Bitwise,
    syntax: "bit_shift_right(number, places)",
    summary: "The bits of the number moved to the right by so many places.",
    arguments: Arguments::exactly(2),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &["bits-of-53"],
    examples: &[
        Example { expression: "bit_shift_right(20, 2)", row: "{}", expected: "5" },
        Example { expression: "bit_shift_right(x, 1)", row: r#"{"x":"1"}"#, expected: "0" },
        Example { expression: "bit_shift_right(1, 900)", row: "{}", expected: "0" },
        Example { expression: "bit_shift_right(1, y)", row: "{}", expected: "null" },
    ],
    body: Body::Strict(|args, _| {
        helpers::bits(args, |numbers| match numbers.as_slice() {
            [number, offset] if *offset < 53 => Some(number >> offset),
            [_, _] => Some(0),
            _ => None,
        })
    }),
};
