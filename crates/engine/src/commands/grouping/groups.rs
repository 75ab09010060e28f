//! The groups and their states.

mod disk;

use super::{Call, Grouping, Input};
use crate::Value;
use crate::aggregations::{Moment, State};
use crate::memory::{Memory, Partitions, Rows};
use crate::pipeline::{Fold, Places, columns, compare, is_hidden, kind};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Cell, Column, FieldName};
use rustc_hash::FxHashMap;
use std::any::Any;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A row with several multivalue BY fields is in a group for every combination; more than this are refused.
const MOST_COMBINATIONS: usize = 10_000;

/// Groups of the rows seen so far.
pub(in crate::commands) struct Groups {
    grouping: Arc<Grouping>,
    slots: Vec<Slot>,
    index: FxHashMap<Box<[u8]>, u32>,
    all: Vec<Group>,
    /// The key that is looked up; kept for its memory.
    key: Vec<u8>,
    /// Slots that have seen a value that is no number.
    mixed: BTreeSet<usize>,
    /// First and last time of the rows, in nanoseconds; for sparklines.
    times: Option<(i64, i64)>,
    /// Bytes that the states took when they were last weighed.
    weighed: usize,
    /// Bytes that have gone into them since, at most.
    unweighed: usize,
    /// What did not fit into memory: BY values and states, by group.
    spilled: Option<Partitions>,
}

/// Bytes that go into states before they are weighed again.
const WEIGH_EVERY: usize = 64 << 20;

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

/// What groups hold.
pub(in crate::commands) struct Parts {
    /// A call's number and the result's name.
    pub(in crate::commands) slots: Vec<(usize, String)>,
    pub(in crate::commands) groups: Vec<Part>,
    /// First and last time of what sparklines have seen.
    pub(in crate::commands) times: Option<(i64, i64)>,
}

