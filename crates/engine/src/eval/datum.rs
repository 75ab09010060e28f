//! A value that is borrowed where it is at hand: most values of most expressions are texts of a column.

use crate::Value;
use grotto_events::Cell;
use std::borrow::Cow;

/// A value, or the text of a column's cell.
#[derive(Debug, Clone)]
pub(crate) enum Datum<'a> {
    /// Text of a cell.
    Text(&'a str),
    /// Any value.
    Value(Cow<'a, Value>),
}

impl Datum<'_> {
    /// No value.
    pub(crate) const NULL: Self = Self::Value(Cow::Owned(Value::Null));

    /// Whether there is no value.
    pub(crate) fn is_null(&self) -> bool {
        matches!(self.value(), Some(Value::Null))
    }

    /// Whether it is true or false, if it is a boolean.
    pub(crate) fn boolean(&self) -> Option<bool> {
        if let Some(Value::Bool(b)) = self.value() { Some(*b) } else { None }
    }

    /// The number that it is or looks like.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Text(text) => crate::value::parse_number(text),
            Self::Value(value) => value.number(),
        }
    }

    /// The value as SPL writes it.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Value(value) => match value.as_ref() {
                Value::Text(text) => Cow::Borrowed(text),
                other => Cow::Owned(other.text()),
            },
        }
    }

    /// The text, if it is a single text.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Value(value) => match value.as_ref() {
                Value::Text(text) => Some(text),
                _ => None,
            },
        }
    }

    /// The values of a multivalue field.
    pub(crate) fn list(&self) -> Option<&[String]> {
        if let Some(Value::List(values)) = self.value() { Some(values) } else { None }
    }

    /// The value, unless it is the text of a cell.
    pub(crate) fn value(&self) -> Option<&Value> {
        match self {
            Self::Text(_) => None,
            Self::Value(value) => Some(value),
        }
    }

    /// The value, owned.
    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Text(text) => Value::Text(text.to_owned()),
            Self::Value(value) => value.into_owned(),
        }
    }

    /// The values of a field, each as text; none for null.
    pub(crate) fn texts(&self) -> Vec<String> {
        match self.list() {
            Some(values) => values.to_vec(),
            None if self.is_null() => Vec::new(),
            None => vec![self.text().into_owned()],
        }
    }
}

impl<'a> From<Cell<'a>> for Datum<'a> {
    fn from(cell: Cell<'a>) -> Self {
        match cell {
            Cell::Text(text) => Self::Text(text),
            other => Self::Value(Cow::Owned(other.into())),
        }
    }
}

impl<'a> From<&'a Value> for Datum<'a> {
    fn from(value: &'a Value) -> Self {
        Self::Value(Cow::Borrowed(value))
    }
}

impl From<Value> for Datum<'_> {
    fn from(value: Value) -> Self {
        Self::Value(Cow::Owned(value))
    }
}
