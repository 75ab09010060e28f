//! From the values of records to the columns of batches.

use super::layout::{FieldOp, Layout, Op, Role, Rule, Source};
use super::layouts::Layouts;
use super::scan::{NONE, RECORD_HEADER, Record, Values, records};
use super::value::{Value, kind};
use super::xml::{self, Piece};
use crate::decode::time;
use crate::event::Event;
use crate::part::Output;
use crate::rows::Rows;
use crate::wanted::Wanted;
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// Kinds of records at a time; past that, they are worked out anew.
const MAX_KINDS: usize = 1 << 14;

/// What is to be done with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::formats::evtx) enum Way {
    /// It goes straight to columns, or only is counted.
    Direct {
        /// Its kind.
        kind: usize,
        /// The number of its values.
        values: usize,
    },
    /// Its XML is needed.
    Xml,
    /// It is not certain what it holds.
    Unsure,
}

/// Records straight to columns; kept for all chunks of a part.
#[derive(Default)]
pub(in crate::formats::evtx) struct Direct {
    layouts: Layouts,
    values: Values,
    records: Vec<Record>,
    ways: Vec<Way>,
    kinds: Vec<Kind>,
    by_key: FxHashMap<Box<[u8]>, usize>,
    key: Vec<u8>,
    text: Vec<u8>,
    computer: String,
}

/// Records of the same templates and of one event type.
struct Kind {
    way: Treatment,
    /// The steps that tell time and computer.
    header: Vec<Step>,
    /// The steps of the wanted fields.
    steps: Vec<Step>,
    /// The pieces of its XML, if that is wanted.
    raw: Vec<Piece>,
    host: bool,
    /// What makes its type.
    event: Event<'static>,
    /// The number of the type and the generation in which it holds; so do the columns in the steps.
    at: Option<(u64, usize)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Treatment {
    Skip,
    Columns,
    Xml,
}

/// A step of all layouts of a record together.
#[derive(Debug, Clone)]
enum Step {
    /// Passes over so many steps if the value is null.
    Depends {
        instance: u16,
        slot: u16,
        skip: usize,
    },
    Field {
        instance: u16,
        field: FieldOp,
        column: usize,
    },
}

impl Direct {
    /// Looks at all records of a chunk; `None` if it has to be read the other way as a whole.
    pub(in crate::formats::evtx) fn plan(&mut self, data: &[u8], output: &mut Output<'_>) -> Option<()> {
        self.ways.clear();
        records(data, &mut self.records)?;
        self.layouts.start_chunk();
        self.values.start_chunk();
        if self.kinds.len() >= MAX_KINDS {
            self.kinds.clear();
            self.by_key.clear();
        }
        for at in 0..self.records.len() {
            let way = self.way(data, at, output.rows());
            self.ways.push(way);
        }
        Some(())
    }

    /// How many records the chunk has.
    pub(in crate::formats::evtx) fn len(&self) -> usize {
        self.ways.len()
    }

    /// What is to be done with a record; `None` past the last.
    pub(in crate::formats::evtx) fn way_of(&self, at: usize) -> Option<Way> {
        self.ways.get(at).copied()
    }

    /// Whether a record has this number and place.
    pub(in crate::formats::evtx) fn is_at(&self, at: usize, id: u64, start: u64) -> bool {
        self.records.get(at).is_some_and(|record| record.id == id && record.start as u64 == start)
    }

    /// The first record from a number on that does not go straight to columns.
    pub(in crate::formats::evtx) fn next_other(&self, from: usize) -> Option<usize> {
        (from..self.ways.len()).find(|at| !matches!(self.ways[*at], Way::Direct { .. }))
    }

    /// The chunk as one in which neighbours that go straight to columns are one long record, so that whoever reads the
    /// others has no work with them. Nothing is moved, as records refer to each other by their places; and nothing is
    /// changed where a record may reach into the next.
    pub(in crate::formats::evtx) fn without_direct(&self, data: &[u8]) -> Vec<u8> {
        let mut out = data.to_vec();
        if self.ways.contains(&Way::Unsure) {
            return out;
        }
        let mut at = 0;
        while let Some(first) = self.records.get(at) {
            let others = self.next_other(at).unwrap_or(self.ways.len());
            if let Some(last) = others.checked_sub(1).and_then(|last| self.records.get(last))
                && others > at + 1
            {
                let header = first.start - RECORD_HEADER;
                // The size stands behind four bytes, and once more at the end.
                let size = (last.end + 4 - header) as u32;
                if let Some(place) = out.get_mut(header + 4..header + 8) {
                    place.copy_from_slice(&size.to_le_bytes());
                }
            }
            at = others.max(at) + 1;
        }
        out
    }

