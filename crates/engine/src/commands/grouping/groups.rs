//! The groups and their states.

use super::{Call, Grouping, Input};
use crate::Value;
use crate::aggregations::{Moment, State};
use crate::pipeline::{Fold, Places, columns, compare, is_hidden, kind};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Cell, Column, FieldName};
use rustc_hash::FxHashMap;
use std::any::Any;
use std::cmp::Ordering;
use std::sync::Arc;

/// A row with several multivalue BY fields is in a group for every combination; more than this are refused.
const MOST_COMBINATIONS: usize = 10_000;

/// Groups of the rows seen so far.
pub(in crate::commands) struct Groups {
    grouping: Arc<Grouping>,
    slots: Vec<Slot>,
    index: FxHashMap<Box<[u8]>, u32>,
    all: Vec<Group>,
}

struct Group {
    by: Vec<Value>,
    /// One for each slot; shorter when later slots have seen nothing of the group.
    states: Vec<Option<Box<dyn State>>>,
}

/// A column of results: a call, and the field for calls with wildcards.
#[derive(Clone, PartialEq)]
struct Slot {
    call: usize,
    field: Option<FieldName>,
}

/// What a slot reads of a batch.
enum Source<'b> {
    Rows,
    Column(&'b Column),
    Made(Column),
    Nothing,
}

/// A row and a group that it is in.
pub(in crate::commands) type Member = (u32, u32);

impl Groups {
    pub(in crate::commands) fn new(grouping: Arc<Grouping>) -> Self {
        let slots = (0..grouping.calls.len())
            .filter(|call| grouping.calls[*call].output.is_plain())
            .map(|call| Slot { call, field: None })
            .collect();
        Self { grouping, slots, index: FxHashMap::default(), all: Vec::new() }
    }

    /// Takes in rows and says which groups they are in, ordered by row.
    pub(in crate::commands) fn add(&mut self, rows: &Batch) -> Result<Vec<Member>, Box<Diagnostic>> {
        let members = self.members(rows)?;
        self.aggregate(rows, &members);
        Ok(members)
    }

    /// Which groups the rows are in; makes new groups.
    pub(in crate::commands) fn members(&mut self, rows: &Batch) -> Result<Vec<Member>, Box<Diagnostic>> {
        let grouping = Arc::clone(&self.grouping);
        let by: Vec<Option<Column>> =
            grouping.by.iter().map(|by| by.column(rows, &grouping.timezone)).collect();
        let mut members = Vec::with_capacity(rows.rows());
        let mut keys: Vec<Vec<Value>> = Vec::new();
        for row in 0..rows.rows() {
            keys.clear();
            keys.push(Vec::with_capacity(by.len()));
            for column in &by {
                let cell = column.as_ref().map_or(Cell::Null, |column| column.cell(row));
                extend(&mut keys, cell, grouping.fill.as_deref())?;
            }
            for key in keys.drain(..) {
                members.push((row as u32, self.group(key)));
            }
        }
        Ok(members)
    }

    /// Takes in rows of known groups.
    pub(in crate::commands) fn aggregate(&mut self, rows: &Batch, members: &[Member]) {
        self.open_slots(rows);
        let places = Places::of(rows);
        let grouping = Arc::clone(&self.grouping);
        for (i, slot) in self.slots.iter().enumerate() {
            let call = &grouping.calls[slot.call];
            let source = source(call, slot, rows);
            for (row, group) in members {
                let row = *row as usize;
                let cell = match &source {
                    Source::Rows => Cell::Int(1),
                    Source::Column(column) => column.cell(row),
                    Source::Made(column) => column.cell(row),
                    Source::Nothing => break,
                };
                if cell != Cell::Null {
                    let at = Moment { place: places.place(row), time: places.time(row) };
                    self.all[*group as usize].state(i, call).accumulate(cell, at);
                }
            }
        }
    }

