//! Which rows have a match in another search.
//!
//! A `join` drops rows without match, and often first makes groups of all rows:
//!
//! ```text
//! | tstats count from datamodel=Endpoint.Processes by Processes.process_id Processes.dest Processes.process
//! | rename Processes.* as *
//! | join process_id dest [ … ]
//! ```
//!
//! Once the rows of the other search are known, so are the BY values whose groups are left, and no other need be made.

use super::columns;
use grotto_events::{Batch, Cell, FieldName};
use rustc_hash::FxHashSet;

/// Values of some fields that rows must have.
#[derive(Debug)]
pub(crate) struct Matches {
    fields: Vec<FieldName>,
    values: FxHashSet<String>,
}

impl Matches {
    /// Rows must have the values that rows of another search have; pairs of a field and that search's field for it.
    pub(crate) fn new(fields: Vec<(FieldName, &str)>, other: &Batch) -> Self {
        let theirs: Vec<&str> = fields.iter().map(|(_, theirs)| *theirs).collect();
        let values = (0..other.rows()).filter_map(|row| columns::key(other, &theirs, row)).collect();
        Self { fields: fields.into_iter().map(|(field, _)| field).collect(), values }
    }

    /// The rows that have them; and those of which that can't be told, for they make several groups or may get another
    /// value.
    pub(super) fn pass(&self, rows: Batch) -> Batch {
        let fields: Vec<&str> = self.fields.iter().map(AsRef::as_ref).collect();
        let single =
            |row| fields.iter().all(|field| !matches!(rows.cell(field, row), Cell::Null | Cell::List(..)));
        let has = |row: &u32| {
            let row = *row as usize;
            !single(row) || columns::key(&rows, &fields, row).is_some_and(|key| self.values.contains(&key))
        };
        let left: Vec<u32> = (0..rows.rows() as u32).filter(has).collect();
        if left.len() < rows.rows() { rows.take(&left) } else { rows }
    }
}
