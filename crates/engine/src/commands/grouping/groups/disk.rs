//! Groups that do not fit into memory.

use super::{Groups, Keys, Slot};
use crate::Value;
use crate::memory::{Chunks, Memory, Partitions, Rows, Writer, merge, too_large};
use crate::pipeline::{Fold, compare};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use std::cmp::Ordering;
use std::sync::Arc;

/// How names of columns begin that tell the types of BY values.
const KIND: &str = "\0kind";

/// How they go on for the column of the values.
const VALUE: &str = "value";

/// A state as it is saved: the call and the field of its slot, and what it has seen.
type Saved = (usize, Option<String>, Vec<u8>);

impl Groups {
    /// Writes all groups to disk and forgets them.
    pub(super) fn write_out(&mut self, memory: &Memory) -> Result<u64, Box<Diagnostic>> {
        if self.len() == 0 {
            return Ok(0);
        }
        let mut spilled = self.spilled.take().unwrap_or_else(|| Partitions::new(memory));
        let before = spilled.bytes();
        let mut key = Vec::new();
        for (group, by) in self.keys.iter().enumerate() {
            key.clear();
            self.keys.write(group, &mut key);
            let states = self.states.iter().zip(&self.slots).filter_map(|(states, slot)| {
                let state: Saved =
                    (slot.call, slot.field.as_ref().map(ToString::to_string), states.save(group)?);
                Some(state)
            });
            let by = postcard::to_stdvec(&by).unwrap_or_default();
            let states = postcard::to_stdvec(&states.collect::<Vec<_>>()).unwrap_or_default();
            spilled.push(&key, by, states)?;
        }
        self.keys = Keys::new(self.grouping.by.len());
        self.states = self.slots.iter().map(|slot| self.grouping.calls[slot.call].states()).collect();
        spilled.flush()?;
        let written = spilled.bytes() - before;
        self.spilled = Some(spilled);
        (self.weighed, self.unweighed) = (0, 0);
        Ok(written)
    }

    /// The table of results, sorted by the BY fields, on disk if the groups are.
    pub(super) fn rows_of_table(mut self, memory: &Memory) -> Result<Rows, Box<Diagnostic>> {
        if self.spilled.is_none() {
            return Ok(Rows::Memory(self.table()));
        }
        self.write_out(memory)?;
        let Some(spilled) = self.spilled.take() else { return Ok(Rows::Memory(self.table())) };
        let fields = self.grouping.by.len();
        let mut runs: Vec<Chunks> = Vec::new();
        for part in spilled.parts()? {
            let mut groups = self.empty();
            part.read(|by, states| groups.load(by, states, memory))?;
            let sorted = groups.sorted();
            let kinds = (0..fields).map(|field| groups.keys.kinds(&sorted.groups, field));
            let kinds: Vec<_> = kinds.zip(sorted.columns.clone()).collect();
            let mut table = groups.table_of(sorted);
            for (number, (kinds, values)) in kinds.into_iter().enumerate() {
                table.set(hidden(number), kinds);
                // A result may have the name of a BY field.
                table.set(hidden(number) + VALUE, values);
            }
            let mut writer = Writer::new(memory);
            writer.push(&table)?;
            runs.push(writer.finish()?);
        }
        let merged = merge(runs, memory, &|rows: &Batch| keys(rows, fields))?;
        let mut writer = Writer::new(memory);
        for chunk in merged.iter() {
            let mut chunk = chunk?;
            chunk.retain(|name| !name.starts_with(KIND));
            writer.push(&chunk)?;
        }
        Ok(Rows::Disk(writer.finish()?))
    }

    /// All groups in memory.
    ///
    /// # Errors
    /// `engine/memory` when they do not fit; `engine/disk`.
    pub(in crate::commands) fn whole(mut self) -> Result<Self, Box<Diagnostic>> {
        let Some(spilled) = self.spilled.take() else { return Ok(self) };
        let memory = spilled.memory().clone();
        for part in spilled.parts()? {
            part.read(|by, states| self.load(by, states, &memory))?;
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
        groups
    }

    /// Takes in a group that was written.
    fn load(&mut self, by: &[u8], states: &[u8], memory: &Memory) -> Result<(), Box<Diagnostic>> {
        let broken =
            || Diagnostic::error("engine/disk", "rows that do not fit into memory were read back changed");
        let values: Vec<Value> = postcard::from_bytes(by).map_err(|_| broken())?;
        let saved: Vec<Saved> = postcard::from_bytes(states).map_err(|_| broken())?;
        let before = self.keys.bytes();
        let group = self.keys.group_of(&values);
        self.unweighed += self.keys.bytes() - before;
        for (call, field, state) in saved {
            if call >= self.grouping.calls.len() {
                return Err(Box::new(broken()));
            }
            let place = self.slot(Slot { call, field: field.map(Into::into) });
            self.unweighed += 2 * state.len() + 64;
            if !self.states[place].load(group as usize, &state) {
                return Err(Box::new(broken()));
            }
        }
        if self.bytes() > memory.whole() {
            self.weigh();
            if self.bytes() > memory.whole() / 4 * 3 {
                return Err(too_large("what groups have to remember", memory));
            }
        }
        Ok(())
    }
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
fn keys(rows: &Batch, fields: usize) -> Vec<Vec<Key>> {
    let key = |row: usize| {
        let of_field = |number: usize| {
            let kind = match rows.cell(&hidden(number), row) {
                grotto_events::Cell::Int(kind) => kind as u8,
                _ => 0,
            };
            Key(rows.cell(&(hidden(number) + VALUE), row).into(), kind)
        };
        (0..fields).map(of_field).collect()
    };
    (0..rows.rows()).map(key).collect()
}
