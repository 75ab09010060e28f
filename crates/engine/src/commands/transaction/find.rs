//! Which events belong together. Events are seen newest first, so a transaction begins here with its end.

use super::Settings;
use crate::pipeline::nanoseconds;
use crate::value::cell_text;
use arrow_array::{Array, BooleanArray};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Cell};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Comparisons of an event with an open transaction, so that a search ends.
const MOST_WORK: usize = 500_000_000;

/// Transactions, and the rows that are in none. Rows are told by their numbers from the first that was taken.
#[derive(Default)]
pub(super) struct Found {
    pub(super) transactions: Vec<Done>,
    pub(super) orphans: Vec<u32>,
}

/// A transaction that takes no more events.
pub(super) struct Done {
    /// Newest first.
    pub(super) rows: Vec<u32>,
    /// A condition of the command has closed it.
    pub(super) closed: bool,
    /// Its start or its end is missing, or there were too many open ones.
    pub(super) evicted: bool,
    /// How many values of the fields its events have.
    pub(super) matches: usize,
}

/// A transaction that may take older events.
struct Open {
    rows: Vec<u32>,
    newest: Option<i64>,
    oldest: Option<i64>,
    values: Vec<Option<Box<str>>>,
    /// A bit for each field with a value.
    mask: u64,
    matches: usize,
    /// Its newest event is an end, or there is no condition for ends.
    ended: bool,
    /// When it took its newest row.
    touched: u64,
}

/// Why a transaction takes no more events.
#[derive(Clone, Copy, PartialEq)]
enum Why {
    /// Its start was found, it is as long as it may be, or has as many events as it may have.
    Closed {
        started: bool,
    },
    /// The end of an older one was found.
    OlderEnd,
    /// There are no more events.
    NoMore,
    TooManyOpen,
}

/// An event's part in the search for its transaction.
struct Event {
    row: u32,
    time: Option<i64>,
    values: Vec<Option<Box<str>>>,
    mask: u64,
    start: bool,
    end: bool,
}

pub(super) struct Finder<'s> {
    settings: &'s Settings,
    /// Number of the next row.
    row: u32,
    /// Time of the last row that had one.
    last: Option<i64>,
    open: FxHashMap<u64, Open>,
    by_value: FxHashMap<(usize, Box<str>), BTreeSet<u64>>,
    by_mask: FxHashMap<u64, BTreeSet<u64>>,
    by_touch: BTreeSet<(u64, u64)>,
    open_events: usize,
    next: u64,
    work: usize,
    found: Found,
}

impl<'s> Finder<'s> {
    pub(super) fn new(settings: &'s Settings) -> Self {
        Self {
            settings,
            row: 0,
            last: None,
            open: FxHashMap::default(),
            by_value: FxHashMap::default(),
            by_mask: FxHashMap::default(),
            by_touch: BTreeSet::new(),
            open_events: 0,
            next: 0,
            work: 0,
            found: Found::default(),
        }
    }

    /// Takes rows, newest first and after those that were taken before.
    pub(super) fn take(&mut self, rows: &Batch) -> Result<(), Box<Diagnostic>> {
        let starts = self.settings.starts.as_ref().map(|condition| condition.mask(rows));
        let ends = self.settings.ends.as_ref().map(|condition| condition.mask(rows));
        let holds = |mask: &Option<BooleanArray>, row: usize| {
            mask.as_ref().is_some_and(|m| m.is_valid(row) && m.value(row))
        };
        for row in 0..rows.rows() {
            let event = self.event(rows, row, holds(&starts, row), holds(&ends, row));
            self.last = event.time.or(self.last);
            self.take_in(event)?;
            let Some(next) = self.row.checked_add(1) else {
                return Err(Box::new(Diagnostic::error("engine/limit", "transaction has too many rows")));
            };
            self.row = next;
        }
        Ok(())
    }

    /// Closes what is open: there are no more rows.
    pub(super) fn end(&mut self) {
        let mut left: Vec<u64> = self.open.keys().copied().collect();
        left.sort_unstable();
        for id in left {
            let timed_out = self.open.get(&id).is_some_and(|open| self.too_old(open, self.last));
            self.close(id, if timed_out { Why::Closed { started: false } } else { Why::NoMore });
        }
    }

    /// Closes what is out of reach for rows that are older than those that were taken.
    pub(super) fn close_old(&mut self) {
        if self.settings.max_open.is_some() || self.settings.max_open_events.is_some() {
            // These count what is open, out of reach or not.
            return;
        }
        let old = self.open.iter().filter(|(_, open)| self.too_old(open, self.last)).map(|(id, _)| *id);
        for id in old.collect::<Vec<u64>>() {
            self.close(id, Why::Closed { started: false });
        }
    }

