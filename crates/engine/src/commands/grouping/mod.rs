//! Rows put into groups and aggregated: what `stats`, `tstats`, `eventstats`, `streamstats` and `top` share.

mod bins;
mod calls;
mod counted;
mod groups;
mod keys;
mod span;

pub(super) use bins::{BIN_OPTIONS, Binning, is_time};
pub(super) use calls::{aggregate, calls, words};
pub(super) use counted::Counted;
pub(super) use groups::{Groups, Member, Part};
pub(super) use span::Span;

use crate::aggregations::{Aggregation, Sparkline, State, States};
use crate::eval::Expression;
use crate::pipeline::{FieldSet, GroupedBy, Pattern};
use crate::predicate::{Formula, Predicate};
use grotto_events::{Batch, Cell, Column, FieldName};
use jiff::tz::TimeZone;
use std::sync::Arc;

/// What is computed over groups.
#[derive(Clone)]
pub(super) struct Grouping {
    pub(super) calls: Vec<Call>,
    pub(super) by: Vec<By>,
    /// Stands for missing BY fields; without it rows that miss one are in no group.
    pub(super) fill: Option<String>,
    pub(super) timezone: TimeZone,
    /// `allnum`: numbers are computed of a field only when all its values are numbers.
    pub(super) all_numbers: bool,
    /// `dedup_splitvals`: a value that a multivalue BY field has twice counts once.
    pub(super) split_once: bool,
}

/// An aggregation that was asked for.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) aggregation: &'static Aggregation,
    /// The number after the aggregation's name.
    pub(super) number: f64,
    pub(super) input: Input,
    /// Computed in each span of time.
    pub(super) sparkline: Option<Spark>,
    /// The result's name; with wildcards when the input has.
    pub(super) output: Pattern,
}

/// The spans of a sparkline.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Spark {
    /// Without one it is a span that fits.
    pub(super) span: Option<Span>,
}

/// What is aggregated.
#[derive(Clone)]
pub(super) enum Input {
    /// The rows themselves.
    Rows,
    /// A field, or every field that fits.
    Field(Pattern),
    /// An expression; a condition counts where it is true.
    Eval(Expression),
}

/// A BY field.
#[derive(Clone)]
pub(super) struct By {
    pub(super) field: String,
    /// Put into bins.
    pub(super) bins: Option<Binning>,
    /// Rows that miss it are in a group of their own.
    pub(super) keep_null: bool,
}

impl By {
    /// The field as it is.
    pub(super) fn field(field: String) -> Self {
        Self { field, bins: None, keep_null: false }
    }

    /// The values to group by.
    fn column(&self, rows: &Batch, timezone: &TimeZone) -> Option<Column> {
        let column = rows.column(&self.field)?;
        Some(match &self.bins {
            Some(bins) => bins.begins(column, is_time(&self.field, rows), timezone),
            None => column.clone(),
        })
    }
}

impl Call {
    /// A state that has seen nothing.
    pub(super) fn state(&self) -> Box<dyn State> {
        match self.sparkline {
            Some(Spark { span }) => {
                Box::new(Sparkline::new(self.aggregation, self.number, span.and_then(Span::nanoseconds)))
            }
            None => (self.aggregation.start)(self.number),
        }
    }

    /// Room for the states of many groups.
    fn states(&self) -> Box<dyn States> {
        self.state().many()
    }
}

impl Grouping {
    /// These aggregations of the groups of these fields, with nothing else said.
    pub(super) fn new(calls: Vec<Call>, by: Vec<By>, timezone: TimeZone) -> Self {
        Self { calls, by, fill: None, timezone, all_numbers: false, split_once: false }
    }

    /// Whether what is said of a group depends on its own rows only.
    fn is_apart(&self) -> bool {
        let apart = |call: &Call| call.sparkline.is_none() && call.output.is_plain();
        !self.all_numbers && self.calls.iter().all(apart)
    }

    /// What rows are grouped by, as [`Command::groups`](crate::pipeline::Command::groups).
    pub(super) fn groups(&self) -> Option<GroupedBy> {
        let plain = |by: &&By| by.bins.is_none() && !by.keep_null;
        let (fields, binned): (Vec<&By>, Vec<&By>) = self.by.iter().partition(plain);
        let made = self.calls.iter().map(|call| Arc::clone(call.output.text()));
        let others: Vec<FieldName> =
            binned.into_iter().map(|by| by.field.as_str().into()).chain(made).collect();
        let fields = fields.into_iter().map(|by| FieldName::from(by.field.as_str()));
        let fields = fields.filter(|field| !others.contains(field)).collect();
        self.is_apart().then(|| GroupedBy { fields, others, fill: self.fill.clone() })
    }

    /// What a row said of whose group's result a predicate holds, as [`Command::before`](crate::pipeline::Command::before).
    pub(super) fn before(&self, after: &Arc<Predicate>) -> Formula {
        if !self.is_apart() || self.calls.iter().any(|call| **call.output.text() == *after.field()) {
            return Formula::Always;
        }
        match self.by.iter().find(|by| by.field == after.field()) {
            None => Formula::Never,
            Some(by) if by.bins.is_some() || by.keep_null => Formula::Always,
            Some(_) if self.fill.as_deref().is_some_and(|fill| after.holds(Cell::Text(fill))) => {
                Formula::Always
            }
            Some(_) => Formula::Leaf(Arc::clone(after)),
        }
    }

    /// The fields that it reads.
    pub(super) fn needs(&self) -> FieldSet {
        let mut needs = FieldSet::of(self.by.iter().map(|by| &by.field));
        for call in &self.calls {
            match &call.input {
                Input::Rows => {}
                Input::Field(pattern) => needs.insert_pattern(pattern),
                Input::Eval(expression) => needs.extend(expression.fields()),
            }
            if call.aggregation.timed || call.sparkline.is_some() {
                needs.insert("_time");
            }
        }
        needs
    }
}