    /// Whether every record goes straight to columns.
    pub(in crate::formats::evtx) fn is_direct(&self) -> bool {
        self.next_other(0).is_none()
    }

    fn way(&mut self, data: &[u8], at: usize, rows: &mut Rows<'_>) -> Way {
        let Some(record) = self.records.get(at).copied() else { return Way::Unsure };
        let Some(values) = self.values.read(data, record, &mut self.layouts) else { return Way::Unsure };
        let Some(kind) = self.kind(data, rows) else { return Way::Unsure };
        match self.kinds.get(kind).map(|kind| kind.way) {
            Some(Treatment::Xml) | None => Way::Xml,
            Some(_) => Way::Direct { kind, values },
        }
    }

    /// The number of the kind of the record whose values were read.
    fn kind(&mut self, data: &[u8], rows: &mut Rows<'_>) -> Option<usize> {
        self.key.clear();
        for layout in &self.values.shape {
            self.key.extend(layout.to_le_bytes());
        }
        let root = self.layouts.get(*self.values.shape.first()? as usize)?;
        for op in &root.ops {
            match op {
                Op::Depends { slot, .. } => {
                    let null = self.values.get(data, 0, *slot).is_some_and(Value::is_null);
                    self.key.push(u8::from(null));
                }
                op => {
                    if let Some(slot) = op.telling() {
                        let value = self.values.get(data, 0, slot).unwrap_or_default();
                        self.key.push(value.kind);
                        self.key.extend((value.bytes.len() as u32).to_le_bytes());
                        self.key.extend(value.bytes);
                    }
                }
            }
        }
        if let Some(kind) = self.by_key.get(self.key.as_slice()) {
            return Some(*kind);
        }
        let kind = self.new_kind(data, rows)?;
        self.kinds.push(kind);
        self.by_key.insert(self.key.as_slice().into(), self.kinds.len() - 1);
        Some(self.kinds.len() - 1)
    }

    fn new_kind(&mut self, data: &[u8], rows: &mut Rows<'_>) -> Option<Kind> {
        let mut steps = Vec::new();
        let mut shape = Shape { left: &self.values.shape, instances: 0 };
        shape.flatten(&self.layouts, &mut steps)?;
        let mut event = Event { sourcetype: Cow::Borrowed("XmlWinEventLog"), ..Event::default() };
        let mut text = Vec::new();
        run(&steps, &self.values, data, |field, value| {
            let part = match field.role {
                Some(Role::Provider) => &mut event.provider,
                Some(Role::Channel) => &mut event.channel,
                Some(Role::Id) => &mut event.id,
                Some(Role::Version) => &mut event.version,
                _ => return,
            };
            *part = Cow::Owned(text_of(field, value, &mut text).to_owned());
        });
        let once = |name: &str| {
            let same = |step: &&Step| matches!(step, Step::Field { field, .. } if field.name == name);
            steps.iter().filter(same).count() == 1
        };
        let certain = ["Channel", "EventCode", "EventID", "Name"].map(once);
        let wanted = rows.wanted(&event, certain);
        let options = rows.options();
        // The type of an event with such a field again is made where all fields are looked at.
        let plain = certain == [true; 4];
        let raw = wanted
            .has("_raw", options)
            .then(|| xml::pieces(&self.values.shape, &self.layouts).filter(|_| plain));
        let way = match (&wanted, &raw) {
            (Wanted::Nothing, _) => Treatment::Skip,
            (_, Some(None)) => Treatment::Xml,
            (wanted, _) if wanted.has_sections(options) => Treatment::Xml,
            _ => Treatment::Columns,
        };
        let raw = raw.flatten().unwrap_or_default();
        let header = keep(&steps, &|field| matches!(field.role, Some(Role::Time | Role::Computer)));
        self.settle(&mut steps, data);
        let steps = keep(&steps, &|field| wanted.has(&Rows::column_name(&field.name), options));
        let host = options.host.is_none() && wanted.has("host", options);
        Some(Kind { way, header, steps, raw, host, event, at: None })
    }

