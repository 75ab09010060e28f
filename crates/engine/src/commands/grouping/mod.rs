//! Rows put into groups and aggregated: what `stats`, `tstats`, `eventstats`, `streamstats` and `top` share.

mod calls;
mod groups;
mod span;

pub(super) use calls::{calls, words};
pub(super) use groups::Groups;
pub(super) use span::Span;

use crate::aggregations::Aggregation;
use crate::eval::Expression;
use crate::pipeline::{FieldSet, Pattern};
use jiff::tz::TimeZone;

/// What is computed over groups.
pub(super) struct Grouping {
    pub(super) calls: Vec<Call>,
    pub(super) by: Vec<By>,
    /// Stands for missing BY fields; without it rows that miss one are in no group.
    pub(super) fill: Option<String>,
    pub(super) timezone: TimeZone,
}

/// An aggregation that was asked for.
pub(super) struct Call {
    pub(super) aggregation: &'static Aggregation,
    /// The number after the aggregation's name.
    pub(super) number: f64,
    pub(super) input: Input,
    /// The result's name; with wildcards when the input has.
    pub(super) output: Pattern,
}

/// What is aggregated.
pub(super) enum Input {
    /// The rows themselves.
    Rows,
    /// A field, or every field that fits.
    Field(Pattern),
    /// An expression; a condition counts where it is true.
    Eval(Expression),
}

/// A BY field.
pub(super) struct By {
    pub(super) field: String,
    /// Put into bins of this size.
    pub(super) span: Option<Span>,
}

impl Grouping {
    /// The fields that it reads.
    pub(super) fn needs(&self) -> FieldSet {
        let mut needs = FieldSet::of(self.by.iter().map(|by| &by.field));
        for call in &self.calls {
            match &call.input {
                Input::Rows => {}
                Input::Field(pattern) => needs.insert_pattern(pattern),
                Input::Eval(expression) => needs.extend(expression.fields()),
            }
            if call.aggregation.timed {
                needs.insert("_time");
            }
        }
        needs
    }
}
