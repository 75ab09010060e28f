//! Groups that do not fit into memory.

use super::super::By;
use super::super::keys::{Saved as SavedKeys, Sorted};
use super::{Groups, Keys, OnDisk, Slot};
use crate::memory::{Chunks, Memory, Rows, Segment, Writer, merge, too_large, weight};
use crate::pipeline::{Command, Fold, Together, columns};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Cell, Column};
use serde::{Deserialize, Serialize};
use std::ops::Range;
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

    /// The table of results, sorted by the BY fields; on disk unless it is small. Of a table on disk what is left of it
    /// after the commands that come next, if they can be run over some of its rows at a time; and how many were.
    pub(super) fn rows_of_table(
        mut self,
        memory: &Memory,
        next: &[Box<dyn Command>],
    ) -> Result<(Rows, usize), Box<Diagnostic>> {
        self.weigh();
        if self.took + self.weighed <= memory.share() {
            return Ok((Rows::Memory(self.whole()?.table()), 0));
        }
        if self.spilled.is_none() {
            let sorted = self.sorted();
            // The columns have the values: they need not be there twice.
            self.keys = Keys::default();
            for next in [next, &[]] {
                if let Some(rows) = self.pieces(&sorted, memory, next)? {
                    return Ok((Rows::Disk(rows), next.len()));
                }
            }
            return Err(broken());
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

    /// What commands make of the table of the groups in memory, piece by piece, as the whole would take as much again;
    /// `None` when they can't be run over some of the groups at a time.
    fn pieces(
        &self,
        sorted: &Sorted,
        memory: &Memory,
        next: &[Box<dyn Command>],
    ) -> Result<Option<Chunks>, Box<Diagnostic>> {
        let mut together = Together::new(next);
        let mut writer = Writer::new(memory);
        let most = memory.share() / 4;
        let (mut from, mut step) = (0, 256);
        while from < sorted.groups.len() {
            let to = sorted.groups.len().min(from + step);
            let piece = self.piece(sorted, from..to);
            // Rows may take more than groups, which share texts; what comes next takes about what came.
            let fits = most / (weight(&piece) / (to - from) + 1);
            (from, step) = (to, fits.clamp(1, 4 * step));
            let Some(left) = together.run(piece)? else { return Ok(None) };
            if left.rows() > 0 {
                writer.push(&left)?;
            }
        }
        if writer.is_empty() {
            writer.push(&together.none()?)?;
        }
        writer.finish().map(Some)
    }

    /// Some rows of the table of results.
    fn piece(&self, sorted: &Sorted, rows: Range<usize>) -> Batch {
        let mut out = Batch::new(rows.len());
        for (by, column) in self.grouping.by.iter().zip(&sorted.columns) {
            out.set(by.field.as_str(), column.slice(rows.start, rows.len()));
        }
        for (name, column) in self.names().iter().zip(self.columns(&sorted.groups[rows])) {
            out.set(name.as_str(), column);
        }
        out
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
            // Their table takes about as much again.
            if groups.bytes() > memory.share() / 2 {
                groups.weigh();
            }
            if groups.bytes() <= memory.share() / 2 && parts.peek().is_some() {
                continue;
            }
            let table = std::mem::replace(&mut groups, self.empty()).keyed_table(!next.is_empty());
            let Some(left) = together.run(table)? else { return Ok(None) };
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

/// The keys of the rows of a table: bytes whose order is that of the BY values.
fn keys(rows: &Batch, by: &[By]) -> Vec<Vec<u8>> {
    let mut keys = vec![Vec::new(); rows.rows()];
    for (number, by) in by.iter().enumerate() {
        let kinds = rows.column(&hidden(number));
        let values = rows.column(&(hidden(number) + VALUE)).or_else(|| rows.column(&by.field));
        for (row, key) in keys.iter_mut().enumerate() {
            let kind = match kinds.map(|kinds| kinds.cell(row)) {
                Some(Cell::Int(kind)) => kind as u8,
                _ => 0,
            };
            add_key(key, values.map_or(Cell::Null, |values| values.cell(row)), kind);
        }
    }
    keys
}

/// Adds a value, with the type that it had before it was made part of a column, to the bytes of a key, so that these are
/// ordered as [`compare`](crate::pipeline::compare) orders values.
fn add_key(key: &mut Vec<u8>, value: Cell<'_>, kind: u8) {
    // The larger a number, the larger the bits of what is not negative, and the smaller those of what is.
    let ordered = |bits: u64| if bits >> 63 == 0 { bits | 1 << 63 } else { !bits };
    match columns::number(value) {
        Some(number) => {
            key.push(0);
            key.extend(ordered(number.to_bits()).to_be_bytes());
        }
        None => key.push(1),
    }
    key.push(kind);
    match value {
        // What floats don't tell apart.
        Cell::Time(whole) | Cell::Int(whole) => key.extend((whole as u64 ^ 1 << 63).to_be_bytes()),
        value => {
            let null = value == Cell::Null;
            if !null {
                columns::with_text(value, |text| {
                    for byte in text.bytes() {
                        // What ends a text is smaller than what goes on.
                        if byte < 2 { key.extend([1, byte]) } else { key.push(byte) }
                    }
                });
            }
            key.extend([0, u8::from(!null)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;
    use crate::pipeline::compare;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::Int),
            any::<i64>().prop_map(Value::Time),
            (1_700_000_000_000_000_000..1_700_000_000_000_000_300_i64).prop_map(Value::Time),
            any::<f64>().prop_filter("a number", |x| x.is_finite()).prop_map(Value::Float),
            (-3..3_i64).prop_map(Value::Int),
            "[\0\x01ab1.-]{0,4}".prop_map(Value::Text),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn keys_are_ordered_as_values_are(a in value(), b in value(), c in value(), d in value()) {
            // Values of a column are of one type or text.
            let alike = |x: Value, like: &Value| match (&x, like) {
                (Value::Null, _) | (_, Value::Null) => x,
                _ if std::mem::discriminant(&x) == std::mem::discriminant(like) => x,
                _ => Value::Null,
            };
            let (b, d) = (alike(b, &a), alike(d, &c));
            let key = |values: [&Value; 2]| {
                let mut key = Vec::new();
                for value in values {
                    let column = columns::column(std::slice::from_ref(value));
                    add_key(&mut key, column.cell(0), value.kind() as u8);
                }
                key
            };
            let expected = compare(&a, &b).then_with(|| compare(&c, &d));
            prop_assert_eq!(key([&a, &c]).cmp(&key([&b, &d])), expected, "{:?}", (a, b, c, d));
        }
    }
}
