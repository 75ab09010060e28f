//! The groups and their states.

mod disk;

use super::keys::{Keys, Numbers, Sorted};
use super::{Call, Grouping, Input};
use crate::Value;
use crate::aggregations::{Moment, State, States};
use crate::memory::{Memory, Parts as OnDisk, Rows};
use crate::pipeline::{Command, Fold, Places, columns, is_hidden};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Cell, Column, FieldName};
use std::any::Any;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A row with several multivalue BY fields is in a group for every combination; more than this are refused.
const MOST_COMBINATIONS: usize = 10_000;

/// Groups of the rows seen so far.
pub(in crate::commands) struct Groups {
    grouping: Arc<Grouping>,
    slots: Vec<Slot>,
    /// For each slot the states of groups.
    states: Vec<Box<dyn States>>,
    keys: Keys,
    /// Slots that have seen a value that is no number.
    mixed: BTreeSet<usize>,
    /// First and last time of the rows, in nanoseconds; for sparklines.
    times: Option<(i64, i64)>,
    /// Bytes that the states took when they were last weighed.
    weighed: usize,
    /// Bytes that have gone into them since, at most.
    unweighed: usize,
    /// What did not fit into memory, by group.
    spilled: Option<OnDisk>,
    /// Bytes that it took when it was there, about.
    took: usize,
    /// Rows of the table that matter; `None` for all.
    first: Option<usize>,
    /// Groups whose first BY value is a later time are not among these.
    until: Option<i64>,
    /// Groups that were left when it was last asked which ones matter.
    asked: usize,
}

