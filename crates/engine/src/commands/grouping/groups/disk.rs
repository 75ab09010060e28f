//! Groups that do not fit into memory.

use super::{Group, Groups, Slot};
use crate::Value;
use crate::memory::{Chunks, Memory, Partitions, Rows, Writer, merge, too_large};
use crate::pipeline::{Fold, columns, compare, kind};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};
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
        let mut spilled = self.spilled.take().unwrap_or_else(|| Partitions::new(memory));
        let before = spilled.bytes();
        let mut all: Vec<Option<Group>> = std::mem::take(&mut self.all).into_iter().map(Some).collect();
        for (key, group) in std::mem::take(&mut self.index) {
            let Some(Group { by, states }) = all.get_mut(group as usize).and_then(Option::take) else {
                continue;
            };
            let states = states.into_iter().zip(&self.slots).filter_map(|(state, slot)| {
                let state: Saved = (slot.call, slot.field.as_ref().map(ToString::to_string), state?.save());
                Some(state)
            });
            let by = postcard::to_stdvec(&by).unwrap_or_default();
            let states = postcard::to_stdvec(&states.collect::<Vec<_>>()).unwrap_or_default();
            spilled.push(&key, by, states)?;
        }
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
            let kinds = groups.kinds();
            let mut table = groups.table();
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
        let cells: Vec<_> = values.iter().map(super::cell).collect();
        let group = self.group(&cells) as usize;
        let grouping = Arc::clone(&self.grouping);
        for (call, field, state) in saved {
            let slot = Slot { call, field: field.map(Into::into) };
            let place = self.slots.iter().position(|known| *known == slot).unwrap_or_else(|| {
                self.slots.push(slot);
                self.slots.len() - 1
            });
            let call = grouping.calls.get(call).ok_or_else(broken)?;
            self.unweighed += 2 * state.len() + 64;
            if !self.all[group].state(place, call).load(&state) {
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

    /// The types of the BY values in the order of the table, and the values, for each BY field.
    fn kinds(&self) -> Vec<(Column, Column)> {
        let sorted = self.sorted();
        let of_field = |field: usize| {
            let kind = |group: &u32| i64::from(kind(&self.all[*group as usize].by[field]));
            let kinds = Column::Int(sorted.iter().map(kind).collect::<Vec<i64>>().into());
            let value = |group: &u32| self.all[*group as usize].by[field].clone();
            (kinds, columns::column(&sorted.iter().map(value).collect::<Vec<_>>()))
        };
        (0..self.grouping.by.len()).map(of_field).collect()
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
