//! Events, one after the other, become batches: rows are collected by event type until there are enough.
//!
//! An event type is (provider, channel, event id, version). What is in memory at a time is bounded by rows, bytes, cells
//! and types: at any of these limits, batches are handed on, however small.

mod column;
mod sizes;

use crate::event::Event;
use crate::wanted::{EventType, Wanted, Wants};
use crate::{Batch, Column, FieldName, ReadOptions};
use column::{ColumnBuilder, Texts};
use rustc_hash::FxHashMap;
pub(crate) use sizes::Sizes;
use sizes::{Size, with_slack};
use std::borrow::Cow;
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
pub(crate) struct Rows<'o> {
    options: &'o ReadOptions,
    wants: Option<&'o Wants<'o>>,
    sizes: &'o Sizes,
    types: Vec<TypeRows>,
    by_key: FxHashMap<Box<str>, usize>,
    key: String,
    count: usize,
    bytes: usize,
    /// Bytes of room that was made for what other parts had.
    room: usize,
    /// Events so far.
    events: i64,
    /// Grows when the numbers of types and columns no longer hold.
    generation: u64,
}

/// Fields that tell event types apart and are the same for all of one, unless one of its events has another of the name.
const CONSTANT: [&str; 4] = ["Channel", "EventCode", "EventID", "Name"];

impl<'o> Rows<'o> {
    /// No rows yet.
    pub(crate) fn new(options: &'o ReadOptions, wants: Option<&'o Wants<'o>>, sizes: &'o Sizes) -> Self {
        Self {
            options,
            wants,
            sizes,
            types: Vec::new(),
            by_key: FxHashMap::default(),
            key: String::new(),
            count: 0,
            bytes: 0,
            room: 0,
            events: 0,
            generation: 0,
        }
    }

