//! Rows in order, in memory or on disk.

use super::{Memory, Segment, ipc, weight, weight_of};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Cell, Column, FieldName};
use indexmap::IndexMap;
use std::mem::Discriminant;
use std::sync::Arc;

/// Rows that a search has in hand.
#[derive(Debug, Clone)]
pub enum Rows {
    /// All in memory.
    Memory(Batch),
    /// Too many for that.
    Disk(Chunks),
}

/// Rows on disk in chunks, in order.
#[derive(Debug, Clone)]
pub struct Chunks {
    memory: Memory,
    pub(super) pieces: Vec<Piece>,
    columns: Columns,
    bytes: u64,
}

/// A chunk on disk.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    segment: Arc<Segment>,
    rows: usize,
}

/// What is known of the columns of all chunks, in order.
#[derive(Debug, Clone, Default)]
struct Columns(IndexMap<FieldName, Known>);

/// What is known of a column.
#[derive(Debug, Clone, Default)]
struct Known {
    /// The types that it has, of chunks where it is not empty, each with a value.
    kinds: Vec<(Discriminant<Column>, Column)>,
    /// Bytes of its values, about.
    weight: usize,
}

impl Columns {
    fn learn(&mut self, batch: &Batch) {
        for (name, column) in batch.columns() {
            let kinds = &mut self.0.entry(FieldName::clone(name)).or_default().kinds;
            let kind = std::mem::discriminant(column);
            match kinds.iter_mut().find(|(known, _)| *known == kind) {
                _ if column.all_null() => {}
                Some((_, sample)) if size(column) > size(sample) => *sample = column.clone(),
                Some(_) => {}
                None => kinds.push((kind, column.compact())),
            }
        }
    }
}

/// How large the whole number in the first row is: whether all fit into a float decides what they become.
fn size(column: &Column) -> u64 {
    if let Cell::Int(i) = column.cell(0) { i.unsigned_abs() } else { 0 }
}

impl Rows {
    /// Rows in memory; what is on disk is read if it fits.
    ///
    /// # Errors
    /// `engine/memory` when it does not fit; `engine/disk`.
    pub fn whole(self, what: &str) -> Result<Batch, Box<Diagnostic>> {
        match self {
            Self::Memory(batch) => Ok(batch),
            Self::Disk(chunks) if chunks.weight() > chunks.memory.whole() => {
                Err(super::too_large(what, &chunks.memory))
            }
            Self::Disk(chunks) => {
                let all: Vec<Batch> = chunks.iter().collect::<Result<_, _>>()?;
                Ok(crate::pipeline::concat(&all))
            }
        }
    }

    /// The rows in memory if they may take as much of it, else on disk.
    ///
    /// # Errors
    /// `engine/disk`.
    pub(crate) fn within(self, memory: &Memory) -> Result<Self, Box<Diagnostic>> {
        match self {
            Self::Memory(batch) if weight(&batch) > memory.whole() => {
                let mut writer = Writer::new(memory);
                writer.push(&batch)?;
                Ok(Self::Disk(writer.finish()?))
            }
            rows => Ok(rows),
        }
    }

    /// Writes the rows behind those that a writer has.
    ///
    /// # Errors
    /// `engine/disk`.
    pub(crate) fn add_to(&self, writer: &mut Writer) -> Result<(), Box<Diagnostic>> {
        match self {
            Self::Memory(batch) => writer.push(batch),
            Self::Disk(chunks) => chunks.iter().try_for_each(|chunk| writer.push(&chunk?)),
        }
    }

    /// How many they are.
    pub fn rows(&self) -> usize {
        match self {
            Self::Memory(batch) => batch.rows(),
            Self::Disk(chunks) => chunks.rows(),
        }
    }

    /// Bytes of their values, about.
    pub fn weight(&self) -> usize {
        match self {
            Self::Memory(batch) => weight(batch),
            Self::Disk(chunks) => chunks.weight(),
        }
    }
}

