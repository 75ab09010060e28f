//! What several functions share.

use super::Fault;
use crate::Value;
use crate::eval::operators::Number;
use crate::eval::{Datum, operators};
use crate::json::{self, Path};
use crate::pattern::{Cache, Pattern};
use serde_json::Value as Json;

/// The values of a field, each as it is.
pub(super) fn singles<'d>(datum: &'d Datum<'_>) -> Vec<Datum<'d>> {
    match datum.list() {
        Some(values) => values.iter().map(|value| Datum::Text(value)).collect(),
        None if datum.is_null() => Vec::new(),
        None => vec![datum.clone()],
    }
}

/// The order of `min` and `max`: numbers by their size, before text by its characters.
pub(super) fn order(left: &Datum<'_>, right: &Datum<'_>) -> std::cmp::Ordering {
    match (left.number(), right.number()) {
        (None, Some(_)) => std::cmp::Ordering::Greater,
        (Some(_), None) => std::cmp::Ordering::Less,
        _ => operators::ordering(left, right),
    }
}

/// Bytes in lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> Value {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0');
    Value::Text(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect())
}

/// A regular expression as an argument: compiled once if it is constant.
pub(super) enum Regex {
    Known(Pattern),
    Null,
    ByRow(Cache),
}

impl Regex {
    /// Compiles the argument of this number.
    pub(super) fn prepare(args: &[Option<&Value>], argument: usize) -> Result<Self, Fault> {
        match args.get(argument).copied().flatten() {
            None => Ok(Self::ByRow(Cache::default())),
            Some(Value::Null) => Ok(Self::Null),
            Some(text) => Pattern::new(&text.text()).map(Self::Known).map_err(|reason| Fault {
                argument,
                slug: "engine/bad-regex",
                message: "this regular expression can't be used".to_owned(),
                label: reason,
            }),
        }
    }

    /// Runs something with the pattern; null when there is none or it can't be compiled.
    pub(super) fn with(&self, argument: &Datum<'_>, run: impl Fn(&Pattern) -> Value) -> Value {
        match self {
            Self::Known(pattern) => run(pattern),
            Self::Null => Value::Null,
            Self::ByRow(_) if argument.is_null() => Value::Null,
            Self::ByRow(cache) => cache.get(&argument.text()).map_or(Value::Null, |pattern| run(&pattern)),
        }
    }
}

/// A function of one number; null when the argument is none or the result is not finite.
pub(super) fn number(args: &[Datum<'_>], f: impl Fn(f64) -> f64) -> Value {
    args.first().and_then(Datum::number).map_or(Value::Null, |number| operators::float(f(number)))
}

/// The numbers among values, each value of a multivalue field by itself.
pub(super) fn numbers(args: &[Datum<'_>]) -> Vec<Number> {
    args.iter().flat_map(singles).filter_map(|value| Number::of_datum(&value)).collect()
}

/// The sum of numbers, whole while it can be; `None` of none.
pub(super) fn total(numbers: &[Number]) -> Option<Number> {
    numbers.iter().copied().reduce(|left, right| match (left, right) {
        (Number::Int(a), Number::Int(b)) => match a.checked_add(b) {
            Some(sum) => Number::Int(sum),
            None => Number::Float(a as f64 + b as f64),
        },
        (a, b) => Number::Float(a.float() + b.float()),
    })
}

/// The largest number that the bitwise functions take and give: all of 53 bits.
pub(super) const MOST_BITS: u64 = (1 << 53) - 1;

/// A function of the bits of numbers; null when one is no whole number from 0 to [`MOST_BITS`].
pub(super) fn bits(args: &[Datum<'_>], f: impl Fn(Vec<u64>) -> Option<u64>) -> Value {
    let number = |value: &Datum<'_>| match Number::of_datum(value)? {
        Number::Int(whole) => u64::try_from(whole).ok(),
        other => Some(other.float())
            .filter(|float| float.fract() == 0.0 && *float >= 0.0)
            .map(|float| float as u64),
    };
    let numbers = args.iter().map(|value| number(value).filter(|bits| *bits <= MOST_BITS)).collect();
    Option::and_then(numbers, f).map_or(Value::Null, |bits| Value::Int(bits as i64))
}

/// Changes a document with pairs of a path and a value, one after the other. Pairs whose path is null or none are
/// passed over; null when there is no document.
pub(super) fn with_paths(args: &[Datum<'_>], change: impl Fn(&mut Json, &Path, &Datum<'_>)) -> Value {
    let Some((document, pairs)) = args.split_first() else { return Value::Null };
    let Some(mut document) = json::document(document) else { return Value::Null };
    for pair in pairs.chunks_exact(2).filter(|pair| !pair[0].is_null()) {
        if let Some(path) = Path::parse(&pair[0].text()) {
            change(&mut document, &path, &pair[1]);
        }
    }
    json::to_text(&document)
}

/// Adds elements to the end of an array; what is none becomes the first element of one.
pub(super) fn push(part: &mut Json, added: impl IntoIterator<Item = Json>) {
    match part {
        Json::Array(elements) => elements.extend(added),
        other => *other = std::iter::once(other.take()).chain(added).collect(),
    }
}
