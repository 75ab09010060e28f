//! Groups of which another table is made in the end.

use super::{Grouping, Groups};
use crate::memory::{Memory, Rows};
use crate::pipeline::{Command, Fold};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use std::any::Any;
use std::sync::Arc;

/// A fold that groups rows like `stats`, and makes its own table of the table of groups.
pub(in crate::commands) struct Counted<F> {
    groups: Box<Groups>,
    table: F,
}

impl<F: FnOnce(&Batch) -> Batch + Send + 'static> Counted<F> {
    /// A fold that has seen no rows.
    pub(in crate::commands) fn fold(grouping: &Arc<Grouping>, table: F) -> Box<dyn Fold> {
        Box::new(Self { groups: Box::new(Groups::new(Arc::clone(grouping))), table })
    }
}

impl<F: FnOnce(&Batch) -> Batch + Send + 'static> Fold for Counted<F> {
    fn accumulate(&mut self, rows: &Batch) -> Result<(), Box<Diagnostic>> {
        self.groups.accumulate(rows)
    }

    fn merge(&mut self, other: Box<dyn Fold>) {
        if let Ok(other) = other.into_any().downcast::<Self>() {
            self.groups.merge(other.groups);
        }
    }

    fn finish(
        self: Box<Self>,
        memory: &Memory,
        _: &[Box<dyn Command>],
    ) -> Result<(Rows, usize), Box<Diagnostic>> {
        let (groups, _) = self.groups.finish(memory, &[])?;
        let groups = groups.whole("the table of counts")?;
        Ok((Rows::Memory((self.table)(&groups)), 0))
    }

    fn rows(&self) -> usize {
        self.groups.len()
    }

    fn bytes(&self) -> usize {
        self.groups.bytes()
    }

    fn weigh(&mut self) {
        self.groups.weigh();
    }

    fn spill(&mut self, memory: &Memory) -> Result<u64, Box<Diagnostic>> {
        self.groups.spill(memory)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
