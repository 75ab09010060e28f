//! Result rows as JSON objects.

use grotto_engine::value::format_time;
use grotto_events::{Batch, Cell};
use serde_json::{Map, Number, Value};

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

fn json(cell: Cell<'_>) -> Option<Value> {
    Some(match cell {
        Cell::Null => return None,
        Cell::Text(text) => Value::String(text.to_owned()),
        Cell::Int(i) => Value::Number(i.into()),
        Cell::Float(f) => number(f),
        Cell::Time(ns) => format_time(ns).parse().map_or(Value::Null, number),
        Cell::List(values, from, to) => {
            (from..to).map(|i| Value::String(values.value(i).to_owned())).collect()
        }
    })
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
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(|v| text(v, separator)).collect::<Vec<_>>().join(separator),
        Value::Null => String::new(),
        other => other.to_string(),
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
    }
}