    /// The group's results so far, in the order of [`names`](Self::names).
    pub(in crate::commands) fn values(&self, group: u32) -> Vec<Value> {
        let states = self.all.get(group as usize).map(|group| group.states.as_slice()).unwrap_or_default();
        self.order()
            .into_iter()
            .map(|slot| match states.get(slot).and_then(Option::as_ref) {
                Some(state) => state.value(),
                None => self.fresh(slot).value(),
            })
            .collect()
    }

    /// Names of the results.
    pub(in crate::commands) fn names(&self) -> Vec<String> {
        self.order().into_iter().map(|slot| self.name(&self.slots[slot])).collect()
    }

    /// Forgets all rows but not the groups.
    pub(in crate::commands) fn reset(&mut self, group: u32) {
        if let Some(group) = self.all.get_mut(group as usize) {
            group.states.clear();
        }
    }

    /// Number of groups.
    pub(in crate::commands) fn len(&self) -> usize {
        self.all.len()
    }

    /// Slots in the order of calls, those of one call with wildcards by field.
    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.slots.len()).collect();
        order.sort_by(|a, b| {
            let (a, b) = (&self.slots[*a], &self.slots[*b]);
            (a.call, &a.field).cmp(&(b.call, &b.field))
        });
        order
    }

    fn name(&self, slot: &Slot) -> String {
        let call = &self.grouping.calls[slot.call];
        match (&slot.field, &call.input) {
            (Some(field), Input::Field(pattern)) => {
                call.output.fill(&pattern.captures(field).unwrap_or_default())
            }
            _ => call.output.text().to_string(),
        }
    }

    fn fresh(&self, slot: usize) -> Box<dyn State> {
        let call = &self.grouping.calls[self.slots[slot].call];
        (call.aggregation.start)(call.number)
    }

    /// Makes slots for the fields of a batch that calls with wildcards take.
    fn open_slots(&mut self, rows: &Batch) {
        let grouping = Arc::clone(&self.grouping);
        for (index, call) in grouping.calls.iter().enumerate() {
            let Input::Field(pattern) = &call.input else { continue };
            if pattern.is_plain() {
                continue;
            }
            let is_by = |name: &str| grouping.by.iter().any(|by| by.field == name);
            for name in rows.names().filter(|n| !is_hidden(n) && pattern.matches(n) && !is_by(n)) {
                let slot = Slot { call: index, field: Some(Arc::clone(name)) };
                if !self.slots.contains(&slot) {
                    self.slots.push(slot);
                }
            }
        }
    }

    /// The group of a key.
    fn group(&mut self, by: Vec<Value>) -> u32 {
        let mut key = Vec::new();
        for value in &by {
            match value {
                Value::Text(text) => key.extend_from_slice(text.as_bytes()),
                other => key.extend_from_slice(other.text().as_bytes()),
            }
            // In no UTF-8 text.
            key.push(0xff);
        }
        if let Some(found) = self.index.get(key.as_slice()) {
            let known = &mut self.all[*found as usize].by;
            for (mine, theirs) in known.iter_mut().zip(by) {
                // Values that are written alike are one group, whatever their types; which type stays must not
                // depend on which came first.
                if kind(&theirs) < kind(mine) {
                    *mine = theirs;
                }
            }
            return *found;
        }
        let new = self.all.len() as u32;
        self.index.insert(key.into_boxed_slice(), new);
        self.all.push(Group { by, states: Vec::new() });
        new
    }

    /// The table of results, sorted by the BY fields.
    pub(in crate::commands) fn table(mut self) -> Batch {
        if self.grouping.by.is_empty() && self.all.is_empty() {
            self.group(Vec::new());
        }
        let mut sorted: Vec<u32> = (0..self.all.len() as u32).collect();
        let key = |group: &u32| &self.all[*group as usize].by;
        sorted.sort_by(|a, b| {
            key(a)
                .iter()
                .zip(key(b))
                .map(|(x, y)| compare(x, y))
                .find(|o| o.is_ne())
                .unwrap_or(Ordering::Equal)
        });
        let mut out = Batch::new(sorted.len());
        for (i, by) in self.grouping.by.iter().enumerate() {
            let values: Vec<Value> = sorted.iter().map(|g| self.all[*g as usize].by[i].clone()).collect();
            out.set(by.field.as_str(), columns::column(&values));
        }
        for slot in self.order() {
            let values: Vec<Value> = sorted
                .iter()
                .map(|g| match self.all[*g as usize].states.get(slot).and_then(Option::as_ref) {
                    Some(state) => state.value(),
                    None => self.fresh(slot).value(),
                })
                .collect();
            out.set(self.name(&self.slots[slot]).as_str(), columns::column(&values));
        }
        out
    }
}