/// Bytes that go into states before they are weighed again.
const WEIGH_EVERY: usize = 64 << 20;

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
        let plain = (0..grouping.calls.len()).filter(|call| grouping.calls[*call].output.is_plain());
        let slots: Vec<Slot> = plain.map(|call| Slot { call, field: None }).collect();
        Self {
            states: slots.iter().map(|slot| grouping.calls[slot.call].states()).collect(),
            keys: Keys::new(grouping.by.len()),
            grouping,
            slots,
            mixed: BTreeSet::new(),
            times: None,
            weighed: 0,
            unweighed: 0,
            spilled: None,
            took: 0,
            first: None,
            until: None,
            asked: 0,
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
        let columns: Vec<Option<Column>> =
            grouping.by.iter().map(|by| by.column(rows, &grouping.timezone)).collect();
        let has = |row: u32| {
            grouping.by.iter().zip(&columns).all(|(by, column)| {
                let there = || column.as_ref().is_some_and(|column| !column.array().is_null(row as usize));
                by.keep_null || grouping.fill.is_some() || there()
            })
        };
        let late = |row: u32| match (self.until, columns.first()) {
            (Some(until), Some(Some(times))) => {
                matches!(times.cell(row as usize), Cell::Time(time) if time > until)
            }
            _ => false,
        };
        let rows: Vec<u32> = (0..rows.rows() as u32).filter(|row| has(*row) && !late(*row)).collect();
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let before = self.keys.bytes();
        let number = |(field, column): (usize, &Option<Column>)| {
            self.keys.numbers(field, column.as_ref(), grouping.fill.as_deref(), &rows)
        };
        let by: Vec<Numbers> = columns.iter().enumerate().map(number).collect();
        let mut members = Vec::with_capacity(rows.len());
        let mut key = Vec::with_capacity(by.len());
        for (at, row) in rows.into_iter().enumerate() {
            key.clear();
            let mut several = false;
            for numbers in &by {
                let numbers = numbers.of_row(at);
                several |= numbers.len() > 1;
                key.extend(numbers.first());
            }
            let first = members.len();
            if several {
                for key in combinations(&by, at, grouping.split_once)? {
                    members.push((row, self.keys.group(&key)));
                }
            } else {
                members.push((row, self.keys.group(&key)));
            }
            for (field, numbers) in by.iter().enumerate() {
                let kind = numbers.kind(at);
                members[first..].iter().for_each(|(_, group)| self.keys.mark(*group, field, kind));
            }
        }
        self.unweighed += self.keys.bytes() - before;
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
            let states = &mut self.states[i];
            let known = states.known();
            let asks = !states.knows_all();
            for (row, group) in members {
                let row = *row as usize;
                let cell = match &source {
                    Source::Rows => Cell::Int(1),
                    Source::Column(column) => column.cell(row),
                    Source::Made(column) => column.cell(row),
                    Source::Nothing => break,
                };
                if cell != Cell::Null {
                    if asks {
                        self.unweighed += weight(cell);
                    }
                    let at = Moment { place: places.place(row), time: places.time(row) };
                    if grouping.all_numbers && !all_numbers(cell) {
                        self.mixed.insert(i);
                    }
                    if let (Some(_), Some(time)) = (&call.sparkline, at.time) {
                        let (first, last) = self.times.get_or_insert((time, time));
                        (*first, *last) = ((*first).min(time), (*last).max(time));
                    }
                    states.accumulate(*group as usize, cell, at);
                }
            }
            self.unweighed = (self.unweighed + states.known()).saturating_sub(known);
        }
    }

    /// The group's results so far, in the order of [`names`](Self::names).
    pub(in crate::commands) fn values(&self, group: u32) -> Vec<Value> {
        self.order().into_iter().map(|slot| self.value(slot, group)).collect()
    }

    /// The results of groups so far, in the order of [`names`](Self::names).
    pub(in crate::commands) fn columns(&self, groups: &[u32]) -> Vec<Column> {
        self.order().into_iter().map(|slot| self.column(slot, groups)).collect()
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
        self.states.iter_mut().for_each(|states| drop(states.take(group as usize)));
    }

    /// The different values of a BY field.
    pub(in crate::commands) fn by_values(&self, field: usize) -> Vec<Value> {
        self.keys.values(field)
    }

    /// Makes the group of all rows where there are no BY fields and no rows.
    pub(in crate::commands) fn begin(&mut self) {
        self.keys.group(&[]);
    }

    /// Number of groups.
    pub(in crate::commands) fn len(&self) -> usize {
        self.keys.len()
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

    /// What a slot says of a group.
    fn value(&self, slot: usize, group: u32) -> Value {
        let call = &self.grouping.calls[self.slots[slot].call];
        if call.aggregation.numeric && self.mixed.contains(&slot) {
            return Value::Null;
        }
        self.states[slot].value(group as usize).unwrap_or_else(|| {
            let mut state = call.state();
            state.settle(self.times);
            state.value()
        })
    }

    /// What a slot says of groups.
    fn column(&self, slot: usize, groups: &[u32]) -> Column {
        self.states[slot].column(groups).unwrap_or_else(|| {
            let values: Vec<Value> = groups.iter().map(|group| self.value(slot, *group)).collect();
            columns::column(&values)
        })
    }

    /// Tells sparklines, once all rows are in, from when to when they go.
    pub(in crate::commands) fn settle(&mut self) {
        if self.times.is_some() {
            self.states.iter_mut().for_each(|states| states.settle(self.times));
        }
    }

    /// What the groups hold, for commands that make a table of their own of it.
    pub(in crate::commands) fn parts(mut self) -> Parts {
        let order = self.order();
        let slots =
            order.iter().map(|slot| (self.slots[*slot].call, self.name(&self.slots[*slot]))).collect();
        let mut part = |(group, by)| {
            let states = order.iter().map(|slot| self.states[*slot].take(group)).collect();
            Part { by, states }
        };
        let groups = self.keys.iter().enumerate().map(&mut part).collect();
        Parts { slots, groups, times: self.times }
    }

    /// The slot of a call and field; made if there is none.
    fn slot(&mut self, slot: Slot) -> usize {
        self.slots.iter().position(|mine| *mine == slot).unwrap_or_else(|| {
            self.states.push(self.grouping.calls[slot.call].states());
            self.slots.push(slot);
            self.slots.len() - 1
        })
    }

    /// Drops groups that can't be among the first ones that matter, once there are many more.
    fn drop_late(&mut self) {
        let Some(first) = self.first else { return };
        let many = first.saturating_add(1).max(self.asked).saturating_mul(2);
        if self.len() < many {
            return;
        }
        self.asked = self.len();
        // The table is sorted by the first BY field first. Times are written alike by no other type that would take
        // their place, so the order of two times stays.
        let Some(times) = self.keys.times(0) else { return };
        let mut sorted = times.clone();
        let (_, until, _) = sorted.select_nth_unstable(first.min(times.len() - 1));
        let until = *until;
        let left: Vec<u32> =
            (0..times.len() as u32).filter(|group| times[*group as usize] <= until).collect();
        self.until = self.until.into_iter().chain([until]).min();
        if left.len() == times.len() {
            return;
        }
        let mut groups = self.empty();
        groups.asked = left.len();
        (groups.spilled, groups.took) = (self.spilled.take(), self.took);
        groups.keys = self.keys.kept(&left);
        for (mine, theirs) in groups.states.iter_mut().zip(&mut self.states) {
            for (group, old) in left.iter().enumerate() {
                mine.merge(group, theirs.as_mut(), *old as usize);
            }
        }
        groups.weigh();
        *self = groups;
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
                self.slot(Slot { call: index, field: Some(Arc::clone(name)) });
            }
        }
    }

    /// The groups in the order of their BY fields, now that all are there.
    fn sorted(&mut self) -> Sorted {
        if self.grouping.by.is_empty() && self.len() == 0 {
            self.begin();
        }
        self.settle();
        self.keys.sorted()
    }

    /// The table of results, sorted by the BY fields.
    pub(in crate::commands) fn table(mut self) -> Batch {
        let sorted = self.sorted();
        self.table_of(sorted)
    }

    fn table_of(mut self, sorted: Sorted) -> Batch {
        // The columns have the values: they need not be there twice.
        self.keys = Keys::default();
        let mut out = Batch::new(sorted.groups.len());
        for (by, column) in self.grouping.by.iter().zip(sorted.columns) {
            out.set(by.field.as_str(), column);
        }
        for slot in self.order() {
            let made = self.column(slot, &sorted.groups);
            out.set(self.name(&self.slots[slot]).as_str(), made);
            // Likewise.
            self.states[slot] = self.grouping.calls[self.slots[slot].call].states();
        }
        out
    }
}

