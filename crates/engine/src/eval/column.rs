//! Columns from values.

use super::Datum;
use crate::Value;
use arrow_array::{Float64Array, Int64Array, TimestampNanosecondArray};
use grotto_events::Column;

/// Whole numbers up to here are exact as floats.
const EXACT: u64 = 1 << 53;

/// The column of these values; `None` when all are null.
pub(super) fn collect(values: &[Datum<'_>]) -> Option<Column> {
    let some = || values.iter().filter(|value| !value.is_null());
    some().next()?;
    let all = |test: fn(&Value) -> bool| some().all(|datum| datum.value().is_some_and(test));
    Some(if all(|v| matches!(v, Value::Int(_))) {
        let ints = values.iter().map(|v| if let Some(Value::Int(i)) = v.value() { Some(*i) } else { None });
        Column::Int(ints.collect())
    } else if all(|v| matches!(v, Value::Time(_))) {
        let times =
            values.iter().map(|v| if let Some(Value::Time(ns)) = v.value() { Some(*ns) } else { None });
        Column::Time(times.collect::<TimestampNanosecondArray>())
    } else if all(is_exact_float) {
        let floats = values.iter().map(|v| match v.value() {
            Some(Value::Int(i)) => Some(*i as f64),
            Some(Value::Float(f)) => Some(*f),
            _ => None,
        });
        Column::Float(floats.collect::<Float64Array>())
    } else if some().any(|v| v.list().is_some()) {
        Column::list(values.iter().map(Datum::texts))
    } else {
        Column::text(values.iter().map(|v| (!v.is_null()).then(|| v.text())))
    })
}

fn is_exact_float(value: &Value) -> bool {
    match value {
        Value::Int(i) => i.unsigned_abs() <= EXACT,
        Value::Float(_) => true,
        _ => false,
    }
}

/// The column with the same value in every row; `None` for null.
pub(super) fn repeated(value: &Value, rows: usize) -> Option<Column> {
    Some(match value {
        Value::Null => return None,
        Value::Int(i) => Column::Int(Int64Array::from(vec![*i; rows])),
        Value::Float(f) => Column::Float(Float64Array::from(vec![*f; rows])),
        Value::Time(ns) => Column::Time(TimestampNanosecondArray::from(vec![*ns; rows])),
        Value::List(values) => Column::list(std::iter::repeat_n(values.clone(), rows)),
        Value::Text(text) => Column::constant(text, rows),
        Value::Bool(_) => Column::constant(&value.text(), rows),
    })
}
