//! Events, one after the other, become batches: rows are collected by event type until there are enough.
//!
//! An event type is (provider, channel, event id, version). What is in memory at a time is bounded by rows, bytes, cells
//! and types: at any of these limits, batches are handed on, however small.

mod column;

use crate::event::Event;
use crate::{Batch, Column, FieldName, ReadOptions};
use column::{ColumnBuilder, Texts};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Rows of all types together.
const MAX_ROWS: usize = 1 << 16;
/// Bytes of text of all types together.
const MAX_BYTES: usize = 64 << 20;
/// Bytes of text of one type.
const MAX_TYPE_BYTES: usize = 16 << 20;
/// Rows × columns of one type.
const MAX_CELLS: usize = 1 << 20;
/// Fields of one type, after which the type starts anew: JSON can have other names in every event.
const MAX_SLOTS: usize = 4096;
/// Event types at a time.
const MAX_TYPES: usize = 1024;

/// Takes batches, one after the other.
pub type Sink<'a> = dyn FnMut(Batch) + 'a;

/// Rows on their way to become batches.
#[derive(Debug)]
pub(crate) struct Rows<'o> {
    options: &'o ReadOptions,
    types: Vec<TypeRows>,
    by_key: FxHashMap<Box<str>, usize>,
    key: String,
    count: usize,
    bytes: usize,
}

impl<'o> Rows<'o> {
    /// No rows yet.
    pub(crate) fn new(options: &'o ReadOptions) -> Self {
        Self {
            options,
            types: Vec::new(),
            by_key: FxHashMap::default(),
            key: String::new(),
            count: 0,
            bytes: 0,
        }
    }

    /// Adds an event as a row, and hands on batches that are full.
    pub(crate) fn push(&mut self, event: &Event<'_>, sink: &mut Sink<'_>) {
        let at = self.type_of(event);
        let rows = &mut self.types[at];
        let before = rows.texts.len();
        rows.push(event, self.options);
        self.count += 1;
        self.bytes += rows.texts.len() - before;
        if rows.is_full(self.options) {
            self.count -= rows.count;
            self.bytes -= rows.texts.len();
            sink(rows.finish(self.options));
        }
        if self.count >= MAX_ROWS || self.bytes >= MAX_BYTES || self.types.len() >= MAX_TYPES {
            self.finish(sink);
        }
    }

    /// Hands on everything, in the order in which the event types came up.
    pub(crate) fn finish(&mut self, sink: &mut Sink<'_>) {
        for mut rows in self.types.drain(..).filter(|rows| rows.count > 0) {
            sink(rows.finish(self.options));
        }
        self.by_key.clear();
        (self.count, self.bytes) = (0, 0);
    }

    /// The place of the event's type in `types`.
    fn type_of(&mut self, event: &Event<'_>) -> usize {
        self.key.clear();
        let parts = [&event.sourcetype, &event.source, &event.index];
        let parts = parts.into_iter().chain([&event.provider, &event.channel, &event.id, &event.version]);
        for part in parts {
            self.key.push_str(part);
            // No part holds a NUL: XML has no such character, and who makes events of other things sees to it.
            self.key.push('\0');
        }
        if let Some(at) = self.by_key.get(self.key.as_str()) {
            return *at;
        }
        self.types.push(TypeRows::new(event));
        self.by_key.insert(self.key.as_str().into(), self.types.len() - 1);
        self.types.len() - 1
    }
}

/// A field of an event type.
#[derive(Debug)]
struct Slot {
    name: FieldName,
    /// Name of the column; differs from `name` when that is taken by what Splunk says of an event itself.
    column: FieldName,
    wanted: bool,
    builder: ColumnBuilder,
}

/// The rows of one event type.
#[derive(Debug)]
struct TypeRows {
    sourcetype: String,
    source: String,
    index: String,
    count: usize,
    times: Vec<Option<i64>>,
    raw: ColumnBuilder,
    host: ColumnBuilder,
    slots: Vec<Slot>,
    by_name: FxHashMap<FieldName, usize>,
    declared: usize,
    /// Fields of the event that has most.
    widest: usize,
    texts: Texts,
}

/// Source type and source of an event. Sysmon for Linux writes its events to the system log, and Splunk's add-on for it
/// names them after that (<https://splunkbase.splunk.com/app/6652>).
fn origin(event: &Event<'_>) -> (String, String) {
    let sourcetype = &*event.sourcetype;
    let source = match (&*event.source, &*event.provider, &*event.channel) {
        ("", "Linux-Sysmon", channel) => return ("sysmon:linux".to_owned(), format!("Syslog:{channel}")),
        ("", _, "") => sourcetype.to_owned(),
        ("", _, channel) => format!("{sourcetype}:{channel}"),
        (source, ..) => source.to_owned(),
    };
    (sourcetype.to_owned(), source)
}