    /// How events are to become rows.
    pub(crate) fn options(&self) -> &'o ReadOptions {
        self.options
    }

    /// Adds an event as a row, and hands on batches that are full.
    pub(crate) fn push(&mut self, event: &Event<'_>, sink: &mut Sink<'_>) {
        let number = self.next();
        let at = self.type_of(event);
        let special = self.wants.is_some() && CONSTANT.iter().any(|name| occurs_again(event, name));
        if special && !self.types[at].special {
            let wanted = self.wanted(event, [false; CONSTANT.len()]);
            self.types[at].widen(wanted, self.options);
        }
        let rows = &mut self.types[at];
        if rows.wanted.is_nothing() {
            return;
        }
        let before = rows.texts.len();
        rows.push(event, number, self.options);
        self.count += 1;
        self.bytes += rows.texts.len() - before;
        self.flush(at, sink);
    }

    /// Counts an event of which nothing is wanted.
    pub(crate) fn skip(&mut self) {
        self.next();
    }

    /// Adds a row of what `fill` writes to it. The type and the numbers of the columns are of [this
    /// generation](Self::generation).
    pub(crate) fn push_row(
        &mut self,
        at: usize,
        time: Option<i64>,
        fill: impl FnOnce(&mut RowWriter<'_>),
        sink: &mut Sink<'_>,
    ) {
        let number = self.next();
        let Some(rows) = self.types.get_mut(at) else { return };
        let before = rows.texts.len();
        let row = rows.start(time, number);
        rows.texts.start_row_without_text();
        fill(&mut RowWriter { rows, row });
        self.count += 1;
        self.bytes += rows.texts.len() - before;
        self.flush(at, sink);
    }

    /// The number of the type of an event, of which only what makes its type needs to be there.
    pub(crate) fn type_at(&mut self, event: &Event<'_>) -> usize {
        self.type_of(event)
    }

    /// The number of a type's column for a field.
    pub(crate) fn column_at(&mut self, at: usize, field: &str) -> Option<usize> {
        let rows = self.types.get_mut(at)?;
        Some(rows.slot(field, usize::MAX - 1, self.options))
    }

    /// The names under which a field of an event is known to searches.
    pub(crate) fn column_name(field: &str) -> Cow<'_, str> {
        match field {
            // As Splunk does with indexed fields of these names.
            "host" | "source" | "sourcetype" | "index" => Cow::Owned(format!("extracted_{field}")),
            _ => Cow::Borrowed(field),
        }
    }

    /// Which numbering of types and columns holds.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    /// What is wanted of events of this type; `certain` tells which of Channel, EventCode, EventID and Name they have once.
    pub(crate) fn wanted(&self, event: &Event<'_>, certain: [bool; CONSTANT.len()]) -> Wanted {
        let Some(wants) = self.wants else { return Wanted::Options };
        let (sourcetype, source) = origin(event);
        let [channel, code, id, name] = certain;
        let known = |certain: bool, value: &'_ str| certain && !value.is_empty();
        wants(&EventType {
            source: self.options.source.as_deref().unwrap_or(&source),
            sourcetype: self.options.sourcetype.as_deref().unwrap_or(&sourcetype),
            index: self.options.index.as_deref().unwrap_or(index(event)),
            channel: known(channel, &event.channel).then_some(&*event.channel),
            id: known(code && id, &event.id).then_some(&*event.id),
            provider: known(name, &event.provider).then_some(&*event.provider),
        })
    }

    fn next(&mut self) -> i64 {
        self.events += 1;
        self.events - 1
    }

    /// Hands on what is full after a row was added to a type.
    fn flush(&mut self, at: usize, sink: &mut Sink<'_>) {
        let Some(rows) = self.types.get_mut(at) else { return };
        if rows.is_full(self.options) {
            self.count -= rows.count;
            self.bytes -= rows.texts.len();
            self.generation += u64::from(rows.has_many_names());
            sink(rows.finish(self.options, self.sizes));
        }
        if self.count >= MAX_ROWS || self.bytes >= MAX_BYTES || self.types.len() >= MAX_TYPES {
            self.finish(sink);
        }
    }

    /// Hands on everything, in the order in which the event types came up.
    pub(crate) fn finish(&mut self, sink: &mut Sink<'_>) {
        for rows in self.types.iter_mut().filter(|rows| rows.count > 0) {
            self.generation += u64::from(rows.has_many_names());
            sink(rows.finish(self.options, self.sizes));
        }
        if self.types.len() >= MAX_TYPES {
            self.types.clear();
            self.by_key.clear();
            self.generation += 1;
        }
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
        let wanted = self.wanted(event, [true; CONSTANT.len()]);
        // Types that earlier parts had much of may be rare in this one.
        let size = self.sizes.of(&self.key).filter(|size| self.room + size.bytes() <= MAX_BYTES);
        self.room += size.as_ref().map_or(0, |size| size.bytes());
        self.types.push(TypeRows::new(event, wanted, &self.key, size, self.options.batch_rows));
        self.by_key.insert(self.key.as_str().into(), self.types.len() - 1);
        self.types.len() - 1
    }
}

/// Whether an event has more than one field of a name.
fn occurs_again(event: &Event<'_>, name: &str) -> bool {
    event.fields.iter().filter(|field| field.name == name).nth(1).is_some()
}

/// The index of an event.
fn index<'e>(event: &'e Event<'_>) -> &'e str {
    if event.index.is_empty() { "main" } else { &event.index }
}

/// A row that is being written.
pub(crate) struct RowWriter<'r> {
    rows: &'r mut TypeRows,
    row: usize,
}