/// One group: the values of the BY fields, and a state for each slot that has seen something.
pub(in crate::commands) struct Part {
    pub(in crate::commands) by: Vec<Value>,
    pub(in crate::commands) states: Vec<Option<Box<dyn State>>>,
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
        Self {
            grouping,
            slots,
            index: FxHashMap::default(),
            all: Vec::new(),
            key: Vec::new(),
            mixed: BTreeSet::new(),
            times: None,
            weighed: 0,
            unweighed: 0,
            spilled: None,
        }
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
        let fill = grouping.fill.as_deref().map_or(Cell::Null, Cell::Text);
        let by: Vec<Option<Column>> =
            grouping.by.iter().map(|by| by.column(rows, &grouping.timezone)).collect();
        let needed: Vec<bool> = grouping.by.iter().map(|by| !by.keep_null).collect();
        let mut members = Vec::with_capacity(rows.rows());
        let mut key = Vec::new();
        for row in 0..rows.rows() {
            key.clear();
            let mut has_list = false;
            for column in &by {
                let cell = column.as_ref().map_or(Cell::Null, |column| column.cell(row));
                has_list |= matches!(cell, Cell::List(..));
                key.push(if cell == Cell::Null { fill } else { cell });
            }
            if key.iter().zip(&needed).any(|(cell, needed)| *needed && *cell == Cell::Null) {
                continue;
            }
            if has_list {
                for key in combinations(&key, grouping.split_once)? {
                    members.push((row as u32, self.group(&key)));
                }
            } else {
                members.push((row as u32, self.group(&key)));
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
                    self.unweighed += weight(cell);
                    let at = Moment { place: places.place(row), time: places.time(row) };
                    if grouping.all_numbers && !all_numbers(cell) {
                        self.mixed.insert(i);
                    }
                    if let (Some(_), Some(time)) = (&call.sparkline, at.time) {
                        let (first, last) = self.times.get_or_insert((time, time));
                        (*first, *last) = ((*first).min(time), (*last).max(time));
                    }
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
            .map(|slot| self.value(slot, states.get(slot).and_then(Option::as_deref)))
            .collect()
    }

    /// Names of the results.
    pub(in crate::commands) fn names(&self) -> Vec<String> {
        self.order().into_iter().map(|slot| self.name(&self.slots[slot])).collect()
    }

    /// Looks how much memory the states take, once enough has gone into them to make it worth the while.
    fn weigh_sometimes(&mut self) {
        if self.unweighed > WEIGH_EVERY {
            self.weigh();
        }
    }

    /// Forgets all rows but not the groups.
    pub(in crate::commands) fn reset(&mut self, group: u32) {
        if let Some(group) = self.all.get_mut(group as usize) {
            group.states.clear();
        }
    }

    /// The BY fields' values of each group.
    pub(in crate::commands) fn keys(&self) -> impl Iterator<Item = &[Value]> {
        self.all.iter().map(|group| group.by.as_slice())
    }

    /// Makes the group of all rows where there are no BY fields and no rows.
    pub(in crate::commands) fn begin(&mut self) {
        self.group(&[]);
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

    /// What a slot says, of a group that it has seen something of or not.
    fn value(&self, slot: usize, state: Option<&dyn State>) -> Value {
        let call = &self.grouping.calls[self.slots[slot].call];
        if call.aggregation.numeric && self.mixed.contains(&slot) {
            return Value::Null;
        }
        if let Some(state) = state {
            return state.value();
        }
        let mut state = call.state();
        state.settle(self.times);
        state.value()
    }

    /// Tells sparklines, once all rows are in, from when to when they go.
    pub(in crate::commands) fn settle(&mut self) {
        if self.times.is_some() {
            for state in self.all.iter_mut().flat_map(|group| &mut group.states).flatten() {
                state.settle(self.times);
            }
        }
    }

    /// What the groups hold, for commands that make a table of their own of it.
    pub(in crate::commands) fn parts(self) -> Parts {
        let order = self.order();
        let slots =
            order.iter().map(|slot| (self.slots[*slot].call, self.name(&self.slots[*slot]))).collect();
        let groups = self
            .all
            .into_iter()
            .map(|mut group| {
                group.states.resize_with(self.slots.len(), || None);
                let states = order.iter().map(|slot| group.states[*slot].take()).collect();
                Part { by: group.by, states }
            })
            .collect();
        Parts { slots, groups, times: self.times }
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

    /// The group of single values, none of them null.
    fn group(&mut self, by: &[Cell<'_>]) -> u32 {
        self.key.clear();
        for cell in by {
            match cell {
                // In no UTF-8 text either.
                Cell::Null => self.key.push(0xfe),
                cell => columns::with_text(*cell, |text| self.key.extend_from_slice(text.as_bytes())),
            }
            // In no UTF-8 text.
            self.key.push(0xff);
        }
        if let Some(found) = self.index.get(self.key.as_slice()) {
            let known = &mut self.all[*found as usize].by;
            for (mine, theirs) in known.iter_mut().zip(by) {
                // Values that are written alike are one group, whatever their types; which type stays must not
                // depend on which came first.
                if rank(*theirs) < kind(mine) {
                    *mine = (*theirs).into();
                }
            }
            return *found;
        }
        let new = self.all.len() as u32;
        self.unweighed += 2 * self.key.len();
        self.index.insert(self.key.as_slice().into(), new);
        self.all.push(Group { by: by.iter().map(|cell| (*cell).into()).collect(), states: Vec::new() });
        new
    }

    /// The groups in the order of their BY fields.
    fn sorted(&self) -> Vec<u32> {
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
        sorted
    }

    /// The table of results, sorted by the BY fields.
    pub(in crate::commands) fn table(mut self) -> Batch {
        if self.grouping.by.is_empty() && self.all.is_empty() {
            self.group(&[]);
        }
        self.settle();
        // Nothing is looked up any more, and columns of the values are made below: there need not be three of each.
        self.index = FxHashMap::default();
        let sorted = self.sorted();
        let mut out = Batch::new(sorted.len());
        for (i, by) in self.grouping.by.iter().enumerate() {
            let take = |group: &u32| std::mem::take(&mut self.all[*group as usize].by[i]);
            let values: Vec<Value> = sorted.iter().map(take).collect();
            out.set(by.field.as_str(), columns::column(&values));
        }
        for slot in self.order() {
            let values: Vec<Value> = sorted
                .iter()
                .map(|g| self.value(slot, self.all[*g as usize].states.get(slot).and_then(Option::as_deref)))
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
        self.states[slot].get_or_insert_with(|| call.state()).as_mut()
    }
}

/// A key for every combination of the values of multivalue cells.
fn combinations<'c>(key: &[Cell<'c>], once: bool) -> Result<Vec<Vec<Cell<'c>>>, Box<Diagnostic>> {
    let mut keys = vec![Vec::with_capacity(key.len())];
    for cell in key {
        let mut longer = Vec::new();
        for start in &keys {
            let from = longer.len();
            let mut values = Vec::new();
            match cell {
                Cell::Null => values.push(Cell::Null),
                cell => columns::each(*cell, |value| values.push(value)),
            }
            for value in values {
                if once && longer[from..].iter().any(|key: &Vec<Cell<'c>>| key.last() == Some(&value)) {
                    continue;
                }
                let mut key = start.clone();
                key.push(value);
                longer.push(key);
            }
            if longer.len() > MOST_COMBINATIONS {
                let message = format!("a row is in more than {MOST_COMBINATIONS} groups at once");
                let help = "name fewer multivalue fields after BY";
                return Err(Box::new(Diagnostic::error("engine/limit", message).help(help)));
            }
        }
        keys = longer;
    }
    Ok(keys)
}

/// The rank that [`kind`] gives to the cell's value.
fn rank(cell: Cell<'_>) -> u8 {
    match cell {
        Cell::Time(_) => 0,
        Cell::Int(_) => 1,
        Cell::Float(_) => 2,
        _ => 3,
    }
}

/// Whether every value of a cell is a number.
fn all_numbers(cell: Cell<'_>) -> bool {
    let mut all = true;
    columns::each(cell, |value| all &= columns::number(value).is_some());
    all
}

/// Bytes that a state which keeps the cell takes for it at most, about.
fn weight(cell: Cell<'_>) -> usize {
    match cell {
        Cell::Text(text) => text.len() + 64,
        Cell::List(values, from, to) => (from..to).map(|i| values.value(i).len() + 64).sum(),
        _ => 16,
    }
}

/// A group's value as a cell.
fn cell(value: &Value) -> Cell<'_> {
    match value {
        Value::Time(ns) => Cell::Time(*ns),
        Value::Int(i) => Cell::Int(*i),
        Value::Float(f) => Cell::Float(*f),
        Value::Text(text) => Cell::Text(text),
        Value::Null | Value::Bool(_) | Value::List(_) => Cell::Null,
    }
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
        self.add(rows)?;
        self.weigh_sometimes();
        Ok(())
    }