    /// Makes literals of the values that are the same in all records of the kind.
    fn settle(&self, steps: &mut [Step], data: &[u8]) {
        let root = self.values.shape.first().and_then(|root| self.layouts.get(*root as usize));
        let told: Vec<u16> = root.iter().flat_map(|root| root.ops.iter().filter_map(Op::telling)).collect();
        let mut text = Vec::new();
        for step in steps {
            let Step::Field { instance: 0, field, .. } = step else { continue };
            let Source::Slot(slot) = field.source else { continue };
            let value = self.values.get(data, 0, slot).unwrap_or_default();
            if told.contains(&slot) && !value.is_empty() && value.kind != kind::STRINGS {
                let text = text_of(field, Some(value), &mut text).to_owned();
                field.source = Source::Literal(text);
            }
        }
    }

    /// Writes a record of a kind into columns.
    pub(in crate::formats::evtx) fn push(
        &mut self,
        (kind, values): (usize, usize),
        data: &[u8],
        output: &mut Output<'_>,
    ) {
        let Some(kind) = self.kinds.get_mut(kind) else { return };
        let (rows, sink) = output.counted();
        if kind.way == Treatment::Skip {
            rows.skip();
            return;
        }
        self.values.select(values);
        let number = kind.bind(rows);
        let (text, computer, values) = (&mut self.text, &mut self.computer, &self.values);
        let mut when = None;
        computer.clear();
        run(&kind.header, values, data, |field, value| match field.role {
            Some(Role::Time) => {
                when =
                    value.and_then(Value::nanoseconds).or_else(|| time::parse(text_of(field, value, text)));
            }
            _ if kind.host => text_of(field, value, text).clone_into(computer),
            _ => {}
        });
        let fill = |row: &mut crate::rows::RowWriter<'_>| {
            if !kind.raw.is_empty() {
                row.raw(|out| xml::write(&kind.raw, values, data, out));
            }
            if kind.host {
                row.host(computer);
            }
            run_columns(&kind.steps, values, data, |field, column, value| match &field.source {
                Source::Literal(text) => row.add(column, text),
                Source::Slot(_) => row.write(column, |out| write_value(field, value, out)),
            });
        };
        rows.push_row(number, when, fill, sink);
    }
}

impl Kind {
    /// The number of its type, after making sure that the columns in its steps are those of the type.
    fn bind(&mut self, rows: &mut Rows<'_>) -> usize {
        let generation = rows.generation();
        if let Some((known, at)) = self.at
            && known == generation
        {
            return at;
        }
        let at = rows.type_at(&self.event);
        for step in &mut self.steps {
            if let Step::Field { field, column, .. } = step {
                *column = rows.column_at(at, &field.name).unwrap_or(usize::MAX);
            }
        }
        self.at = Some((generation, at));
        at
    }
}

/// What is left of a record's shape while the layouts are put together.
struct Shape<'s> {
    left: &'s [u32],
    instances: u16,
}

impl Shape<'_> {
    /// Adds the steps of the next instance and of those in it.
    fn flatten(&mut self, layouts: &Layouts, out: &mut Vec<Step>) -> Option<()> {
        let (layout, left) = self.left.split_first()?;
        self.left = left;
        if *layout == NONE {
            return Some(());
        }
        let layout: &Layout = layouts.get(*layout as usize)?;
        let instance = self.instances;
        self.instances = instance.checked_add(1)?;
        // Where steps that depend on something end, innermost last: at which step of the layout, and for which step.
        let mut open: Vec<(usize, usize)> = Vec::new();
        for (at, op) in layout.ops.iter().enumerate() {
            close(&mut open, at, out);
            match op {
                Op::Depends { slot, skip } => {
                    open.push((at + 1 + skip, out.len()));
                    out.push(Step::Depends { instance, slot: *slot, skip: 0 });
                }
                Op::Nested => self.flatten(layouts, out)?,
                Op::Field(field) => out.push(Step::Field { instance, field: field.clone(), column: 0 }),
            }
        }
        close(&mut open, layout.ops.len(), out);
        Some(())
    }
}

