//! Operators on values.
//!
//! Named assumptions: `compare-looks-numeric`, `multivalue-compares-any`, `multivalue-operands-are-null`,
//! `plus-adds-number-looking-text`.

use super::{Datum, Like};
use crate::Value;
use crate::value::parse_number;
use grotto_spl::ast::{Binary, Compare};
use std::cmp::Ordering;

/// Bytes that a text may grow to. Expressions that double a text again and again would otherwise take all memory.
pub(crate) const LONGEST: usize = 8 << 20;

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

    /// The number that a value of an expression is or looks like.
    pub(crate) fn of_datum(datum: &Datum<'_>) -> Option<Self> {
        match datum {
            Datum::Text(text) => Self::of_text(text),
            Datum::Value(value) => Self::of(value),
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
pub(crate) fn sign(negative: bool, operand: &Datum<'_>) -> Value {
    match Number::of_datum(operand) {
        None => Value::Null,
        Some(number) if !negative => number.into(),
        Some(Number::Int(i)) => i.checked_neg().map_or_else(|| float(-(i as f64)), Value::Int),
        Some(Number::Float(f)) => float(-f),
        Some(Number::Time(ns)) => ns.checked_neg().map_or(Value::Null, Value::Time),
    }
}

/// `+`, `-`, `*`, `/`, `%`. `+` joins texts of which one at least does not look like a number.
pub(crate) fn arithmetic(op: Binary, left: &Datum<'_>, right: &Datum<'_>) -> Value {
    match (Number::of_datum(left), Number::of_datum(right)) {
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

/// `.`: joins texts; null when one is null or multivalue, or when the result is longer than [`LONGEST`].
pub(crate) fn concat(left: &Datum<'_>, right: &Datum<'_>) -> Value {
    let joins = |datum: &Datum<'_>| !datum.is_null() && datum.list().is_none();
    if !joins(left) || !joins(right) {
        return Value::Null;
    }
    let (left, right) = (left.text(), right.text());
    if left.len() + right.len() > LONGEST { Value::Null } else { Value::Text([left, right].concat()) }
}

/// A comparison: null when one side is null; of multivalue sides any value may satisfy it.
pub(crate) fn compare(op: Compare, left: &Datum<'_>, right: &Datum<'_>) -> Value {
    if left.is_null() || right.is_null() { Value::Null } else { Value::Bool(holds(op, left, right)) }
}

fn holds(op: Compare, left: &Datum<'_>, right: &Datum<'_>) -> bool {
    if let Some(values) = left.list() {
        return values.iter().any(|value| holds(op, &Datum::Text(value), right));
    }
    if let Some(values) = right.list() {
        return values.iter().any(|value| holds(op, left, &Datum::Text(value)));
    }
    op.holds(ordering(left, right))
}

/// The order of two single values: by number if both look like one, else by their characters.
pub(crate) fn ordering(left: &Datum<'_>, right: &Datum<'_>) -> Ordering {
    if let (Some(a), Some(b)) = (left.as_text(), right.as_text()) {
        // Most texts are no numbers, which the first byte tells.
        if !(may_be_number(a) && may_be_number(b)) {
            return a.cmp(b);
        }
    }
    match (Number::of_datum(left), Number::of_datum(right)) {
        (Some(a), Some(b)) => a.compare(b),
        _ => left.text().cmp(&right.text()),
    }
}

fn may_be_number(text: &str) -> bool {
    text.bytes().next().is_some_and(|b| {
        b.is_ascii_digit() || b.is_ascii_whitespace() || !b.is_ascii() || matches!(b, b'-' | b'+' | b'.')
    })
}

/// `x IN (…)`: whether any value of `x` equals any item; null when `x` is. Null items are passed over.
pub(crate) fn is_in<'v>(value: &Datum<'_>, items: impl IntoIterator<Item = Datum<'v>>) -> Value {
    if value.is_null() {
        return Value::Null;
    }
    let found = items.into_iter().any(|item| !item.is_null() && holds(Compare::Equal, value, &item));
    Value::Bool(found)
}

/// `x LIKE pattern`.
pub(crate) fn like(value: &Datum<'_>, pattern: &Datum<'_>) -> Value {
    if pattern.is_null() {
        return Value::Null;
    }
    let like = Like::new(&pattern.text());
    any_text(value, |text| like.matches(text))
}

/// Whether any value satisfies a test of its text; null when there is none.
pub(crate) fn any_text(value: &Datum<'_>, test: impl Fn(&str) -> bool) -> Value {
    if value.is_null() {
        return Value::Null;
    }
    Value::Bool(match value.list() {
        Some(values) => values.iter().any(|value| test(value)),
        None => test(&value.text()),
    })
}