    /// What was found since this was asked before.
    pub(super) fn found(&mut self) -> Found {
        std::mem::take(&mut self.found)
    }

    /// Bytes that the open transactions take, about.
    pub(super) fn bytes(&self) -> usize {
        // Each stands in three indexes, and in one more for each of its values.
        self.open.len() * (240 + 160 * self.settings.fields.len()) + 4 * self.open_events
    }

    fn event(&self, rows: &Batch, row: usize, start: bool, end: bool) -> Event {
        let values: Vec<Option<Box<str>>> = self
            .settings
            .fields
            .iter()
            .map(|field| match rows.cell(field, row) {
                Cell::Null => None,
                cell => Some(cell_text(cell).into_boxed_str()),
            })
            .collect();
        let mask = (0..values.len()).filter(|i| values[*i].is_some()).fold(0, |mask, i| mask | 1 << i);
        Event { row: self.row, time: nanoseconds(rows.cell("_time", row)), values, mask, start, end }
    }

    fn take_in(&mut self, event: Event) -> Result<(), Box<Diagnostic>> {
        let loose = event.mask == 0 && !self.settings.fields.is_empty();
        if loose && (self.settings.unify_ends || !(event.start || event.end)) {
            self.found.orphans.push(event.row);
            return Ok(());
        }
        let fitting = self.fitting(&event, loose)?;
        let Some((first, others)) = fitting.split_first() else {
            self.begin(event);
            return Ok(());
        };
        // What is both a start and an end is the start of a transaction whose end is known, and an end otherwise.
        let known = self.open.get(first).is_some_and(|open| open.ended);
        if event.end && !(event.start && known) {
            self.close(*first, Why::OlderEnd);
            self.begin(event);
            return Ok(());
        }
        if self.settings.starts.is_none() && self.settings.ends.is_none() {
            for other in others {
                self.unite(*first, *other);
            }
        }
        self.join(*first, event);
        Ok(())
    }

    /// The open transactions that can take the event, the one that was touched last first. Those that are too old are
    /// closed on the way.
    fn fitting(&mut self, event: &Event, loose: bool) -> Result<Vec<u64>, Box<Diagnostic>> {
        let mut near: BTreeSet<u64> = BTreeSet::new();
        for (i, value) in event.values.iter().enumerate() {
            if let Some(ids) = value.as_ref().and_then(|v| self.by_value.get(&(i, v.clone()))) {
                near.extend(ids);
            }
        }
        self.work += near.len() + 1;
        let mut fitting = self.that_fit(event, near);
        if fitting.is_empty() {
            // Nothing shared and nothing against it.
            let free = |mask: u64| loose || mask == 0 || (!self.settings.connected && mask & event.mask == 0);
            let ids: Vec<u64> =
                self.by_mask.iter().filter(|(m, _)| free(**m)).flat_map(|(_, ids)| ids).copied().collect();
            self.work += ids.len();
            fitting = self.that_fit(event, ids);
            fitting.truncate(1);
        }
        if self.work > MOST_WORK {
            let message = format!("transaction compares events more than {MOST_WORK} times");
            return Err(Box::new(
                Diagnostic::error("engine/limit", message).help("narrow the search down, or use stats"),
            ));
        }
        Ok(fitting)
    }

    fn that_fit(&mut self, event: &Event, ids: impl IntoIterator<Item = u64>) -> Vec<u64> {
        let mut fit = Vec::new();
        for id in ids {
            let Some(open) = self.open.get(&id) else { continue };
            if self.too_old(open, event.time) {
                self.close(id, Why::Closed { started: false });
            } else if agree(&open.values, &event.values) {
                fit.push((std::cmp::Reverse(open.touched), id));
            }
        }
        fit.sort_unstable();
        fit.into_iter().map(|(_, id)| id).collect()
    }

    /// Whether events of this time and older ones are out of a transaction's reach.
    fn too_old(&self, open: &Open, time: Option<i64>) -> bool {
        let over = |from: Option<i64>, reached: &dyn Fn(i64) -> bool| {
            from.zip(time).is_some_and(|(from, time)| reached(from.saturating_sub(time)))
        };
        self.settings.max_span.is_some_and(|max| over(open.newest, &|span| span >= max.max(1)))
            || self.settings.max_pause.is_some_and(|max| over(open.oldest, &|pause| pause > max))
    }

    fn begin(&mut self, event: Event) {
        let id = self.next;
        self.next += 1;
        let ended = self.settings.ends.is_none() || event.end;
        let values = vec![None; event.values.len()];
        let open = Open {
            rows: Vec::new(),
            newest: event.time,
            oldest: event.time,
            values,
            mask: 0,
            matches: 0,
            ended,
            touched: id,
        };
        self.open.insert(id, open);
        self.by_mask.entry(0).or_default().insert(id);
        self.by_touch.insert((id, id));
        // What is a start and an end ends this one: its start is older.
        self.join(id, Event { start: event.start && !event.end, ..event });
        self.make_room(id);
    }

