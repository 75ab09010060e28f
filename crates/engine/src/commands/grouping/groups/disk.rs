//! Groups that do not fit into memory.

use super::super::By;
use super::super::keys::Saved as SavedKeys;
use super::{Groups, Keys, OnDisk, Slot};
use crate::Value;
use crate::memory::{Chunks, Memory, Rows, Segment, Writer, merge, too_large};
use crate::pipeline::{Command, Fold, Together, compare};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Cell, Column};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::sync::Arc;

/// How names of columns begin that tell the types of BY values.
const KIND: &str = "\0kind";

/// How they go on for the column of the values.
const VALUE: &str = "value";

/// Groups as they are saved. What the states of each slot have seen comes after it.
#[derive(Serialize, Deserialize)]
struct Saved<'a> {
    #[serde(borrow)]
    keys: SavedKeys<'a>,
    slots: Vec<SavedSlot<'a>>,
}

/// A slot, and how many bytes its states take.
#[derive(Serialize, Deserialize)]
struct SavedSlot<'a> {
    call: u32,
    field: Option<&'a str>,
    bytes: u64,
}

impl Groups {
    /// Writes all groups to disk and forgets them.
    pub(super) fn write_out(&mut self, memory: &Memory) -> Result<u64, Box<Diagnostic>> {
        if self.len() == 0 {
            return Ok(0);
        }
        self.weigh();
        self.took += self.weighed;
        let spilled = self.spilled.get_or_insert_with(|| OnDisk::new(memory));
        let before = spilled.bytes();
        let (mut block, mut states) = (Vec::new(), Vec::new());
        for (part, groups) in self.keys.parts(OnDisk::COUNT).into_iter().enumerate() {
            if groups.is_empty() {
                continue;
            }
            states.clear();
            let mut slots = Vec::with_capacity(self.slots.len());
            for (slot, of_groups) in self.slots.iter().zip(&self.states) {
                let before = states.len();
                of_groups.save(&groups, &mut states);
                let bytes = (states.len() - before) as u64;
                slots.push(SavedSlot { call: slot.call as u32, field: slot.field.as_deref(), bytes });
            }
            block.clear();
            postcard::to_io(&Saved { keys: self.keys.saved(&groups), slots }, &mut block)
                .map_err(|_| broken())?;
            block.extend_from_slice(&states);
            spilled.push(part, &block)?;
        }
        let written = spilled.bytes() - before;
        self.keys = Keys::new(self.grouping.by.len());
        self.states = self.slots.iter().map(|slot| self.grouping.calls[slot.call].states()).collect();
        (self.weighed, self.unweighed) = (0, 0);
        Ok(written)
    }

    /// The table of results, sorted by the BY fields; on disk if the groups are, unless it is small. Of a table on disk
    /// what is left of it after the commands that come next, if they can be run before it is sorted; and how many were.
    pub(super) fn rows_of_table(
        mut self,
        memory: &Memory,
        next: &[Box<dyn Command>],
    ) -> Result<(Rows, usize), Box<Diagnostic>> {
        if self.spilled.is_none() {
            return Ok((Rows::Memory(self.table()), 0));
        }
        self.weigh();
        if let Some(_turn) = memory.turn(self.took + self.weighed) {
            return Ok((Rows::Memory(self.whole()?.table()), 0));
        }
        self.write_out(memory)?;
        let parts = self.spilled.take().map(OnDisk::into_parts).into_iter().flatten();
        let parts: Vec<Vec<Segment>> = parts.collect();
        for next in [next, &[]] {
            if let Some(rows) = self.merged(&parts, memory, next)? {
                return Ok((Rows::Disk(rows), next.len()));
            }
        }
        Err(broken())
    }

    /// What commands make of the table of the groups in these parts; `None` when they can't be run over some of the groups
    /// at a time.
    fn merged(
        &self,
        parts: &[Vec<Segment>],
        memory: &Memory,
        next: &[Box<dyn Command>],
    ) -> Result<Option<Chunks>, Box<Diagnostic>> {
        let mut together = Together::new(next);
        let mut runs: Vec<Chunks> = Vec::new();
        let mut groups = self.empty();
        let mut parts = parts.iter().peekable();
        while let Some(part) = parts.next() {
            groups.load(part, memory)?;
            if groups.bytes() > memory.share() {
                groups.weigh();
            }
            if groups.bytes() <= memory.share() && parts.peek().is_some() {
                continue;
            }
            let table = std::mem::replace(&mut groups, self.empty()).keyed_table(!next.is_empty());
            let left = if next.is_empty() { Some(table) } else { together.run(table)? };
            let Some(left) = left else { return Ok(None) };
            if left.rows() > 0 {
                let mut run = Writer::new(memory);
                run.push(&left)?;
                runs.push(run.finish()?);
            }
        }
        if runs.is_empty() {
            let mut run = Writer::new(memory);
            run.push(&together.none()?)?;
            runs.push(run.finish()?);
        }
        let mut merged = merge(runs, memory, &|rows: &Batch| keys(rows, &self.grouping.by))?;
        merged.retain(|name| !name.starts_with(KIND));
        Ok(Some(merged))
    }

