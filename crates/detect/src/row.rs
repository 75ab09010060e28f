//! Result rows as JSON objects.

use grotto_engine::value::format_time;
use grotto_events::{Batch, Cell};
use serde_json::{Map, Number, Value};
use std::borrow::Cow;

/// One result row: every field that has a value, in the order of the columns. A multivalue field is an array,
/// counts and calculated numbers are numbers, a time is a number of seconds.
pub type Row = Map<String, Value>;

/// Row `row` of a batch.
pub fn row(batch: &Batch, row: usize) -> Row {
    let mut out = Row::with_capacity(batch.names().count());
    out.extend(
        batch.columns().filter_map(|(name, column)| Some((name.to_string(), json(column.cell(row))?))),
    );
    out
}

/// All rows of a batch, in order.
pub fn rows(batch: &Batch) -> Vec<Row> {
    (0..batch.rows()).map(|i| row(batch, i)).collect()
}

/// The values of a row by field.
pub(crate) trait Fields {
    /// The value of a field, if the row has one.
    fn value(&self, field: &str) -> Option<Cow<'_, Value>>;
    /// That as [text].
    fn text(&self, field: &str, separator: &str) -> Option<Cow<'_, str>> {
        Some(match self.value(field)? {
            Cow::Borrowed(value) => plain(value, separator),
            Cow::Owned(value) => Cow::Owned(text(&value, separator)),
        })
    }
}

impl Fields for Row {
    fn value(&self, field: &str) -> Option<Cow<'_, Value>> {
        self.get(field).map(Cow::Borrowed)
    }
}

/// A row where it stands in its batch.
pub(crate) struct At<'b> {
    pub(crate) batch: &'b Batch,
    pub(crate) row: usize,
}

impl Fields for At<'_> {
    fn value(&self, field: &str) -> Option<Cow<'_, Value>> {
        json(self.batch.cell(field, self.row)).map(Cow::Owned)
    }

    fn text(&self, field: &str, separator: &str) -> Option<Cow<'_, str>> {
        cell_text(self.batch.cell(field, self.row), separator)
    }
}

impl At<'_> {
    /// Whether the row has a value of a field.
    pub(crate) fn has(&self, field: &str) -> bool {
        self.batch.cell(field, self.row) != Cell::Null
    }
}

/// What [`plain`] makes of the value of a cell, if it has one.
pub(crate) fn cell_text<'c>(cell: Cell<'c>, separator: &str) -> Option<Cow<'c, str>> {
    match cell {
        Cell::Text(text) => Some(Cow::Borrowed(text)),
        cell => json(cell).map(|value| Cow::Owned(text(&value, separator))),
    }
}

/// Writes what [`row`] makes of a cell.
///
/// # Errors
/// None that a value can cause.
pub(crate) fn write_json(cell: Cell<'_>, out: &mut Vec<u8>) -> serde_json::Result<()> {
    match cell {
        Cell::Text(text) => write_text(text, out),
        Cell::List(values, from, to) => {
            for i in from..to {
                out.push(if i == from { b'[' } else { b',' });
                write_text(values.value(i), out);
            }
            out.push(b']');
        }
        Cell::Null | Cell::Int(_) | Cell::Float(_) | Cell::Time(_) => {
            serde_json::to_writer(out, &json(cell))?;
        }
    }
    Ok(())
}

/// Writes a text as JSON, as `serde_json` does: what needs no escape is copied as it stands, eight bytes being looked at
/// together.
pub(crate) fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some((plain, escaped, after)) = until_escape(rest) {
        out.extend_from_slice(plain);
        match escaped {
            b'"' => out.extend_from_slice(br#"\""#),
            b'\\' => out.extend_from_slice(br"\\"),
            b'\n' => out.extend_from_slice(br"\n"),
            b'\r' => out.extend_from_slice(br"\r"),
            b'\t' => out.extend_from_slice(br"\t"),
            0x08 => out.extend_from_slice(br"\b"),
            0x0c => out.extend_from_slice(br"\f"),
            control => {
                out.extend_from_slice(br"\u00");
                let digits = [control >> 4, control & 15];
                out.extend(digits.map(|digit| if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }));
            }
        }
        rest = after;
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// The first byte that needs an escape, with what stands before and after it.
fn until_escape(bytes: &[u8]) -> Option<(&[u8], u8, &[u8])> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // The high bits of the bytes that are less than `limit`, exact up to the first of them.
    let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word & HIGH;
    let (words, tail) = bytes.as_chunks::<8>();
    let in_words = words.iter().enumerate().find_map(|(number, word)| {
        let word = u64::from_le_bytes(*word);
        let is = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
        let found = below(word, 0x20) | is(b'"') | is(b'\\');
        (found != 0).then(|| number * 8 + found.trailing_zeros() as usize / 8)
    });
    let in_tail = || tail.iter().position(|byte| *byte < 0x20 || matches!(byte, b'"' | b'\\'));
    let at = in_words.or_else(|| Some(words.len() * 8 + in_tail()?))?;
    let (plain, from) = bytes.split_at_checked(at)?;
    let (escaped, after) = from.split_first()?;
    Some((plain, *escaped, after))
}

