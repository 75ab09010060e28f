//! Columns out of values, and the other way round.

use crate::Value;
use grotto_events::{Batch, Cell, Column};

/// Whole numbers up to this size are exact as floats.
const EXACT: u64 = 1 << 53;

/// The column of these values: of the type that they share, of numbers when all are, multivalue when one is, text
/// otherwise.
pub fn column(values: &[Value]) -> Column {
    let some = || values.iter().filter(|v| !v.is_null());
    if some().any(|v| matches!(v, Value::List(_))) {
        return Column::list(values.iter().map(|v| match v {
            Value::Null => Vec::new(),
            Value::List(list) => list.clone(),
            other => vec![other.text()],
        }));
    }
    if some().next().is_some() {
        if some().all(|v| matches!(v, Value::Int(_))) {
            return Column::Int(
                values.iter().map(|v| if let Value::Int(i) = v { Some(*i) } else { None }).collect(),
            );
        }
        if some().all(|v| matches!(v, Value::Time(_))) {
            return Column::Time(
                values.iter().map(|v| if let Value::Time(t) = v { Some(*t) } else { None }).collect(),
            );
        }
        if some().all(is_float) {
            return Column::Float(values.iter().map(Value::number).collect());
        }
    }
    Column::text(values.iter().map(|v| (!v.is_null()).then(|| v.text())))
}

/// Whether a value is a number that a column of floats holds without loss.
fn is_float(value: &Value) -> bool {
    match value {
        Value::Float(_) => true,
        Value::Int(i) => i.unsigned_abs() <= EXACT,
        _ => false,
    }
}

/// The values of one cell one by one, as text: none of null, several of a multivalue field.
pub fn texts(cell: Cell<'_>) -> Vec<String> {
    match cell {
        Cell::Null => Vec::new(),
        Cell::List(values, from, to) => (from..to).map(|i| values.value(i).to_owned()).collect(),
        other => vec![Value::from(other).text()],
    }
}

/// Calls `f` with each value of a cell: never with null, several times with text for a multivalue field.
pub fn each<'a>(cell: Cell<'a>, mut f: impl FnMut(Cell<'a>)) {
    match cell {
        Cell::Null => {}
        Cell::List(values, from, to) => (from..to).for_each(|i| f(Cell::Text(values.value(i)))),
        one => f(one),
    }
}

/// The number that a cell is or looks like.
pub fn number(cell: Cell<'_>) -> Option<f64> {
    match cell {
        Cell::Text(text) => crate::value::parse_number(text),
        Cell::Int(i) => Some(i as f64),
        Cell::Float(f) => Some(f),
        Cell::Time(ns) => Some(ns as f64 / 1e9),
        Cell::Null | Cell::List(..) => None,
    }
}

/// Calls `f` with the text of a single value, without copying it where it is text already.
pub fn with_text<R>(cell: Cell<'_>, f: impl FnOnce(&str) -> R) -> R {
    match cell {
        Cell::Text(text) => f(text),
        other => f(&Value::from(other).text()),
    }
}

/// The values of the fields in a row; `None` when one is missing.
pub fn key(rows: &Batch, fields: &[&str], row: usize) -> Option<String> {
    let mut key = String::new();
    for field in fields {
        match rows.cell(field, row) {
            Cell::Null => return None,
            cell => {
                with_text(cell, |text| key.push_str(text));
                key.push('\0');
            }
        }
    }
    (!fields.is_empty()).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_follows_from_the_values() {
        let text = |s: &str| Value::Text(s.to_owned());
        for (values, expected) in [
            (vec![Value::Int(1), Value::Null], Column::Int(vec![Some(1), None].into())),
            (vec![Value::Int(1), Value::Float(0.5)], Column::Float(vec![1.0, 0.5].into())),
            (vec![Value::Time(5), Value::Null], Column::Time(vec![Some(5), None].into())),
            (vec![Value::Int(1), text("a")], Column::text([Some("1"), Some("a")])),
            (vec![Value::Null, Value::Null], Column::null(2)),
            (
                vec![Value::Int(i64::MAX), Value::Float(0.5)],
                Column::text([Some("9223372036854775807"), Some("0.5")]),
            ),
            (
                vec![Value::List(vec!["a".into(), "b".into()]), Value::Int(1)],
                Column::list([vec!["a", "b"], vec!["1"]]),
            ),
        ] {
            assert_eq!(column(&values), expected, "{values:?}");
        }
    }

    #[test]
    fn cells_give_their_values() {
        let list = Column::list([vec!["a", "2"]]);
        assert_eq!(texts(list.cell(0)), ["a", "2"]);
        assert_eq!(texts(Cell::Null), Vec::<String>::new());
        let mut seen = Vec::new();
        each(list.cell(0), |cell| seen.push(number(cell)));
        assert_eq!(seen, [None, Some(2.0)]);
        assert_eq!(with_text(Cell::Int(7), str::to_owned), "7");
    }
}
