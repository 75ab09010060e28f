//! `searchmatch("…")`: a search expression inside of an eval expression.

use super::node::Row;
use crate::Context;
use crate::predicate::{Formula, Predicate};
use grotto_diag::{Diagnostic, Span};
use grotto_events::FieldName;
use grotto_spl::ast::Arg;
use std::sync::Arc;

/// A formula over predicates whose fields are numbers into the list of fields that the expression reads.
#[derive(Debug, Clone)]
pub(crate) enum Search {
    /// Always true, or never.
    Known(bool),
    /// A predicate and the number of its field.
    Leaf(usize, Arc<Predicate>),
    /// The opposite.
    Not(Box<Search>),
    /// All of them.
    And(Vec<Search>),
    /// Any of them.
    Or(Vec<Search>),
}

impl Search {
    /// Compiles the text of a search expression; `field` gives the number of a field, `span` is where the text stands.
    pub(super) fn compile(
        text: &str,
        span: Span,
        context: &Context,
        field: &mut dyn FnMut(FieldName) -> usize,
    ) -> Result<Self, Box<Diagnostic>> {
        let fail = |reason: String| {
            Box::new(Diagnostic::error("eval/bad-search", "this is no search expression").at(span, reason))
        };
        let search = grotto_spl::parse(&format!("search {text}")).map_err(|error| fail(error.message))?;
        let [stage] = search.stages.as_slice() else {
            return Err(fail("commands can't stand here".to_owned()));
        };
        let formula = match stage.args.as_slice() {
            [] => Formula::Always,
            [Arg::Search(expr)] => Formula::compile(expr, context).map_err(|error| fail(error.message))?,
            _ => return Err(fail("expected terms and comparisons".to_owned())),
        };
        if formula.fields().iter().any(|name| name.contains('*')) {
            return Err(fail("wildcards in names of fields are not supported here".to_owned()));
        }
        Ok(Self::of(&formula, field))
    }

    fn of(formula: &Formula, field: &mut dyn FnMut(FieldName) -> usize) -> Self {
        match formula {
            Formula::Always => Self::Known(true),
            Formula::Never => Self::Known(false),
            Formula::Leaf(predicate) => Self::Leaf(field(predicate.field().into()), Arc::clone(predicate)),
            Formula::Not(inner) => Self::Not(Box::new(Self::of(inner, field))),
            Formula::And(parts) => Self::And(parts.iter().map(|part| Self::of(part, field)).collect()),
            Formula::Or(parts) => Self::Or(parts.iter().map(|part| Self::of(part, field)).collect()),
        }
    }

    /// Whether a row fits.
    pub(super) fn holds(&self, row: &Row<'_>) -> bool {
        match self {
            Self::Known(known) => *known,
            Self::Leaf(field, predicate) => predicate.holds(row.cell(*field)),
            Self::Not(inner) => !inner.holds(row),
            Self::And(parts) => parts.iter().all(|part| part.holds(row)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(row)),
        }
    }

    /// Calls `each` with the number of every field.
    pub(super) fn fields(&self, each: &mut dyn FnMut(usize)) {
        match self {
            Self::Known(_) => {}
            Self::Leaf(field, _) => each(*field),
            Self::Not(inner) => inner.fields(each),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.fields(each)),
        }
    }
}