    fn join(&mut self, id: u64, event: Event) {
        let touched = self.next;
        self.next += 1;
        let Some(open) = self.open.get_mut(&id) else { return };
        let before = open.mask;
        open.rows.push(event.row);
        open.oldest = event.time.or(open.oldest);
        open.newest = open.newest.or(event.time);
        open.matches += event.mask.count_ones() as usize;
        for (i, value) in event.values.into_iter().enumerate() {
            if let (None, Some(value)) = (&open.values[i], value) {
                self.by_value.entry((i, value.clone())).or_default().insert(id);
                open.values[i] = Some(value);
                open.mask |= 1 << i;
            }
        }
        self.by_touch.remove(&(open.touched, id));
        self.by_touch.insert((touched, id));
        open.touched = touched;
        let (mask, count) = (open.mask, open.rows.len());
        self.open_events += 1;
        if mask != before {
            forget(&mut self.by_mask, &before, id);
            self.by_mask.entry(mask).or_default().insert(id);
        }
        if event.start {
            self.close(id, Why::Closed { started: true });
        } else if count >= self.settings.max_events {
            self.close(id, Why::Closed { started: false });
        }
    }

    /// Puts the events of another open transaction into one, when nothing speaks against it.
    fn unite(&mut self, id: u64, other: u64) {
        let (Some(mine), Some(theirs)) = (self.open.get(&id), self.open.get(&other)) else { return };
        let newest = mine.newest.max(theirs.newest);
        let span = newest.zip(mine.oldest.min(theirs.oldest)).map_or(0, |(n, o)| n.saturating_sub(o));
        if !agree(&mine.values, &theirs.values)
            || mine.rows.len() + theirs.rows.len() >= self.settings.max_events
            || self.settings.max_span.is_some_and(|max| span >= max.max(1))
        {
            return;
        }
        let Some(theirs) = self.take_out(other) else { return };
        let Some(mine) = self.open.get_mut(&id) else { return };
        let before = mine.mask;
        self.open_events += theirs.rows.len();
        mine.rows.extend(theirs.rows);
        mine.rows.sort_unstable();
        mine.newest = newest;
        mine.oldest = mine.oldest.min(theirs.oldest);
        mine.matches += theirs.matches;
        for (i, value) in theirs.values.into_iter().enumerate() {
            if let (None, Some(value)) = (&mine.values[i], value) {
                self.by_value.entry((i, value.clone())).or_default().insert(id);
                mine.values[i] = Some(value);
                mine.mask |= 1 << i;
            }
        }
        let mask = mine.mask;
        if mask != before {
            forget(&mut self.by_mask, &before, id);
            self.by_mask.entry(mask).or_default().insert(id);
        }
    }

    /// Evicts those that were touched longest ago while there are too many.
    fn make_room(&mut self, newest: u64) {
        let too_many = |finder: &Self| {
            finder.settings.max_open.is_some_and(|max| finder.open.len() > max)
                || finder.settings.max_open_events.is_some_and(|max| finder.open_events > max)
        };
        while too_many(self) {
            let Some((_, id)) = self.by_touch.first().copied().filter(|(_, id)| *id != newest) else {
                return;
            };
            self.close(id, Why::TooManyOpen);
        }
    }

    fn take_out(&mut self, id: u64) -> Option<Open> {
        let open = self.open.remove(&id)?;
        for (i, value) in open.values.iter().enumerate() {
            if let Some(value) = value {
                forget(&mut self.by_value, &(i, value.clone()), id);
            }
        }
        forget(&mut self.by_mask, &open.mask, id);
        self.by_touch.remove(&(open.touched, id));
        self.open_events -= open.rows.len();
        Some(open)
    }

    fn close(&mut self, id: u64, why: Why) {
        let Some(open) = self.take_out(id) else { return };
        let started = self.settings.starts.is_none() || why == Why::Closed { started: true };
        let evicted = !started || !open.ended || why == Why::TooManyOpen;
        let closed = !evicted && matches!(why, Why::Closed { .. });
        self.found.transactions.push(Done { rows: open.rows, closed, evicted, matches: open.matches });
    }
}

/// Whether no field has different values.
fn agree(a: &[Option<Box<str>>], b: &[Option<Box<str>>]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.is_none() || b.is_none() || a == b)
}

fn forget<K: std::hash::Hash + Eq>(index: &mut FxHashMap<K, BTreeSet<u64>>, key: &K, id: u64) {
    if let Some(ids) = index.get_mut(key) {
        ids.remove(&id);
        if ids.is_empty() {
            index.remove(key);
        }
    }
}