/// The value of a cell, if it has one.
pub(crate) fn json(cell: Cell<'_>) -> Option<Value> {
    Some(match cell {
        Cell::Null => return None,
        Cell::Text(text) => Value::String(text.to_owned()),
        Cell::Int(i) => Value::Number(i.into()),
        Cell::Float(f) => number(f),
        Cell::Time(ns) => seconds(ns).map_or(Value::Null, number),
        Cell::List(values, from, to) => {
            (from..to).map(|i| Value::String(values.value(i).to_owned())).collect()
        }
    })
}

/// The number of seconds that is nearest to a time.
fn seconds(ns: i64) -> Option<f64> {
    let micros = ns / 1000;
    // A number of microseconds that a float holds exactly needs one division, which is exact to the last bit.
    if micros * 1000 == ns && micros.unsigned_abs() <= 1 << 53 {
        return Some(micros as f64 / 1e6);
    }
    format_time(ns).parse().ok()
}

/// A JSON number, whole where the value is.
fn number(f: f64) -> Value {
    if f.fract() == 0.0 && f.abs() < 9e15 {
        return Value::Number((f as i64).into());
    }
    Number::from_f64(f).map_or(Value::Null, Value::Number)
}

/// A value of a row as text: the values of a multivalue field separated by `separator`.
pub fn text(value: &Value, separator: &str) -> String {
    plain(value, separator).into_owned()
}

/// As [`text`], borrowed where that can be.
pub(crate) fn plain<'v>(value: &'v Value, separator: &str) -> Cow<'v, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Array(values) => {
            Cow::Owned(values.iter().map(|v| plain(v, separator)).collect::<Vec<_>>().join(separator))
        }
        Value::Null => Cow::Borrowed(""),
        other => Cow::Owned(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grotto_events::Column;

    #[test]
    fn values_keep_their_kind() {
        let mut batch = Batch::new(1);
        batch.set("_time", Column::Time(vec![1_700_000_000_250_000_000].into()));
        batch.set("n", Column::Float(vec![2.0].into()));
        batch.set("m", Column::list([vec!["a", "b"]]));
        batch.set("none", Column::null(1));
        batch.set("t", Column::text([Some("7")]));
        let row = row(&batch, 0);
        assert_eq!(
            serde_json::to_string(&row).unwrap(),
            r#"{"_time":1700000000.25,"n":2,"m":["a","b"],"t":"7"}"#
        );
        assert_eq!(text(&row["m"], ", "), "a, b");
        for (name, column) in batch.columns() {
            let mut out = Vec::new();
            write_json(column.cell(0), &mut out).unwrap();
            let value = row.get(&**name).unwrap_or(&Value::Null);
            assert_eq!(String::from_utf8(out).unwrap(), value.to_string());
            let at = At { batch: &batch, row: 0 };
            assert_eq!(at.value(name).as_deref(), row.get(&**name));
            assert_eq!(at.text(name, ", "), row.text(name, ", "));
            assert_eq!(at.has(name), row.contains_key(&**name));
        }
    }

    #[test]
    fn seconds_are_those_that_the_text_of_a_time_says() {
        for ns in
            [0, 1, -1, 100, i64::MAX, i64::MIN + 1, 9_007_199_254_740_993_000, 1_700_000_000_123_456_700]
        {
            for ns in [ns, ns / 1000 * 1000, ns / 7, ns / 7_000 * 1000] {
                assert_eq!(seconds(ns), format_time(ns).parse().ok(), "{ns}");
            }
        }
        for micros in (0..100_000).map(|n| 1_700_000_000_000_000 + n * 999_983) {
            assert_eq!(seconds(micros * 1000), format_time(micros * 1000).parse().ok());
        }
    }

    #[test]
    fn every_byte_is_escaped_wherever_it_stands() {
        for c in (0..=0x101).filter_map(char::from_u32) {
            for at in 0..20 {
                let text = format!("{}{c}{}{c}{c}", "x".repeat(at), "é".repeat(at % 7));
                let mut out = Vec::new();
                write_text(&text, &mut out);
                assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string(&text).unwrap());
            }
        }
    }
}
