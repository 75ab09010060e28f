//! Operators on values.
//!
//! Named assumptions: `compare-looks-numeric`, `multivalue-compares-any`, `multivalue-operands-are-null`,
//! `plus-adds-number-looking-text`.

use super::Like;
use crate::Value;
use crate::value::parse_number;
use grotto_spl::ast::{Binary, Compare};
use std::borrow::Cow;
use std::cmp::Ordering;

/// A number in the form in which it is exact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Seconds, kept in nanoseconds.
    Time(i64),
}

impl Number {
    /// The number that a value is or looks like.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Int(i) => Some(Self::Int(*i)),
            Value::Float(f) => Some(Self::Float(*f)),
            Value::Time(ns) => Some(Self::Time(*ns)),
            Value::Text(text) => Self::of_text(text),
            Value::Null | Value::Bool(_) | Value::List(_) => None,
        }
    }

    /// The number that a text looks like.
    pub(crate) fn of_text(text: &str) -> Option<Self> {
        let number = parse_number(text)?;
        let text = text.trim();
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        if digits.bytes().all(|b| b.is_ascii_digit())
            && let Ok(whole) = text.parse()
        {
            return Some(Self::Int(whole));
        }
        Some(Self::Float(number))
    }

    /// The number as a float.
    pub(crate) fn float(self) -> f64 {
        match self {
            Self::Int(i) => i as f64,
            Self::Float(f) => f,
            Self::Time(ns) => ns as f64 / 1e9,
        }
    }

    /// The order of two numbers.
    pub(crate) fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) | (Self::Time(a), Self::Time(b)) => a.cmp(&b),
            (a, b) => a.float().partial_cmp(&b.float()).unwrap_or(Ordering::Equal),
        }
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        match number {
            Number::Int(i) => Self::Int(i),
            Number::Float(f) => float(f),
            Number::Time(ns) => Self::Time(ns),
        }
    }
}

/// A number as a value: null when it is none (infinite or undefined).
pub(crate) fn float(number: f64) -> Value {
    if number.is_finite() { Value::Float(number) } else { Value::Null }
}

/// A number as a value, whole if it is whole.
pub(crate) fn whole(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9.0e15 { Value::Int(number as i64) } else { float(number) }
}

/// `+x` and `-x`.
pub(crate) fn sign(negative: bool, operand: &Value) -> Value {
    match Number::of(operand) {
        None => Value::Null,
        Some(number) if !negative => number.into(),
        Some(Number::Int(i)) => i.checked_neg().map_or_else(|| float(-(i as f64)), Value::Int),
        Some(Number::Float(f)) => float(-f),
        Some(Number::Time(ns)) => ns.checked_neg().map_or(Value::Null, Value::Time),
    }
}

/// `+`, `-`, `*`, `/`, `%`. `+` joins texts of which one at least does not look like a number.
pub(crate) fn arithmetic(op: Binary, left: &Value, right: &Value) -> Value {
    match (Number::of(left), Number::of(right)) {
        (Some(left), Some(right)) => calculate(op, left, right).unwrap_or_default(),
        _ if op == Binary::Add => concat(left, right),
        _ => Value::Null,
    }
}

fn calculate(op: Binary, left: Number, right: Number) -> Option<Value> {
    if let (Number::Int(a), Number::Int(b)) = (left, right) {
        let exact = match op {
            Binary::Add => a.checked_add(b),
            Binary::Subtract => a.checked_sub(b),
            Binary::Multiply => a.checked_mul(b),
            Binary::Modulo => a.checked_rem(b),
            Binary::Divide => a.checked_rem(b).filter(|rest| *rest == 0).and_then(|_| a.checked_div(b)),
            Binary::Concat | Binary::Compare(_) | Binary::Like => None,
        };
        if let Some(exact) = exact {
            return Some(Value::Int(exact));
        }
    }
    if let Some(time) = moved(op, left, right) {
        return Some(time);
    }
    let (a, b) = (left.float(), right.float());
    Some(float(match op {
        Binary::Add => a + b,
        Binary::Subtract => a - b,
        Binary::Multiply => a * b,
        // Division by zero is infinite or undefined and becomes null.
        Binary::Divide => a / b,
        Binary::Modulo => a % b,
        Binary::Concat | Binary::Compare(_) | Binary::Like => return None,
    }))
}