    fn merge(&mut self, other: Box<dyn Fold>) {
        let Ok(other) = other.into_any().downcast::<Self>() else { return };
        let Self { slots, all: theirs, weighed, unweighed, mixed, times, spilled, .. } = *other;
        match (&mut self.spilled, spilled) {
            (Some(mine), Some(theirs)) => mine.merge(theirs),
            (mine @ None, theirs) => *mine = theirs,
            (Some(_), None) => {}
        }
        self.unweighed += weighed + unweighed;
        self.times = match (self.times, times) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (mine, theirs) => mine.or(theirs),
        };
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
        self.mixed.extend(mixed.into_iter().map(|slot| places[slot]));
        let grouping = Arc::clone(&self.grouping);
        for Group { by, states } in theirs {
            let by: Vec<Cell<'_>> = by.iter().map(cell).collect();
            let group = self.group(&by) as usize;
            for (theirs, place) in states.into_iter().zip(&places) {
                if let Some(theirs) = theirs {
                    let call = &grouping.calls[self.slots[*place].call];
                    self.all[group].state(*place, call).merge(theirs);
                }
            }
        }
        self.weigh_sometimes();
    }

    fn finish(self: Box<Self>, memory: &Memory) -> Result<Rows, Box<Diagnostic>> {
        self.rows_of_table(memory)
    }

    fn rows(&self) -> usize {
        self.all.len()
    }

    fn bytes(&self) -> usize {
        self.weighed + self.unweighed
    }

    fn weigh(&mut self) {
        let keys: usize = self.index.keys().map(|key| 2 * key.len() + 64).sum();
        let states = self.all.iter().flat_map(|group| &group.states).flatten();
        self.weighed = keys + states.map(|state| state.size()).sum::<usize>();
        self.unweighed = 0;
    }

    fn spill(&mut self, memory: &Memory) -> Result<u64, Box<Diagnostic>> {
        self.write_out(memory)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
