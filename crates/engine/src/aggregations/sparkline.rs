//! `sparkline`: an aggregation over time, small enough for a cell of a table.

use super::many::Many;
use super::{Aggregation, Example, Keeps, Moment, State, States};
use crate::Value;
use grotto_events::Cell;
use std::any::Any;
use std::collections::BTreeMap;

pub(super) static SPARKLINE: Aggregation = Aggregation {
    name: "sparkline",
    aliases: &[],
    syntax: "sparkline | sparkline(count) | sparkline(aggregation(field), span)",
    summary: "An aggregation in each span of time, as a multivalue field that tables draw: a mark, then one number a span.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/search-manual/10.0/create-statistical-tables-and-chart-visualizations/add-sparklines-to-search-results",
    numbered: false,
    timed: true,
    numeric: false,
    deviations: &[
        "without a span the time of the rows decides it, where Splunk takes the search's time range",
    ],
    assumptions: &["sparkline-spans"],
    examples: &[
        Example {
            call: "sparkline(count(x))",
            input: "[1, 1, null, 1]",
            expected: r###"["##__SPARKLINE__##", "1", "0", "1", "1"]"###,
        },
        Example {
            call: "sparkline(sum(x), 2s)",
            input: "[1, 2, 4]",
            expected: r###"["##__SPARKLINE__##", "4", "3"]"###,
        },
    ],
    start: |_| Box::new(Sparkline::new(&super::count::COUNT, 0.0, None)),
};

/// First value of a sparkline, by which tables know it.
pub const SPARKLINE_MARK: &str = "##__SPARKLINE__##";

/// Splunk's limit of numbers (`sparkline_maxsize` of limits.conf).
const MOST: i64 = 100;

/// Spans that are tried when none is given, in seconds; each divides the next.
const STEPS: [i64; 13] =
    [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 86_400, 2_592_000, 31_104_000, 3_110_400_000];

/// States by span of time.
pub struct Sparkline {
    aggregation: &'static Aggregation,
    number: f64,
    /// Nanoseconds.
    span: i64,
    /// Whether the span was asked for.
    fixed: bool,
    spans: BTreeMap<i64, Box<dyn State>>,
    /// First and last span of all rows, of this group or not.
    all: Option<(i64, i64)>,
}

impl Sparkline {
    /// Of an aggregation with the number after its name; without a span (nanoseconds) one that fits.
    pub fn new(aggregation: &'static Aggregation, number: f64, span: Option<i64>) -> Self {
        let second = crate::time::SECOND;
        Self {
            aggregation,
            number,
            span: span.unwrap_or(second).max(1),
            fixed: span.is_some(),
            spans: BTreeMap::new(),
            all: None,
        }
    }

    /// The smallest span that makes few enough numbers between two times.
    fn fitting(&self, first: i64, last: i64) -> i64 {
        let few = |span: i64| last.div_euclid(span) - first.div_euclid(span) < MOST;
        if self.fixed {
            let times = (last.saturating_sub(first) / self.span / MOST).max(1);
            return (times..times + 3)
                .map(|n| n.saturating_mul(self.span))
                .find(|s| few(*s))
                .unwrap_or(self.span);
        }
        let steps = STEPS.into_iter().map(|seconds| seconds.saturating_mul(crate::time::SECOND));
        steps.filter(|span| *span >= self.span).find(|span| few(*span)).unwrap_or(i64::MAX)
    }

    fn widen(&mut self, span: i64) {
        if span == self.span {
            return;
        }
        for (number, state) in std::mem::take(&mut self.spans) {
            let number = number.saturating_mul(self.span).div_euclid(span);
            match self.spans.get_mut(&number) {
                Some(mine) => mine.merge(state),
                None => drop(self.spans.insert(number, state)),
            }
        }
        self.span = span;
    }

    /// Keeps few spans where none was asked for. The span never gets wider than all rows together make it.
    fn shrink(&mut self) {
        if !self.fixed
            && self.spans.len() as i64 > 2 * MOST
            && let (Some((first, _)), Some((last, _))) =
                (self.spans.first_key_value(), self.spans.last_key_value())
        {
            let span = self.fitting(first.saturating_mul(self.span), last.saturating_mul(self.span));
            self.widen(span);
        }
    }
}

impl State for Sparkline {
    fn accumulate(&mut self, cell: Cell<'_>, at: Moment) {
        let Some(time) = at.time else { return };
        let (aggregation, number) = (self.aggregation, self.number);
        let state =
            self.spans.entry(time.div_euclid(self.span)).or_insert_with(|| (aggregation.start)(number));
        state.accumulate(cell, at);
        self.shrink();
    }