/// Time ± seconds is a time, time − time is seconds; both exact to the nanosecond.
fn moved(op: Binary, left: Number, right: Number) -> Option<Value> {
    let seconds = |number: Number| crate::time::of_seconds(number.float());
    match (op, left, right) {
        (Binary::Subtract, Number::Time(a), Number::Time(b)) => {
            let difference = a.checked_sub(b)?;
            Some(if difference % crate::time::SECOND == 0 {
                Value::Int(difference / crate::time::SECOND)
            } else {
                Value::Float(difference as f64 / 1e9)
            })
        }
        (Binary::Add, Number::Time(ns), other) => ns.checked_add(seconds(other)?).map(Value::Time),
        (Binary::Add, other, Number::Time(ns)) => ns.checked_add(seconds(other)?).map(Value::Time),
        (Binary::Subtract, Number::Time(ns), other) => ns.checked_sub(seconds(other)?).map(Value::Time),
        _ => None,
    }
}

/// `.`: joins texts; null when one is null or multivalue.
pub(crate) fn concat(left: &Value, right: &Value) -> Value {
    let joins = |value: &Value| !matches!(value, Value::Null | Value::List(_));
    if joins(left) && joins(right) { Value::Text(left.text() + &right.text()) } else { Value::Null }
}

/// A comparison: null when one side is null; of multivalue sides any value may satisfy it.
pub(crate) fn compare(op: Compare, left: &Value, right: &Value) -> Value {
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => Value::Null,
        (Value::List(values), other) => any(values, |value| compare(op, value, other)),
        (other, Value::List(values)) => any(values, |value| compare(op, other, value)),
        _ => Value::Bool(op.holds(ordering(left, right))),
    }
}

fn any(values: &[String], test: impl Fn(&Value) -> Value) -> Value {
    Value::Bool(values.iter().any(|value| test(&Value::Text(value.clone())) == Value::Bool(true)))
}

/// The order of two single values: by number if both look like one, else by their characters.
pub(crate) fn ordering(left: &Value, right: &Value) -> Ordering {
    if let (Value::Text(a), Value::Text(b)) = (left, right) {
        // Most texts are no numbers, which the first byte tells.
        if !(may_be_number(a) && may_be_number(b)) {
            return a.cmp(b);
        }
    }
    match (Number::of(left), Number::of(right)) {
        (Some(a), Some(b)) => a.compare(b),
        _ => match (left, right) {
            (Value::Text(a), Value::Text(b)) => a.cmp(b),
            _ => left.text().cmp(&right.text()),
        },
    }
}

fn may_be_number(text: &str) -> bool {
    text.bytes().next().is_some_and(|b| {
        b.is_ascii_digit() || b.is_ascii_whitespace() || !b.is_ascii() || matches!(b, b'-' | b'+' | b'.')
    })
}

/// `x IN (…)`: whether any value of `x` equals any item; null when `x` is. Null items are passed over.
pub(crate) fn is_in<'v>(value: &Value, items: impl IntoIterator<Item = Cow<'v, Value>>) -> Value {
    if value.is_null() {
        return Value::Null;
    }
    let found = items.into_iter().any(|item| compare(Compare::Equal, value, &item) == Value::Bool(true));
    Value::Bool(found)
}

/// `x LIKE pattern`.
pub(crate) fn like(value: &Value, pattern: &Value) -> Value {
    if pattern.is_null() {
        Value::Null
    } else {
        any_text(value, |text| Like::new(&pattern.text()).matches(text))
    }
}

/// Whether any value satisfies a test of its text; null when there is none.
pub(crate) fn any_text(value: &Value, test: impl Fn(&str) -> bool) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Text(text) => Value::Bool(test(text)),
        Value::List(values) => Value::Bool(values.iter().any(|value| test(value))),
        other => Value::Bool(test(&other.text())),
    }
}