/// Ends what ends before step `at` of a layout.
fn close(open: &mut Vec<(usize, usize)>, at: usize, out: &mut [Step]) {
    while let Some((_, step)) = open.pop_if(|(end, _)| *end <= at) {
        let length = out.len() - step - 1;
        if let Some(Step::Depends { skip, .. }) = out.get_mut(step) {
            *skip = length;
        }
    }
}

/// The steps with the fields that are wanted, and those that these depend on.
fn keep(steps: &[Step], wanted: &dyn Fn(&FieldOp) -> bool) -> Vec<Step> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(step) = steps.get(at) {
        at += 1;
        match step {
            Step::Field { field, .. } if wanted(field) => out.push(step.clone()),
            Step::Field { .. } => {}
            Step::Depends { instance, slot, skip } => {
                let end = (at + skip).min(steps.len());
                let inner = keep(&steps[at..end], wanted);
                at = end;
                if !inner.is_empty() {
                    out.push(Step::Depends { instance: *instance, slot: *slot, skip: inner.len() });
                    out.extend(inner);
                }
            }
        }
    }
    out
}

/// Calls `each` for every field that the record has, with its value; `None` stands for a literal or a missing value.
fn run<'c>(
    steps: &[Step],
    values: &Values,
    data: &'c [u8],
    mut each: impl FnMut(&FieldOp, Option<Value<'c>>),
) {
    run_columns(steps, values, data, |field, _, value| each(field, value));
}

/// As [`run`], with the number of the column.
fn run_columns<'c>(
    steps: &[Step],
    values: &Values,
    data: &'c [u8],
    mut each: impl FnMut(&FieldOp, usize, Option<Value<'c>>),
) {
    let mut at = 0;
    while let Some(step) = steps.get(at) {
        at += 1;
        let (instance, field, column) = match step {
            Step::Depends { instance, slot, skip } => {
                if values.get(data, *instance, *slot).is_some_and(Value::is_null) {
                    at += skip;
                }
                continue;
            }
            Step::Field { instance, field, column } => (*instance, field, *column),
        };
        let value = match &field.source {
            Source::Literal(_) => None,
            Source::Slot(slot) => Some(values.get(data, instance, *slot).unwrap_or_default()),
        };
        match value.filter(|value| value.kind == kind::STRINGS) {
            Some(strings) => {
                for value in strings.strings() {
                    if is_there(field, values, data, instance, Some(value)) {
                        each(field, column, Some(value));
                    }
                }
            }
            None if is_there(field, values, data, instance, value) => each(field, column, value),
            None => {}
        }
    }
}

/// Whether the record has a field.
fn is_there(field: &FieldOp, values: &Values, data: &[u8], instance: u16, value: Option<Value<'_>>) -> bool {
    match &field.rule {
        Rule::Always => true,
        Rule::Attribute => value.is_none_or(|value| !value.is_empty()),
        Rule::Leaf { attributes: false, slots } if slots.is_empty() => true,
        Rule::Leaf { attributes, slots } => {
            let empty = match (&field.source, value) {
                (Source::Literal(text), _) => text.is_empty(),
                (_, value) => value.is_none_or(Value::is_empty),
            };
            let full = |slot: &u16| values.get(data, instance, *slot).is_some_and(|value| !value.is_empty());
            !empty || !(*attributes || slots.iter().any(full))
        }
    }
}

/// The text of a field's value.
fn text_of<'t>(field: &'t FieldOp, value: Option<Value<'_>>, out: &'t mut Vec<u8>) -> &'t str {
    match &field.source {
        Source::Literal(text) => text,
        Source::Slot(_) => {
            out.clear();
            write_value(field, value, out);
            std::str::from_utf8(out).unwrap_or_default()
        }
    }
}

/// Adds the text of a value of a field.
fn write_value(field: &FieldOp, value: Option<Value<'_>>, out: &mut Vec<u8>) {
    let start = out.len();
    if let Some(value) = value {
        value.write(out);
    }
    if field.trim {
        let text = out.get(start..).unwrap_or_default();
        let (end, blank) = (text.trim_ascii_end().len(), text.len() - text.trim_ascii_start().len());
        out.truncate(start + end);
        out.drain(start..start + blank.min(end));
    }
}