impl RowWriter<'_> {
    /// Adds a value to a column; an empty text only declares the field.
    pub(crate) fn add(&mut self, column: usize, value: &str) {
        let row = self.row;
        if let Some((builder, texts)) = self.column(column) {
            builder.add(row, value, "", texts);
        }
    }

    /// Adds the value that `write` adds to a text, as UTF-8.
    pub(crate) fn write(&mut self, column: usize, write: impl FnOnce(&mut Vec<u8>)) {
        let row = self.row;
        if let Some((builder, texts)) = self.column(column) {
            builder.write(row, texts, write);
        }
    }

    /// Says what the whole text of the event is, which `write` adds to others, as UTF-8.
    pub(crate) fn raw(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let view = self.rows.texts.write_row(write);
        self.rows.raw.add_view(self.row, view);
    }

    fn column(&mut self, column: usize) -> Option<(&mut ColumnBuilder, &mut Texts)> {
        let rows = &mut *self.rows;
        let builder = &mut rows.slots.get_mut(column)?.builder;
        rows.declared += usize::from(!builder.is_declared());
        Some((builder, &mut rows.texts))
    }

    /// Says who logged the event.
    pub(crate) fn host(&mut self, computer: &str) {
        self.rows.host.add(self.row, computer, "", &mut self.rows.texts);
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
struct TypeRows {
    /// What tells it from other types.
    key: Box<str>,
    /// What batches of it were like in other parts.
    size: Option<Arc<Size>>,
    /// Whether there was a batch in this part.
    begun: bool,
    sourcetype: String,
    source: String,
    index: String,
    wanted: Wanted,
    /// Whether an event was seen that has a field again that is the same for all events of other types.
    special: bool,
    count: usize,
    times: Vec<Option<i64>>,
    order: Vec<i64>,
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
    fn new(event: &Event<'_>, wanted: Wanted, key: &str, size: Option<Arc<Size>>, most: usize) -> Self {
        let (sourcetype, source) = origin(event);
        let rows = size.as_ref().map_or(0, |size| size.room(most));
        let shared = size.as_ref().map_or(0, |size| with_slack(size.shared));
        Self {
            key: key.into(),
            begun: false,
            sourcetype,
            source,
            index: index(event).to_owned(),
            wanted,
            special: false,
            count: 0,
            times: Vec::with_capacity(rows),
            order: Vec::with_capacity(rows),
            raw: ColumnBuilder::expecting(rows, 0),
            host: ColumnBuilder::expecting(rows, 0),
            slots: Vec::new(),
            by_name: FxHashMap::default(),
            declared: 0,
            widest: 0,
            texts: Texts::expecting(shared),
            size,
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

    /// From now on, this is wanted, which is not less than before.
    fn widen(&mut self, wanted: Wanted, options: &ReadOptions) {
        self.special = true;
        self.wanted = wanted;
        for slot in &mut self.slots {
            slot.wanted = self.wanted.has(&slot.column, options);
        }
    }

    /// Starts a row; gives its number.
    fn start(&mut self, time: Option<i64>, number: i64) -> usize {
        self.count += 1;
        self.times.push(time);
        self.order.push(number);
        self.count - 1
    }

    fn push(&mut self, event: &Event<'_>, number: i64, options: &ReadOptions) {
        self.widest = self.widest.max(event.fields.len());
        let row = self.start(event.time, number);
        if self.wanted.has("_raw", options) {
            let view = self.texts.start_row(event.raw);
            self.raw.add_view(row, view);
        } else {
            self.texts.start_row_without_text();
        }
        if options.host.is_none() && self.wanted.has("host", options) {
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
        let column = match Rows::column_name(&name) {
            Cow::Borrowed(_) => Arc::clone(&name),
            Cow::Owned(column) => FieldName::from(column),
        };
        let wanted = self.wanted.has(&column, options);
        self.by_name.insert(Arc::clone(&name), self.slots.len());
        let most = options.batch_rows;
        let known = self.size.as_ref().and_then(|size| Some((size.room(most), *size.fields.get(&name)?)));
        let (rows, bytes) = known.unwrap_or_default();
        let builder = ColumnBuilder::expecting(rows, with_slack(bytes));
        self.slots.push(Slot { name, column, wanted, builder });
        self.slots.len() - 1
    }

    /// How large the batch of all rows so far will be.
    fn size(&self) -> Size {
        let declared = self.slots.iter().filter(|slot| slot.builder.is_declared());
        let fields = declared.map(|slot| (Arc::clone(&slot.name), slot.builder.bytes()));
        Size { rows: self.count, shared: self.texts.shared(), fields: fields.collect() }
    }

    /// The batch of all rows so far; the names of the fields are kept for the next.
    fn finish(&mut self, options: &ReadOptions, sizes: &Sizes) -> Batch {
        if !std::mem::replace(&mut self.begun, true) {
            sizes.learn(&self.key, self.size());
        }
        let rows = std::mem::take(&mut self.count);
        self.declared = 0;
        let texts = self.texts.finish();
        let wanted = |field: &str| self.wanted.has(field, options);
        let mut batch = Batch::new(rows);
        batch.set("_time", Column::Time(std::mem::take(&mut self.times).into()));
        let order = std::mem::take(&mut self.order);
        if let Some(name) = &options.order {
            batch.set(Arc::clone(name), Column::Int(order.into()));
        }
        if wanted("_raw") {
            batch.set("_raw", self.raw.finish(rows, &texts));
        }
        if wanted("host") {
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
            if wanted(name) {
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
