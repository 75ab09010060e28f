//! Columns from values.

use crate::Value;
use arrow_array::{Float64Array, Int64Array, TimestampNanosecondArray};
use grotto_events::Column;

/// Whole numbers up to here are exact as floats.
const EXACT: u64 = 1 << 53;

/// The column of these values; `None` when all are null.
pub(super) fn collect(values: impl Iterator<Item = Value>) -> Option<Column> {
    let values: Vec<Value> = values.collect();
    let some = || values.iter().filter(|value| !value.is_null());
    some().next()?;
    let all = |test: fn(&Value) -> bool| some().all(test);
    Some(if all(|v| matches!(v, Value::Int(_))) {
        Column::Int(values.iter().map(|v| if let Value::Int(i) = v { Some(*i) } else { None }).collect())
    } else if all(|v| matches!(v, Value::Time(_))) {
        let times = values.iter().map(|v| if let Value::Time(ns) = v { Some(*ns) } else { None });
        Column::Time(times.collect::<TimestampNanosecondArray>())
    } else if all(is_exact_float) {
        let floats = values.iter().map(|v| match v {
            Value::Int(i) => Some(*i as f64),
            Value::Float(f) => Some(*f),
            _ => None,
        });
        Column::Float(floats.collect::<Float64Array>())
    } else if some().any(|v| matches!(v, Value::List(_))) {
        Column::list(values.into_iter().map(|v| match v {
            Value::Null => Vec::new(),
            Value::List(values) => values,
            other => vec![other.text()],
        }))
    } else {
        Column::text(values.into_iter().map(|v| match v {
            Value::Null => None,
            Value::Text(text) => Some(text),
            other => Some(other.text()),
        }))
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