    /// The table of results with what tells its order; when it `changes`, whatever becomes of its columns.
    fn keyed_table(mut self, changes: bool) -> Batch {
        let sorted = self.sorted();
        let fields = 0..self.grouping.by.len();
        let kinds: Vec<Column> = fields.map(|field| self.keys.kinds(&sorted.groups, field)).collect();
        let values = sorted.columns.clone();
        let grouping = Arc::clone(&self.grouping);
        // A result may have the name of a BY field.
        let names = self.names();
        let hides = |number: usize| names.iter().any(|name| *name == grouping.by[number].field);
        let mut table = self.table_of(sorted);
        for (number, (kinds, values)) in kinds.into_iter().zip(values).enumerate() {
            table.set(hidden(number), kinds);
            if changes || hides(number) {
                table.set(hidden(number) + VALUE, values);
            }
        }
        table
    }

    /// All groups in memory.
    ///
    /// # Errors
    /// `engine/memory` when they do not fit; `engine/disk`.
    pub(in crate::commands) fn whole(mut self) -> Result<Self, Box<Diagnostic>> {
        let Some(spilled) = self.spilled.take() else { return Ok(self) };
        let memory = spilled.memory().clone();
        for part in spilled.into_parts() {
            self.load(&part, &memory)?;
        }
        Ok(self)
    }

    /// Groups of the same kind that have seen nothing of their own.
    pub(in crate::commands) fn empty(&self) -> Self {
        let mut groups = Self::new(Arc::clone(&self.grouping));
        groups.slots.clone_from(&self.slots);
        groups.states = self.slots.iter().map(|slot| self.grouping.calls[slot.call].states()).collect();
        groups.mixed.clone_from(&self.mixed);
        groups.times = self.times;
        (groups.first, groups.until) = (self.first, self.until);
        groups
    }

    /// Takes in groups that were written.
    fn load(&mut self, part: &[Segment], memory: &Memory) -> Result<(), Box<Diagnostic>> {
        for block in part {
            let block = block.read()?;
            let (saved, mut rest) = postcard::take_from_bytes::<Saved<'_>>(&block).map_err(|_| broken())?;
            let before = self.keys.bytes();
            let groups = self.keys.load(&saved.keys).ok_or_else(broken)?;
            self.unweighed += self.keys.bytes() - before;
            for SavedSlot { call, field, bytes } in saved.slots {
                if call as usize >= self.grouping.calls.len() {
                    return Err(broken());
                }
                let place = self.slot(Slot { call: call as usize, field: field.map(Into::into) });
                let (states, others) = rest.split_at_checked(bytes as usize).ok_or_else(broken)?;
                rest = others;
                let mine = &mut self.states[place];
                let known = mine.known();
                if !mine.knows_all() {
                    self.unweighed += 2 * states.len();
                }
                if !mine.load(&groups, states) {
                    return Err(broken());
                }
                self.unweighed = (self.unweighed + mine.known()).saturating_sub(known);
            }
            if self.bytes() > memory.whole() {
                self.weigh();
                if self.bytes() > memory.whole() / 4 * 3 {
                    return Err(too_large("what groups have to remember", memory));
                }
            }
        }
        Ok(())
    }
}

/// `engine/disk`: what was written is not what is read.
fn broken() -> Box<Diagnostic> {
    let message = "rows that do not fit into memory were read back changed";
    Box::new(Diagnostic::error("engine/disk", message))
}

/// Name of the column of types of a BY field.
fn hidden(field: usize) -> String {
    format!("{KIND}{field}")
}

/// A BY value with the type that it had before it was made part of a column.
struct Key(Value, u8);

impl Key {
    fn compare(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Value::Time(_), Value::Time(_)) | (Value::Int(_), Value::Int(_)) => compare(&self.0, &other.0),
            (a, b) => match (a.number(), b.number()) {
                (Some(x), Some(y)) => x.total_cmp(&y),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => Ordering::Equal,
            }
            .then_with(|| self.1.cmp(&other.1))
            .then_with(|| a.text().cmp(&b.text()))
            .then_with(|| b.is_null().cmp(&a.is_null())),
        }
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.compare(other).is_eq()
    }
}

impl Eq for Key {}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        self.compare(other)
    }
}

/// The keys of the rows of a table.
fn keys(rows: &Batch, by: &[By]) -> Vec<Vec<Key>> {
    let column = |(number, by): (usize, &By)| {
        let values = rows.column(&(hidden(number) + VALUE)).or_else(|| rows.column(&by.field));
        (rows.column(&hidden(number)), values)
    };
    let columns: Vec<(Option<&Column>, Option<&Column>)> = by.iter().enumerate().map(column).collect();
    let key = |row: usize| {
        let of_field = |(kinds, values): &(Option<&Column>, Option<&Column>)| {
            let kind = match kinds.map(|kinds| kinds.cell(row)) {
                Some(Cell::Int(kind)) => kind as u8,
                _ => 0,
            };
            Key(values.map_or(Value::Null, |values| values.cell(row).into()), kind)
        };
        columns.iter().map(of_field).collect()
    };
    (0..rows.rows()).map(key).collect()
}
