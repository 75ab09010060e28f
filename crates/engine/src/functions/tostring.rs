//! `tostring`: the value as text; a number as hexadecimal ("hex"), binary ("binary"), with commas and at most two decimals ("commas"), or seconds as D+HH:MM:SS ("duration").

use super::round::decimal;
use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "tostring",
    aliases: &[],
    category: Category::Conversion,
    syntax: "tostring(value, format)",
    summary: "The value as text; a number as hexadecimal (\"hex\"), binary (\"binary\"), with commas and at most two decimals (\"commas\"), or seconds as D+HH:MM:SS (\"duration\").",
    arguments: Arguments::between(1, 2),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "tostring(1==1)", row: "{}", expected: r#""True""# },
        Example { expression: r#"tostring(15, "hex")"#, row: "{}", expected: r#""0xF""# },
        Example { expression: r#"tostring(12345.6789, "commas")"#, row: "{}", expected: r#""12,345.68""# },
        Example { expression: r#"tostring(615, "duration")"#, row: "{}", expected: r#""00:10:15""# },
        Example {
            expression: r#"tostring(x, "duration")"#,
            row: r#"{"x":"90061"}"#,
            expected: r#""1+01:01:01""#,
        },
        Example { expression: r#"tostring(9, "binary")"#, row: "{}", expected: r#""1001""# },
        Example { expression: r#"tostring(x, "hex")"#, row: r#"{"x":"a"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| match args {
        [value] => Value::Text(value.text().into_owned()),
        [value, format] => match value.number() {
            Some(number) => formatted(number, &format.text()),
            None => Value::Null,
        },
        _ => Value::Null,
    }),
};

fn formatted(number: f64, format: &str) -> Value {
    Value::Text(match format.to_ascii_lowercase().as_str() {
        "hex" => format!("{}0x{:X}", if number < 0.0 { "-" } else { "" }, number.abs() as u64),
        "binary" => format!("{}{:b}", if number < 0.0 { "-" } else { "" }, number.abs() as u64),
        "commas" => commas(&decimal(number, 2)),
        "duration" => duration(number),
        _ => return Value::Null,
    })
}

/// Sets commas between thousands.
pub(super) fn commas(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut out = sign.to_owned();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// Writes seconds as days, hours, minutes and seconds.
fn duration(seconds: f64) -> String {
    let sign = if seconds < 0.0 { "-" } else { "" };
    let whole = seconds.abs() as u64;
    let days = if whole >= 86_400 { format!("{}+", whole / 86_400) } else { String::new() };
    let rest = whole % 86_400;
    format!("{sign}{days}{:02}:{:02}:{:02}", rest / 3600, rest % 3600 / 60, rest % 60)
}
