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
            let of_text = kind(a).cmp(&kind(b)).then_with(|| a.text().cmp(&b.text()));
            // No value is written as empty text is, and is another thing.
            of_text.then_with(|| b.is_null().cmp(&a.is_null()))
        }),
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

/// Rank of a value's type among numbers of the same size.
pub(crate) fn kind(value: &Value) -> u8 {
    match value {
        Value::Time(_) => 0,
        Value::Int(_) => 1,
        Value::Float(_) => 2,
        _ => 3,
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