impl TypeRows {
    fn new(event: &Event<'_>) -> Self {
        let (sourcetype, source) = origin(event);
        Self {
            sourcetype,
            source,
            index: if event.index.is_empty() { "main".to_owned() } else { event.index.to_string() },
            count: 0,
            times: Vec::new(),
            raw: ColumnBuilder::default(),
            host: ColumnBuilder::default(),
            slots: Vec::new(),
            by_name: FxHashMap::default(),
            declared: 0,
            widest: 0,
            texts: Texts::default(),
        }
    }

    fn is_full(&self, options: &ReadOptions) -> bool {
        self.count >= options.batch_rows.max(1)
            || self.texts.len() >= MAX_TYPE_BYTES
            || self.count * self.declared >= MAX_CELLS
            || self.has_many_names()
    }

    /// Whether there are far more names than an event has: then they are not the names of a type.
    fn has_many_names(&self) -> bool {
        self.slots.len() >= MAX_SLOTS.max(4 * self.widest)
    }

    fn push(&mut self, event: &Event<'_>, options: &ReadOptions) {
        self.widest = self.widest.max(event.fields.len());
        let row = self.count;
        self.count += 1;
        self.times.push(event.time);
        if options.wants("_raw") {
            self.texts.start_row(Some(event.raw));
            self.raw.add_view(row, self.texts.raw_view(event.raw));
        } else {
            self.texts.start_row(None);
        }
        if options.host.is_none() && options.wants("host") {
            self.host.add(row, &event.computer, event.raw, &mut self.texts);
        }
        // Events of a type have the same fields in the same order, nearly always.
        let mut next = 0;
        for field in &event.fields {
            let at = self.slot(&field.name, next, options);
            next = at + 1;
            let slot = &mut self.slots[at];
            if slot.wanted {
                self.declared += usize::from(!slot.builder.is_declared());
                slot.builder.add(row, &field.value.text(), event.raw, &mut self.texts);
            }
        }
    }

    /// The slot of a field, which is probably the one at `next`, or the one before when the name occurs again.
    fn slot(&mut self, name: &str, next: usize, options: &ReadOptions) -> usize {
        for guess in [next, next.wrapping_sub(1)] {
            if self.slots.get(guess).is_some_and(|slot| *slot.name == *name) {
                return guess;
            }
        }
        if let Some(at) = self.by_name.get(name) {
            return *at;
        }
        let name = FieldName::from(name);
        let column = match &*name {
            // As Splunk does with indexed fields of these names.
            "host" | "source" | "sourcetype" | "index" => FieldName::from(format!("extracted_{name}")),
            _ => Arc::clone(&name),
        };
        let wanted = options.wants(&column);
        self.by_name.insert(Arc::clone(&name), self.slots.len());
        self.slots.push(Slot { name, column, wanted, builder: ColumnBuilder::default() });
        self.slots.len() - 1
    }

    /// The batch of all rows so far; the names of the fields are kept for the next.
    fn finish(&mut self, options: &ReadOptions) -> Batch {
        let rows = std::mem::take(&mut self.count);
        self.declared = 0;
        let texts = self.texts.finish();
        let mut batch = Batch::new(rows);
        batch.set("_time", Column::Time(std::mem::take(&mut self.times).into()));
        if options.wants("_raw") {
            batch.set("_raw", self.raw.finish(rows, &texts));
        }
        if options.wants("host") {
            let host = match &options.host {
                Some(host) => Column::constant(host, rows),
                None => self.host.finish(rows, &texts),
            };
            batch.set("host", host);
        }
        for (name, value) in [
            ("source", options.source.as_deref().unwrap_or(&self.source)),
            ("sourcetype", options.sourcetype.as_deref().unwrap_or(&self.sourcetype)),
            ("index", options.index.as_deref().unwrap_or(&self.index)),
        ] {
            if options.wants(name) {
                batch.set(name, Column::constant(value, rows));
            }
        }
        for slot in self.slots.iter_mut().filter(|slot| slot.builder.is_declared()) {
            batch.set(Arc::clone(&slot.column), slot.builder.finish(rows, &texts));
        }
        if self.has_many_names() {
            self.slots.clear();
            self.by_name.clear();
        }
        batch
    }
}

#[cfg(test)]
mod tests;