/// A key for every combination of a row's values.
fn combinations(by: &[Numbers], row: usize, once: bool) -> Result<Vec<Vec<u32>>, Box<Diagnostic>> {
    let mut keys = vec![Vec::with_capacity(by.len())];
    for numbers in by {
        let mut longer = Vec::new();
        for start in &keys {
            let from = longer.len();
            for number in numbers.of_row(row) {
                if once && longer[from..].iter().any(|key: &Vec<u32>| key.last() == Some(number)) {
                    continue;
                }
                let mut key: Vec<u32> = start.clone();
                key.push(*number);
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
        self.drop_late();
        Ok(())
    }

    fn keep_first(&mut self, rows: usize) {
        // What is said of a group must not depend on those that are dropped.
        self.first = self.grouping.is_apart().then_some(rows);
    }

    fn merge(&mut self, other: Box<dyn Fold>) {
        let Ok(other) = other.into_any().downcast::<Self>() else { return };
        let Self { slots, mut states, keys, weighed, unweighed, mixed, times, spilled, took, until, .. } =
            *other;
        self.until = self.until.into_iter().chain(until).min();
        match (&mut self.spilled, spilled) {
            (Some(mine), Some(theirs)) => mine.merge(theirs),
            (mine @ None, theirs) => *mine = theirs,
            (Some(_), None) => {}
        }
        self.took += took;
        self.unweighed += weighed + unweighed;
        self.times = match (self.times, times) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (mine, theirs) => mine.or(theirs),
        };
        // Where each of the other's slots is here.
        let places: Vec<usize> = slots.into_iter().map(|slot| self.slot(slot)).collect();
        self.mixed.extend(mixed.into_iter().map(|slot| places[slot]));
        let groups = self.keys.merge(&keys);
        drop(keys);
        for (theirs, place) in states.iter_mut().zip(&places) {
            let mine = &mut self.states[*place];
            for (other, group) in groups.iter().enumerate() {
                mine.merge(*group as usize, theirs.as_mut(), other);
            }
        }
        self.weigh_sometimes();
        self.drop_late();
    }

    fn finish(
        self: Box<Self>,
        memory: &Memory,
        next: &[Box<dyn Command>],
    ) -> Result<(Rows, usize), Box<Diagnostic>> {
        self.rows_of_table(memory, next)
    }

    fn rows(&self) -> usize {
        self.keys.len()
    }

    fn bytes(&self) -> usize {
        self.weighed + self.unweighed
    }

    fn spilled(&self) -> usize {
        self.took
    }

    fn weigh(&mut self) {
        self.weighed = self.keys.bytes() + self.states.iter().map(|states| states.size()).sum::<usize>();
        self.unweighed = 0;
    }

    fn spill(&mut self, memory: &Memory) -> Result<u64, Box<Diagnostic>> {
        self.write_out(memory)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
