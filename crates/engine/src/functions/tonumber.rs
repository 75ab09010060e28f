//! `tonumber`: the number that the text writes in a base from 2 to 36 (10 if none is given); null if it writes none.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;
use crate::eval::operators::Number;

pub(super) static FUNCTION: Function = Function {
    name: "tonumber",
    aliases: &[],
    category: Category::Conversion,
    syntax: "tonumber(text, base)",
    summary: "The number that the text writes in a base from 2 to 36 (10 if none is given); null if it writes none.",
    arguments: Arguments::between(1, 2),
    returns: Returns::Number,
    volatile: false,
    deviations: &["A text in quotes that is no number gives null, where Splunk refuses the search."],
    assumptions: &[],
    examples: &[
        Example { expression: r#"tonumber("0A4", 16)"#, row: "{}", expected: "164" },
        Example { expression: "tonumber(x)", row: r#"{"x":"1.5"}"#, expected: "1.5" },
        Example { expression: "tonumber(x)", row: r#"{"x":"a"}"#, expected: "null" },
        Example { expression: r#"tonumber("0xFF", 16)"#, row: "{}", expected: "255" },
        Example { expression: r#"tonumber("9", 8)"#, row: "{}", expected: "null" },
        Example { expression: r#"tonumber("1.5", 10)"#, row: "{}", expected: "1.5" },
        Example { expression: r#"tonumber("0101", 2)"#, row: "{}", expected: "5" },
        Example { expression: "tonumber(x)", row: r#"{"x":" 5"}"#, expected: "null" },
        Example { expression: "tonumber(trim(x))", row: r#"{"x":" 5 "}"#, expected: "5" },
    ],
    body: Body::Strict(|args, _| read(args).map_or(Value::Null, Value::from)),
};

/// The number that the first argument is, as text in the base that the second says. Blanks around text make it none.
pub(super) fn read(args: &[Datum<'_>]) -> Option<Number> {
    let (value, base) = args.split_first()?;
    if value.as_text().is_some_and(|text| text != text.trim()) {
        return None;
    }
    match base.first() {
        None => Number::of_datum(value),
        Some(base) => based(&value.text(), base.number()?),
    }
}

fn based(text: &str, base: f64) -> Option<Number> {
    if !(2.0..=36.0).contains(&base) {
        return None;
    }
    if base == 10.0 {
        return Number::of_text(text);
    }
    let digits = if base == 16.0 {
        text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text)
    } else {
        text
    };
    i64::from_str_radix(digits, base as u32).ok().map(Number::Int)
}
