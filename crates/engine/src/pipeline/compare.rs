//! The order of values where SPL sorts numbers and text together.

use super::columns;
use crate::Value;
use crate::value::parse_number;
use grotto_events::Cell;
use std::cmp::Ordering;

/// Compares a cell with a value as [`compare`] does, without copying text.
pub fn compare_cell(cell: Cell<'_>, value: &Value) -> Ordering {
    match (cell, value) {
        (Cell::Time(a), Value::Time(b)) => a.cmp(b),
        (Cell::Int(a), Value::Int(b)) => a.cmp(b),
        (Cell::Text(a), Value::Text(b)) => compare_parts(columns::number(cell), value.number(), || a.cmp(b)),
        _ => compare(&cell.into(), value),
    }
}

/// Orders values: numbers by size, before text by its bytes. Numbers of the same size are told apart so that the
/// order is total and no result depends on which was seen first.
pub fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Time(a), Value::Time(b)) => a.cmp(b),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) if a == b => Ordering::Equal,
        (Value::Text(a), Value::Text(b)) => compare_parts(parse_number(a), parse_number(b), || a.cmp(b)),
        _ => compare_parts(a.number(), b.number(), || {
            let of_text = a.kind().cmp(&b.kind()).then_with(|| a.text().cmp(&b.text()));
            // No value is written as empty text is, and is another thing.
            of_text.then_with(|| b.is_null().cmp(&a.is_null()))
        }),
    }
}

/// A cell that is compared often: its number is read once.
pub(crate) struct Compared<'c> {
    /// The cell: a single value, or none.
    pub(crate) cell: Cell<'c>,
    number: Option<f64>,
}

impl<'c> Compared<'c> {
    pub(crate) fn new(cell: Cell<'c>) -> Self {
        Self { cell, number: columns::number(cell) }
    }

    /// As [`compare`] of the values.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        match (self.cell, other.cell) {
            (Cell::Time(a), Cell::Time(b)) | (Cell::Int(a), Cell::Int(b)) => a.cmp(&b),
            (Cell::Text(a), Cell::Text(b)) => compare_parts(self.number, other.number, || a.cmp(b)),
            (a, b) => match (self.number, other.number) {
                // Text beside what is no text, of different size or no numbers: no need to write them out.
                (Some(a), Some(b)) if a.total_cmp(&b).is_ne() => a.total_cmp(&b),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                _ => compare(&a.into(), &b.into()),
            },
        }
    }
}

fn compare_parts(a: Option<f64>, b: Option<f64>, text: impl FnOnce() -> Ordering) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => a.total_cmp(&b).then_with(text),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => text(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_keep_their_resolution() {
        let (earlier, later) =
            (Value::Time(1_700_000_000_123_456_700), Value::Time(1_700_000_000_123_456_800));
        assert_eq!(compare(&earlier, &later), Ordering::Less);
        assert_eq!(compare_cell(Cell::Time(1_700_000_000_123_456_900), &later), Ordering::Greater);
    }

    #[test]
    fn cells_are_compared_as_values_are() {
        let text = |s: &'static str| Cell::Text(s);
        let cells = [
            Cell::Null,
            text(""),
            text("1"),
            text("1.0"),
            text("a"),
            text("-7"),
            Cell::Int(1),
            Cell::Int(i64::MAX),
            Cell::Int(i64::MAX - 1),
            Cell::Float(1.0),
            Cell::Float(0.5),
            Cell::Time(1_000_000_000),
            Cell::Time(1_000_000_001),
        ];
        for a in cells {
            for b in cells {
                let values = compare(&a.into(), &b.into());
                assert_eq!(Compared::new(a).compare(&Compared::new(b)), values, "{a:?} {b:?}");
                assert_eq!(compare_cell(a, &b.into()), values, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn no_value_is_not_empty_text() {
        assert_eq!(compare(&Value::Null, &Value::Text(String::new())), Ordering::Less);
        assert_eq!(compare(&Value::Null, &Value::Null), Ordering::Equal);
    }

    #[test]
    fn numbers_come_before_text() {
        let text = |s: &str| Value::Text(s.to_owned());
        let mut values = [text("b"), text("10"), Value::Int(9), text("B"), text("9.5"), text("-1")];
        values.sort_by(compare);
        assert_eq!(values, [text("-1"), Value::Int(9), text("9.5"), text("10"), text("B"), text("b")]);
    }
}
