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
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: r#"tonumber("0A4", 16)"#, row: "{}", expected: "164" },
        Example { expression: "tonumber(x)", row: r#"{"x":"1.5"}"#, expected: "1.5" },
        Example { expression: "tonumber(x)", row: r#"{"x":"a"}"#, expected: "null" },
        Example { expression: r#"tonumber("0xFF", 16)"#, row: "{}", expected: "255" },
        Example { expression: r#"tonumber("9", 8)"#, row: "{}", expected: "null" },
        Example { expression: r#"tonumber("1.5", 10)"#, row: "{}", expected: "1.5" },
    ],
    body: Body::Strict(|args, _| match args {
        [value] => Number::of_datum(value).map_or(Value::Null, Value::from),
        [value, base] => based(&value.text(), base),
        _ => Value::Null,
    }),
};

fn based(text: &str, base: &Datum<'_>) -> Value {
    let Some(base) = base.number().filter(|base| (2.0..=36.0).contains(base)) else { return Value::Null };
    if base == 10.0 {
        return Number::of_text(text).map_or(Value::Null, Value::from);
    }
    let text = text.trim();
    let digits = if base == 16.0 {
        text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text)
    } else {
        text
    };
    i64::from_str_radix(digits, base as u32).map_or(Value::Null, Value::Int)
}
