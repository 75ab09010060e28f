//! Aggregations of `stats` and its kin, one file each: what it computes, how it is written, and examples.
//!
//! An aggregation keeps a [`State`] for each group. States merge, so that threads can each see a part of the rows;
//! the result must not depend on the parts. What depends on the order of rows keeps the rows' [`Place`]s.

mod avg;
mod count;
mod dc;
mod earliest;
mod earliest_time;
mod estdc;
mod estdc_error;
mod exact;
mod exactperc;
mod extreme;
mod first;
mod flat;
mod last;
mod latest;
mod latest_time;
mod list;
mod many;
mod max;
mod median;
mod min;
mod mode;
mod perc;
mod range;
mod rate;
mod sets;
mod sparkline;
mod spread;
mod stdev;
mod stdevp;
mod sum;
mod sumsq;
mod upperperc;
mod values;
mod var;
mod varp;

pub(crate) use exact::Spread;
pub use many::States;
pub use sparkline::{SPARKLINE_MARK, Sparkline};

use crate::Value;
use crate::pipeline::Place;
use grotto_events::Cell;
use many::Many;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::any::Any;

/// All aggregations by name.
pub static AGGREGATIONS: &[&Aggregation] = &[
    &avg::AVG,
    &count::COUNT,
    &dc::DC,
    &earliest::EARLIEST,
    &earliest_time::EARLIEST_TIME,
    &estdc::ESTDC,
    &estdc_error::ESTDC_ERROR,
    &exactperc::EXACTPERC,
    &first::FIRST,
    &last::LAST,
    &latest::LATEST,
    &latest_time::LATEST_TIME,
    &list::LIST,
    &max::MAX,
    &median::MEDIAN,
    &min::MIN,
    &mode::MODE,
    &perc::PERC,
    &range::RANGE,
    &rate::RATE,
    &sparkline::SPARKLINE,
    &stdev::STDEV,
    &stdevp::STDEVP,
    &sum::SUM,
    &sumsq::SUMSQ,
    &upperperc::UPPERPERC,
    &values::VALUES,
    &var::VAR,
    &varp::VARP,
];

/// An aggregation: documentation and implementation.
#[derive(Debug)]
pub struct Aggregation {
    /// Its name.
    pub name: &'static str,
    /// Other names for it.
    pub aliases: &'static [&'static str],
    /// How it is written, such as `perc<N>(field)`.
    pub syntax: &'static str,
    /// What it computes, in one sentence.
    pub summary: &'static str,
    /// Its page in Splunk's documentation.
    pub url: &'static str,
    /// Whether a number follows the name (`perc95`): from 0 to 100.
    pub numbered: bool,
    /// Whether it is computed from `_time`.
    pub timed: bool,
    /// Whether it computes with numbers, so that `allnum` takes it away from fields with other values.
    pub numeric: bool,
    /// Where it is known to differ from Splunk.
    pub deviations: &'static [&'static str],
    /// Names of the assumptions that it makes.
    pub assumptions: &'static [&'static str],
    /// Examples; they run as tests.
    pub examples: &'static [Example],
    /// A new state. The argument is the number after the name, 0 where there is none.
    pub start: fn(f64) -> Box<dyn State>,
}

/// An example: a call over the values of field `x` in some rows.
#[derive(Debug)]
pub struct Example {
    /// The call, such as `sum(x)`.
    pub call: &'static str,
    /// The values of `x`, one a row, newest first, as a JSON array; an array in it is a multivalue field, `null` a
    /// row without it. Rows are one second apart; the oldest is of second 1.
    pub input: &'static str,
    /// The result in JSON.
    pub expected: &'static str,
}

/// Where a value was found.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The row's place in search order.
    pub place: Place,
    /// The row's `_time` in nanoseconds.
    pub time: Option<i64>,
}

/// What an aggregation remembers of the rows that it has seen.
pub trait State: Send {
    /// Takes in the value of a row: never null, maybe multivalue.
    fn accumulate(&mut self, cell: Cell<'_>, at: Moment);
    /// Takes in what another state of the same aggregation has seen.
    fn merge(&mut self, other: Box<dyn State>);
    /// The result so far.
    fn value(&self) -> Value;
    /// Learns between which times (nanoseconds) the rows of all groups are; no rows come after that.
    fn settle(&mut self, _times: Option<(i64, i64)>) {}
    /// Bytes that it keeps besides itself, about.
    fn size(&self) -> usize;
    /// Appends what it has seen, as bytes that [`load`](Self::load) reads.
    fn save(&self, out: &mut Vec<u8>);
    /// Takes in what a state of the same aggregation saved; false when these are no such bytes.
    fn load(&mut self, saved: &[u8]) -> bool;
    /// For [`merge`](Self::merge).
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
    /// Of a state that has seen nothing: room for the states of many groups.
    fn many(self: Box<Self>) -> Box<dyn States>;
}

/// What a state keeps besides itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keeps {
    /// Nothing, or hardly anything.
    Nothing,
    /// Something of which it is known how large it is.
    Known,
    /// So many values that it takes a while to tell how large they are.
    Many,
}

/// A [`State`] that merges with its own type.
trait Merge: Clone + Serialize + DeserializeOwned + Send + 'static {
    fn accumulate(&mut self, cell: Cell<'_>, at: Moment);
    fn merge(&mut self, other: Self);
    fn value(&self) -> Value;
    /// What it keeps besides itself.
    const KEEPS: Keeps = Keeps::Nothing;
    /// Bytes that it keeps besides itself, about.
    fn size(&self) -> usize {
        0
    }
    /// Room for the states of many groups that begin like this one.
    fn many(self) -> Box<dyn States> {
        Box::new(Many::new(Self::KEEPS, move || self.clone()))
    }
}

impl<T: Merge> State for T {
    fn accumulate(&mut self, cell: Cell<'_>, at: Moment) {
        Merge::accumulate(self, cell, at);
    }

    fn merge(&mut self, other: Box<dyn State>) {
        if let Ok(other) = other.into_any().downcast::<T>() {
            Merge::merge(self, *other);
        }
    }

    fn value(&self) -> Value {
        Merge::value(self)
    }

    fn size(&self) -> usize {
        Merge::size(self)
    }

    fn save(&self, out: &mut Vec<u8>) {
        // Writing to a vector does not fail; what can't be written would not be read back, and is said then.
        let _ = postcard::to_io(self, out);
    }

    fn load(&mut self, saved: &[u8]) -> bool {
        let loaded = postcard::from_bytes(saved);
        loaded.map(|other: T| Merge::merge(self, other)).is_ok()
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }

    fn many(self: Box<Self>) -> Box<dyn States> {
        Merge::many(*self)
    }
}

/// An aggregation and the number after its name, found by the name as written (`perc95`).
pub fn find(name: &str) -> Option<(&'static Aggregation, f64)> {
    let name = name.to_ascii_lowercase();
    let named = |name: &str| AGGREGATIONS.iter().find(|a| a.name == name || a.aliases.contains(&name));
    if let Some(found) = named(&name).filter(|a| !a.numbered) {
        return Some((found, 0.0));
    }
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number: f64 = name[stem.len()..].parse().ok()?;
    let found = named(stem).filter(|a| a.numbered)?;
    (0.0..=100.0).contains(&number).then_some((*found, number))
}

/// Every name under which an aggregation can be called.
pub fn names() -> impl Iterator<Item = &'static str> {
    AGGREGATIONS.iter().flat_map(|a| std::iter::once(a.name).chain(a.aliases.iter().copied()))
}

#[cfg(test)]
mod tests;