impl Chunks {
    /// The memory that they did not fit into.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.counts().sum()
    }

    /// How many rows each chunk has.
    pub(super) fn counts(&self) -> impl Iterator<Item = usize> {
        self.pieces.iter().map(|piece| piece.rows)
    }

    /// Bytes on disk.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Bytes of the values, about.
    pub fn weight(&self) -> usize {
        self.columns.0.values().map(|known| known.weight).sum()
    }

    /// The same rows with those columns only whose names `keep` wants.
    pub(crate) fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.columns.0.retain(|name, _| keep(name));
    }

    /// The chunks one after the other, at least one. All have the same columns of the same types, as if they were parts of
    /// one batch.
    pub fn iter(&self) -> impl Iterator<Item = Result<Batch, Box<Diagnostic>>> {
        (0..self.pieces.len().max(1)).filter_map(|number| self.chunk(number).transpose())
    }

    /// The chunks one after the other from the last to the first, at least one; rows within them as they are.
    pub(crate) fn backwards(&self) -> impl Iterator<Item = Result<Batch, Box<Diagnostic>>> {
        (0..self.pieces.len().max(1)).rev().filter_map(|number| self.chunk(number).transpose())
    }

    /// No rows, of the columns of all.
    pub(crate) fn none(&self) -> Result<Batch, Box<Diagnostic>> {
        Ok(self.chunk(0)?.unwrap_or_else(|| Batch::new(0)).slice(0, 0))
    }

    /// The names of the columns in which any row has a value.
    pub(crate) fn filled(&self) -> impl Iterator<Item = &FieldName> {
        self.columns.0.iter().filter(|(_, known)| !known.kinds.is_empty()).map(|(name, _)| name)
    }

    /// A chunk by number; `None` past the end.
    pub(super) fn chunk(&self, number: usize) -> Result<Option<Batch>, Box<Diagnostic>> {
        let read = match self.pieces.get(number) {
            Some(piece) => ipc::read(piece.segment.read()?)?,
            // Of no rows at all the columns are known still.
            None if number == 0 => Batch::new(0),
            None => return Ok(None),
        };
        let mut out = Batch::new(read.rows());
        for (name, known) in &self.columns.0 {
            out.set(FieldName::clone(name), conformed(read.column(name), read.rows(), &known.kinds));
        }
        Ok(Some(out))
    }

    /// Rows in another order of columns and types: those of `columns` first.
    pub(super) fn widen(&mut self, columns: &[&Self]) {
        let mut all = Columns::default();
        for chunks in columns {
            for (name, theirs) in &chunks.columns.0 {
                let known = &mut all.0.entry(FieldName::clone(name)).or_default().kinds;
                for (kind, column) in &theirs.kinds {
                    match known.iter_mut().find(|(other, _)| other == kind) {
                        Some((_, sample)) if size(column) > size(sample) => *sample = column.clone(),
                        Some(_) => {}
                        None => known.push((*kind, column.clone())),
                    }
                }
            }
        }
        self.columns = all;
    }

    /// A writer of chunks of the same columns in the same order.
    pub(super) fn like(&self) -> Writer {
        let mut writer = Writer::new(&self.memory);
        writer.done.widen(&[self]);
        writer
    }
}

/// A column of the type that all chunks' columns of the name have in common.
fn conformed(column: Option<&Column>, rows: usize, kinds: &[(Discriminant<Column>, Column)]) -> Column {
    let empty = Column::null(rows);
    let column = column.unwrap_or(&empty);
    match kinds {
        [] => empty,
        [(kind, _)] if *kind == std::mem::discriminant(column) => column.clone(),
        kinds => {
            // What a batch of all rows would make of them.
            let mut parts: Vec<Batch> = kinds.iter().map(|(_, sample)| one(sample)).collect();
            parts.push(one(column));
            let all = crate::pipeline::concat(&parts);
            let before = all.rows() - rows;
            all.slice(before, rows).column("").cloned().unwrap_or(empty).compact()
        }
    }
}

fn one(column: &Column) -> Batch {
    let mut batch = Batch::new(column.len());
    batch.set("", column.clone());
    batch
}

/// Writes rows to disk in chunks of a good size.
#[derive(Debug)]
pub struct Writer {
    done: Chunks,
    waiting: Vec<Batch>,
    /// Their weight.
    weight: usize,
}

impl Writer {
    /// A writer that has written nothing.
    pub fn new(memory: &Memory) -> Self {
        let columns = Columns::default();
        let done = Chunks { memory: memory.clone(), pieces: Vec::new(), columns, bytes: 0 };
        Self { done, waiting: Vec::new(), weight: 0 }
    }

    /// Whether there are no rows yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.done.pieces.is_empty()
    }

    /// Adds rows after those that were added before.
    ///
    /// # Errors
    /// `engine/disk`.
    pub fn push(&mut self, batch: &Batch) -> Result<(), Box<Diagnostic>> {
        if batch.rows() == 0 {
            // Columns are known in the order of the rows that have them.
            self.flush()?;
            self.done.columns.learn(batch);
            return Ok(());
        }
        let most = self.done.memory.chunk();
        let per_row = weight(batch) / batch.rows().max(1) + 1;
        let step = (most / per_row).clamp(1, 65_536);
        let mut start = 0;
        while start < batch.rows() {
            let part = batch.slice(start, step);
            start += part.rows();
            self.weight += weight(&part);
            self.waiting.push(part);
            if self.weight >= most || self.waiting.len() >= 1024 {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Box<Diagnostic>> {
        let waiting = std::mem::take(&mut self.waiting);
        self.weight = 0;
        if waiting.is_empty() {
            return Ok(());
        }
        let batch = crate::pipeline::concat(&waiting).compact();
        drop(waiting);
        let segment = self.done.memory.disk().write(&ipc::write(&batch)?)?;
        self.done.columns.learn(&sampled(&batch));
        self.done.bytes += segment.len();
        for (name, column) in batch.columns() {
            self.done.columns.0.entry(FieldName::clone(name)).or_default().weight += weight_of(column);
        }
        self.done.pieces.push(Piece { segment: Arc::new(segment), rows: batch.rows() });
        Ok(())
    }

    /// All rows.
    ///
    /// # Errors
    /// `engine/disk`.
    pub fn finish(mut self) -> Result<Chunks, Box<Diagnostic>> {
        self.flush()?;
        Ok(self.done)
    }
}

/// One row of each column, with a value if any has one, and the largest whole number: enough to know the types.
fn sampled(batch: &Batch) -> Batch {
    let mut out = Batch::new(1);
    for (name, column) in batch.columns() {
        let some = (0..column.len()).filter(|row| !column.array().is_null(*row));
        let row = match column {
            Column::Int(array) => some.max_by_key(|row| array.value(*row).unsigned_abs()),
            _ => some.take(1).next(),
        };
        let row = row.unwrap_or(0);
        let one = one(column).slice(row, 1);
        if let Some(column) = one.column("") {
            out.set(FieldName::clone(name), column.clone());
        }
    }
    out
}
