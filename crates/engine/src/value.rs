//! One value, and how SPL reads, writes and compares it.

use grotto_events::Cell;
use serde::{Deserialize, Serialize};

/// A value of a field in one row, owned.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub enum Value {
    /// No value.
    #[default]
    Null,
    /// True or false; exists inside expressions only, a field can't hold it.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A point in time, nanoseconds since 1970-01-01 UTC; a number of seconds to SPL.
    Time(i64),
    /// Text.
    Text(String),
    /// A multivalue field: at least two values in order.
    List(Vec<String>),
}

impl Value {
    /// The number that the value is or looks like; `None` for other text, null, booleans and multivalue.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Int(i) => Some(*i as f64),
            Self::Float(f) => Some(*f),
            Self::Time(ns) => Some(*ns as f64 / 1e9),
            Self::Text(text) => parse_number(text),
            Self::Null | Self::Bool(_) | Self::List(_) => None,
        }
    }

    /// Whether there is no value.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The value as SPL writes it; empty for null, values of a multivalue field separated by line breaks.
    pub fn text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Bool(b) => if *b { "True" } else { "False" }.to_owned(),
            Self::Int(i) => i.to_string(),
            Self::Float(f) => format_number(*f),
            Self::Time(ns) => format_time(*ns),
            Self::Text(text) => text.clone(),
            Self::List(values) => values.join("\n"),
        }
    }

    /// Bytes that it keeps besides itself, about.
    pub(crate) fn kept(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::List(values) => values.iter().map(|text| text.len() + size_of::<String>()).sum(),
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::Float(_) | Self::Time(_) => 0,
        }
    }

    /// Its type; no value and several values go with text.
    pub(crate) fn kind(&self) -> ValueKind {
        match self {
            Self::Time(_) => ValueKind::Time,
            Self::Int(_) => ValueKind::Int,
            Self::Float(_) => ValueKind::Float,
            Self::Null | Self::Bool(_) | Self::Text(_) | Self::List(_) => ValueKind::Text,
        }
    }

    /// A value of a [kind](ValueKind) from its [text](Self::text).
    pub(crate) fn read(kind: ValueKind, text: &str) -> Self {
        let read = match kind {
            ValueKind::Time => crate::time::of_text(text).map(Self::Time),
            ValueKind::Int => text.parse().ok().map(Self::Int),
            ValueKind::Float => text.parse().ok().map(Self::Float),
            ValueKind::Text => None,
        };
        read.unwrap_or_else(|| Self::Text(text.to_owned()))
    }

    /// A multivalue value of these values: null for none, plain text for one.
    pub fn list(mut values: Vec<String>) -> Self {
        match values.len() {
            0 => Self::Null,
            1 => Self::Text(values.swap_remove(0)),
            _ => Self::List(values),
        }
    }
}

/// Types of single values. Among values that are written alike the smaller one stands for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum ValueKind {
    Time,
    Int,
    Float,
    Text,
}

impl ValueKind {
    /// All, in their order.
    pub(crate) const ALL: [Self; 4] = [Self::Time, Self::Int, Self::Float, Self::Text];

    /// That of a cell's value.
    pub(crate) fn of(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Time(_) => Self::Time,
            Cell::Int(_) => Self::Int,
            Cell::Float(_) => Self::Float,
            Cell::Null | Cell::Text(_) | Cell::List(..) => Self::Text,
        }
    }
}

impl From<Cell<'_>> for Value {
    fn from(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Null => Self::Null,
            Cell::Text(text) => Self::Text(text.to_owned()),
            Cell::Int(i) => Self::Int(i),
            Cell::Float(f) => Self::Float(f),
            Cell::Time(ns) => Self::Time(ns),
            Cell::List(values, from, to) => {
                Self::list((from..to).map(|i| values.value(i).to_owned()).collect())
            }
        }
    }
}

/// Reads text as SPL does where a number is wanted: decimal with sign, fraction and exponent, blanks around it;
/// not `inf`, not `nan`, not hexadecimal.
pub fn parse_number(text: &str) -> Option<f64> {
    // Most text begins with what no number does, and there is much of it.
    if text.bytes().next()?.is_ascii_alphabetic() {
        return None;
    }
    let text = text.trim();
    if !text.bytes().next()?.is_ascii_digit() && !text.starts_with(['-', '+', '.']) {
        return None;
    }
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'));
    plain.then(|| text.parse().ok()).flatten()
}

/// Writes a number: whole numbers without a point, others with the fewest digits that read back the same.
pub fn format_number(number: f64) -> String {
    if number == 0.0 { "0".to_owned() } else { number.to_string() }
}

/// Writes a time as seconds since 1970 with as many digits of a fraction as it has.
pub fn format_time(nanoseconds: i64) -> String {
    let (sign, abs) = (if nanoseconds < 0 { "-" } else { "" }, nanoseconds.unsigned_abs());
    let (seconds, fraction) = (abs / 1_000_000_000, abs % 1_000_000_000);
    if fraction == 0 {
        return format!("{sign}{seconds}");
    }
    let digits = format!("{fraction:09}");
    format!("{sign}{seconds}.{}", digits.trim_end_matches('0'))
}

/// Writes one cell of a batch as SPL does.
pub fn cell_text(cell: Cell<'_>) -> String {
    Value::from(cell).text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read() {
        for (text, number) in [
            ("1", Some(1.0)),
            (" -2.5 ", Some(-2.5)),
            ("1e3", Some(1000.0)),
            ("0x10", None),
            ("inf", None),
            ("-inf", None),
            ("1 2", None),
            ("", None),
            ("abc", None),
            ("-", None),
        ] {
            assert_eq!(parse_number(text), number, "{text:?}");
        }
    }

    #[test]
    fn what_was_written_is_read_back() {
        let times = [0, 1, -1, 1_700_000_000_123_456_789, -1_500_000_000, i64::MAX, i64::MIN + 1];
        let floats = [0.0, 0.1, -2.5, 1e300, 5e-324, f64::MAX, f64::INFINITY, 1e21];
        let values = times.map(Value::Time).into_iter();
        let values = values.chain(times.map(Value::Int)).chain(floats.map(Value::Float));
        for value in values.chain([Value::Text("01".into()), Value::Text(String::new())]) {
            assert_eq!(Value::read(value.kind(), &value.text()), value);
        }
    }

    #[test]
    fn values_are_written() {
        assert_eq!(Value::Float(3.0).text(), "3");
        assert_eq!(Value::Float(-0.0).text(), "0");
        assert_eq!(Value::Float(0.1).text(), "0.1");
        assert_eq!(Value::Time(1_700_000_000_123_456_700).text(), "1700000000.1234567");
        assert_eq!(Value::Time(-1_500_000_000).text(), "-1.5");
        assert_eq!(Value::list(vec!["a".into(), "b".into()]).text(), "a\nb");
        assert_eq!(Value::list(vec!["a".into()]), Value::Text("a".into()));
    }
}
