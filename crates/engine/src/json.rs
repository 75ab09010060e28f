//! JSON in expressions and extractions: how values become JSON and back, and paths into it.
//!
//! There is no JSON type among [values](crate::Value): a document is its text. Reading, writing and flattening are
//! those of [`grotto_events::json`].

mod path;

pub(crate) use path::{Path, Step};

use crate::Value;
use crate::eval::Datum;
use grotto_events::json;
use serde_json::{Number, Value as Json};

/// The document that a value holds as text; `None` when it is none.
pub(crate) fn document(datum: &Datum<'_>) -> Option<Json> {
    if datum.is_null() || datum.list().is_some() {
        return None;
    }
    json::parse(&datum.text())
}

/// What a value is inside a document: text that is an object or an array is taken as such, a field that looks like a
/// number as a number, any other text as a string; a multivalue field is an array.
pub(crate) fn of_datum(datum: &Datum<'_>) -> Json {
    match datum {
        Datum::Text(text) => json::parse_container(text).unwrap_or_else(|| inferred(text)),
        Datum::Value(value) => match value.as_ref() {
            Value::Null => Json::Null,
            Value::Bool(b) => Json::Bool(*b),
            Value::Int(i) => Json::from(*i),
            Value::Float(f) => Number::from_f64(*f).map_or(Json::Null, Json::Number),
            Value::Time(_) => inferred(&value.text()),
            Value::Text(text) => container_or_string(text),
            Value::List(values) => values.iter().map(|text| container_or_string(text)).collect(),
        },
    }
}

fn container_or_string(text: &str) -> Json {
    json::parse_container(text).unwrap_or_else(|| Json::String(text.to_owned()))
}

/// A text as the number that JSON would write like this, else as a string.
pub(crate) fn inferred(text: &str) -> Json {
    let may_be_number = text.starts_with(|c: char| c.is_ascii_digit() || c == '-') && text.len() < 400;
    match may_be_number.then(|| json::parse(text)).flatten() {
        Some(number @ Json::Number(_)) => number,
        _ => Json::String(text.to_owned()),
    }
}

/// What a part of a document is outside of it. Objects and arrays are their text; true and false are text too, as no
/// field can hold a boolean.
pub(crate) fn to_value(part: &Json) -> Value {
    match part {
        Json::Null => Value::Null,
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::Int(whole),
            (None, Some(float)) if number.is_f64() => crate::eval::operators::float(float),
            _ => Value::Text(number.to_string()),
        },
        other => Value::Text(json::text(other).into_owned()),
    }
}

/// A document as a value.
pub(crate) fn to_text(document: &Json) -> Value {
    Value::Text(json::write(document))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_in_and_come_out() {
        let text = |text: &str| Value::Text(text.to_owned());
        for (value, written, back) in [
            (Value::Int(5), "5", Value::Int(5)),
            (Value::Float(2.5), "2.5", Value::Float(2.5)),
            (Value::Time(1_500_000_000), "1.5", Value::Float(1.5)),
            (Value::Bool(true), "true", text("true")),
            (Value::Null, "null", Value::Null),
            (text("5"), "\"5\"", text("5")),
            (text("{\"a\": 1}"), "{\"a\":1}", text("{\"a\":1}")),
            (text("{no"), "\"{no\"", text("{no")),
            (Value::List(vec!["a".into(), "[1]".into()]), "[\"a\",[1]]", text("[\"a\",[1]]")),
        ] {
            let json = of_datum(&(&value).into());
            assert_eq!((json::write(&json).as_str(), to_value(&json)), (written, back), "{value:?}");
        }
        assert_eq!(of_datum(&Datum::Text("007")), Json::String("007".into()));
        assert_eq!(of_datum(&Datum::Text("-7.5")), serde_json::json!(-7.5));
        assert_eq!(to_value(&serde_json::json!(u64::MAX)), text("18446744073709551615"));
    }

    #[test]
    fn documents_are_single_texts() {
        assert_eq!(document(&Datum::Text("\"a\"")), Some(Json::String("a".into())));
        assert_eq!(document(&Datum::Text("a")), None);
        assert_eq!(document(&Datum::NULL), None);
        assert_eq!(document(&Value::List(vec!["1".into(), "2".into()]).into()), None);
    }
}