impl Group {
    fn state(&mut self, slot: usize, call: &Call) -> &mut dyn State {
        if self.states.len() <= slot {
            self.states.resize_with(slot + 1, || None);
        }
        self.states[slot].get_or_insert_with(|| (call.aggregation.start)(call.number)).as_mut()
    }
}

/// Continues each key with the values of a cell; no key is left when the row is in no group.
fn extend(keys: &mut Vec<Vec<Value>>, cell: Cell<'_>, fill: Option<&str>) -> Result<(), Box<Diagnostic>> {
    match (cell, fill) {
        (Cell::Null, None) => keys.clear(),
        (Cell::Null, Some(fill)) => keys.iter_mut().for_each(|key| key.push(Value::Text(fill.to_owned()))),
        (Cell::List(values, from, to), _) => {
            if keys.len().saturating_mul(to - from) > MOST_COMBINATIONS {
                let message = format!("a row is in more than {MOST_COMBINATIONS} groups at once");
                return Err(Box::new(
                    Diagnostic::error("engine/limit", message).help("name fewer multivalue fields after BY"),
                ));
            }
            let old = std::mem::take(keys);
            for key in old {
                for i in from..to {
                    let mut next = key.clone();
                    next.push(Value::Text(values.value(i).to_owned()));
                    keys.push(next);
                }
            }
        }
        (one, _) => keys.iter_mut().for_each(|key| key.push(one.into())),
    }
    Ok(())
}

fn source<'b>(call: &Call, slot: &Slot, rows: &'b Batch) -> Source<'b> {
    match &call.input {
        Input::Rows => Source::Rows,
        Input::Field(pattern) => {
            rows.column(slot.field.as_ref().unwrap_or(pattern.text())).map_or(Source::Nothing, Source::Column)
        }
        Input::Eval(expression) => {
            // Counting a condition counts the rows for which it is true.
            let boolean = (0..rows.rows())
                .map(|row| expression.value(rows, row))
                .find(|value| !value.is_null())
                .is_some_and(|value| matches!(value, Value::Bool(_)));
            if boolean {
                let mask = expression.mask(rows);
                let one = |row| (mask.value(row)).then_some(1);
                return Source::Made(Column::Int((0..rows.rows()).map(one).collect()));
            }
            expression.column(rows).map_or(Source::Nothing, Source::Made)
        }
    }
}

impl Fold for Groups {
    fn accumulate(&mut self, rows: &Batch) -> Result<(), Box<Diagnostic>> {
        self.add(rows).map(drop)
    }

    fn merge(&mut self, other: Box<dyn Fold>) {
        let Ok(other) = other.into_any().downcast::<Self>() else { return };
        let Self { slots, all: theirs, .. } = *other;
        // Where each of the other's slots is here.
        let places: Vec<usize> = slots
            .into_iter()
            .map(|slot| {
                self.slots.iter().position(|mine| *mine == slot).unwrap_or_else(|| {
                    self.slots.push(slot);
                    self.slots.len() - 1
                })
            })
            .collect();
        let grouping = Arc::clone(&self.grouping);
        for Group { by, states } in theirs {
            let group = self.group(by) as usize;
            for (theirs, place) in states.into_iter().zip(&places) {
                if let Some(theirs) = theirs {
                    let call = &grouping.calls[self.slots[*place].call];
                    self.all[group].state(*place, call).merge(theirs);
                }
            }
        }
    }

    fn finish(self: Box<Self>) -> Batch {
        self.table()
    }

    fn rows(&self) -> usize {
        self.all.len()
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