    fn merge(&mut self, other: Box<dyn State>) {
        let Ok(mut other) = other.into_any().downcast::<Self>() else { return };
        let span = self.span.max(other.span);
        self.widen(span);
        other.widen(span);
        for (number, state) in other.spans {
            match self.spans.get_mut(&number) {
                Some(mine) => mine.merge(state),
                None => drop(self.spans.insert(number, state)),
            }
        }
        self.shrink();
    }

    fn settle(&mut self, times: Option<(i64, i64)>) {
        if let Some((first, last)) = times {
            self.widen(self.fitting(first, last));
            self.all = Some((first.div_euclid(self.span), last.div_euclid(self.span)));
        }
    }

    fn value(&self) -> Value {
        let own = self.spans.keys().next().copied().zip(self.spans.keys().next_back().copied());
        let Some((first, last)) = self.all.or(own) else { return Value::Null };
        let first = first.max(last.saturating_sub(MOST - 1));
        let mut list = vec![SPARKLINE_MARK.to_owned()];
        list.extend((first..=last).map(|number| {
            let value = self.spans.get(&number).map(|state| state.value()).unwrap_or_default();
            if value.is_null() { "0".to_owned() } else { value.text() }
        }));
        Value::List(list)
    }

    fn size(&self) -> usize {
        self.spans.values().map(|state| state.size() + 32).sum()
    }

    fn save(&self, out: &mut Vec<u8>) {
        let saved = |state: &dyn State| {
            let mut saved = Vec::new();
            state.save(&mut saved);
            saved
        };
        let spans: Vec<(i64, Vec<u8>)> =
            self.spans.iter().map(|(number, state)| (*number, saved(state.as_ref()))).collect();
        let _ = postcard::to_io(&(self.span, spans), out);
    }

    fn load(&mut self, saved: &[u8]) -> bool {
        let Ok((span, spans)) = postcard::from_bytes::<(i64, Vec<(i64, Vec<u8>)>)>(saved) else {
            return false;
        };
        let mut other = Self::new(self.aggregation, self.number, None);
        (other.span, other.fixed) = (span.max(1), self.fixed);
        for (number, saved) in spans {
            let mut state = (self.aggregation.start)(self.number);
            if !state.load(&saved) {
                return false;
            }
            other.spans.insert(number, state);
        }
        self.merge(Box::new(other));
        true
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }

    fn many(self: Box<Self>) -> Box<dyn States> {
        let span = self.fixed.then_some(self.span);
        Box::new(Many::new(Keeps::Many, move || Self::new(self.aggregation, self.number, span)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::Place;

    fn line(span: Option<i64>, seconds: impl IntoIterator<Item = i64>) -> Sparkline {
        let mut line = Sparkline::new(&super::super::count::COUNT, 0.0, span);
        for second in seconds {
            let at = Moment { place: Place::of_row(0), time: Some(second * crate::time::SECOND) };
            line.accumulate(Cell::Int(1), at);
        }
        line
    }

    fn numbers(line: &Sparkline) -> Vec<i64> {
        let Value::List(list) = line.value() else { panic!("a list") };
        assert_eq!(list[0], SPARKLINE_MARK);
        list[1..].iter().map(|n| n.parse().unwrap()).collect()
    }

    #[test]
    fn long_times_make_wide_spans() {
        let mut whole = line(None, 0..1000);
        whole.settle(Some((0, 999 * crate::time::SECOND)));
        assert_eq!(numbers(&whole), vec![10; 100]);
        let mut merged = line(None, (500..1000).rev());
        merged.merge(Box::new(line(None, 0..500)));
        merged.settle(Some((0, 999 * crate::time::SECOND)));
        assert_eq!(numbers(&merged), numbers(&whole));
    }

    #[test]
    fn all_groups_have_the_same_times() {
        let mut short = line(Some(10 * crate::time::SECOND), [25]);
        short.settle(Some((0, 49 * crate::time::SECOND)));
        assert_eq!(numbers(&short), [0, 0, 1, 0, 0]);
    }

    #[test]
    fn a_span_that_makes_too_many_numbers_is_widened() {
        let mut line = line(Some(crate::time::SECOND), 0..250);
        line.settle(Some((0, 249 * crate::time::SECOND)));
        assert_eq!(numbers(&line).len(), 84);
        assert_eq!(numbers(&line).iter().sum::<i64>(), 250);
    }
}
