//! `round`: the number rounded to so many decimals (0 if none is given), halves away from zero.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;
use crate::eval::operators::Number;

pub(super) static FUNCTION: Function = Function {
    name: "round",
    aliases: &[],
    category: Category::Mathematical,
    syntax: "round(number, places)",
    summary: "The number rounded to so many decimals (0 if none is given), halves away from zero.",
    arguments: Arguments::between(1, 2),
    returns: Returns::Number,
    volatile: false,
    deviations: &["Trailing zeros of the decimals are not kept."],
    assumptions: &[],
    examples: &[
        Example { expression: "round(3.5)", row: "{}", expected: "4" },
        Example { expression: "round(-2.5)", row: "{}", expected: "-3" },
        Example { expression: "round(2.555, 2)", row: "{}", expected: "2.56" },
        Example { expression: "round(x, 1)", row: r#"{"x":"9.96"}"#, expected: "10" },
        Example { expression: "round(x)", row: r#"{"x":"a"}"#, expected: "null" },
        Example { expression: "round(0.4)", row: "{}", expected: "0" },
    ],
    body: Body::Strict(|args, _| {
        let places = args.get(1).map_or(Some(0.0), Datum::number);
        match (args.first().and_then(Number::of_datum), places) {
            (Some(Number::Int(whole)), Some(_)) => Value::Int(whole),
            (Some(number), Some(places)) => {
                Number::of_text(&decimal(number.float(), places.clamp(0.0, 20.0) as usize))
                    .map_or(Value::Null, Value::from)
            }
            _ => Value::Null,
        }
    }),
};

/// A number with at most so many decimals, rounded by the decimals that it is written with, so that 2.555 is 2.56
/// although the nearest binary fraction is below it.
pub(super) fn decimal(number: f64, places: usize) -> String {
    let written = format!("{}", number.abs());
    let (whole, fraction) = written.split_once('.').unwrap_or((&written, ""));
    let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes().take(places)).collect();
    if fraction.as_bytes().get(places).is_some_and(|next| *next >= b'5') {
        let nines = digits.iter().rev().take_while(|digit| **digit == b'9').count();
        let kept = digits.len() - nines;
        digits[kept..].fill(b'0');
        match digits[..kept].last_mut() {
            Some(digit) => *digit += 1,
            None => digits.insert(0, b'1'),
        }
    }
    let point = digits.len() - fraction.len().min(places);
    let mut out = String::from_utf8_lossy(&digits).into_owned();
    if point < out.len() {
        out.insert(point, '.');
        out.truncate(out.trim_end_matches('0').trim_end_matches('.').len());
    }
    if number < 0.0 && out != "0" { format!("-{out}") } else { out }
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn decimals() {
        for (number, places, text) in [
            (1.005, 2, "1.01"),
            (0.999, 2, "1"),
            (99.95, 1, "100"),
            (-0.04, 1, "0"),
            (-1.25, 1, "-1.3"),
            (12.0, 2, "12"),
            (0.001, 2, "0"),
            (1e21, 2, "1000000000000000000000"),
            (10.0, 0, "10"),
        ] {
            assert_eq!(decimal(number, places), text, "{number} {places}");
        }
    }
}
