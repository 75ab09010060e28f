//! The states of many groups.

use super::{Keeps, Moment, State};
use crate::Value;
use grotto_events::{Cell, Column};
use std::any::Any;

/// States of one aggregation, by the number of their group. Of a group that has seen nothing there is none.
pub trait States: Send {
    /// Takes in the value of a row of a group, as [`State::accumulate`].
    fn accumulate(&mut self, group: usize, cell: Cell<'_>, at: Moment);
    /// Takes in what a group of other states of the same aggregation has seen, which forget it.
    fn merge(&mut self, group: usize, others: &mut dyn States, theirs: usize);
    /// The result of a group so far; `None` of one that has seen nothing.
    fn value(&self, group: usize) -> Option<Value>;
    /// The results of groups as a column, where there is a way that does not make a [`Value`] of each.
    fn column(&self, groups: &[u32]) -> Option<Column> {
        let _ = groups;
        None
    }
    /// As [`State::settle`], for all groups.
    fn settle(&mut self, times: Option<(i64, i64)>);
    /// Bytes that they take, about.
    fn size(&self) -> usize;
    /// The part of these that is known at any time; it costs nothing to ask.
    fn known(&self) -> usize;
    /// Whether that is all.
    fn knows_all(&self) -> bool;
    /// Appends what groups have seen, one after the other.
    fn save(&self, groups: &[u32], out: &mut Vec<u8>);
    /// Takes in what [`save`](Self::save) gave, for groups in the same order; false when these are no such bytes.
    fn load(&mut self, groups: &[u32], saved: &[u8]) -> bool;
    /// The state of a group, which is forgotten.
    fn take(&mut self, group: usize) -> Option<Box<dyn State>>;
    /// For [`merge`](Self::merge).
    fn as_any(&mut self) -> &mut dyn Any;
}

/// States of one type, one beside the other.
pub(super) struct Many<T> {
    start: Box<dyn Fn() -> T + Send>,
    /// What a state keeps besides itself.
    keeps: Keeps,
    all: Vec<Option<T>>,
    /// Bytes that they keep besides themselves, where it is known at any time.
    kept: usize,
}

impl<T> Many<T> {
    /// No states; `start` makes one that has seen nothing, and `keeps` tells what it will keep.
    pub(super) fn new(keeps: Keeps, start: impl Fn() -> T + Send + 'static) -> Self {
        Self { start: Box::new(start), keeps, all: Vec::new(), kept: 0 }
    }
}

impl<T: State> Many<T> {
    /// Works on the state of a group.
    fn with<R>(&mut self, group: usize, work: impl FnOnce(&mut T) -> R) -> R {
        if group >= self.all.len() {
            self.all.resize_with(group + 1, || None);
        }
        let state = self.all[group].get_or_insert_with(&self.start);
        if self.keeps != Keeps::Known {
            return work(state);
        }
        let before = state.size();
        let result = work(state);
        self.kept = (self.kept + state.size()).saturating_sub(before);
        result
    }

    /// Takes in what a state of a group has seen.
    pub(super) fn put(&mut self, group: usize, seen: T)
    where
        T: 'static,
    {
        self.with(group, |state| state.merge(Box::new(seen)));
    }

    /// The state of a group, which is forgotten.
    fn remove(&mut self, group: usize) -> Option<T> {
        let state = self.all.get_mut(group)?.take()?;
        if self.keeps == Keeps::Known {
            self.kept = self.kept.saturating_sub(state.size());
        }
        Some(state)
    }
}

impl<T: State + 'static> States for Many<T> {
    fn accumulate(&mut self, group: usize, cell: Cell<'_>, at: Moment) {
        self.with(group, |state| state.accumulate(cell, at));
    }

    fn merge(&mut self, group: usize, others: &mut dyn States, theirs: usize) {
        let Some(others) = others.as_any().downcast_mut::<Self>() else { return };
        if let Some(theirs) = others.remove(theirs) {
            self.put(group, theirs);
        }
    }

    fn value(&self, group: usize) -> Option<Value> {
        self.all.get(group)?.as_ref().map(State::value)
    }

    fn settle(&mut self, times: Option<(i64, i64)>) {
        self.all.iter_mut().flatten().for_each(|state| state.settle(times));
    }

    fn known(&self) -> usize {
        self.all.capacity() * size_of::<Option<T>>() + self.kept
    }

    fn knows_all(&self) -> bool {
        self.keeps != Keeps::Many
    }

    fn size(&self) -> usize {
        let unknown = if self.knows_all() { [].as_slice() } else { self.all.as_slice() };
        self.known() + unknown.iter().flatten().map(State::size).sum::<usize>()
    }

    fn save(&self, groups: &[u32], out: &mut Vec<u8>) {
        let mut one = Vec::new();
        for group in groups {
            // Before each state stands how many bytes it has, and one more; before none a zero.
            let Some(state) = self.all.get(*group as usize).and_then(Option::as_ref) else {
                out.push(0);
                continue;
            };
            one.clear();
            state.save(&mut one);
            let mut length = one.len() + 1;
            while length >= 0x80 {
                out.push(length as u8 | 0x80);
                length >>= 7;
            }
            out.push(length as u8);
            out.extend_from_slice(&one);
        }
    }

    fn load(&mut self, groups: &[u32], mut saved: &[u8]) -> bool {
        for group in groups {
            let (mut length, mut shift) = (0_usize, 0);
            loop {
                let Some((byte, rest)) = saved.split_first() else { return false };
                saved = rest;
                length |= usize::from(byte & 0x7f).checked_shl(shift).unwrap_or_default();
                shift += 7;
                if byte & 0x80 == 0 {
                    break;
                }
            }
            let Some(length) = length.checked_sub(1) else { continue };
            let Some((state, rest)) = saved.split_at_checked(length) else { return false };
            saved = rest;
            if !self.with(*group as usize, |mine| mine.load(state)) {
                return false;
            }
        }
        saved.is_empty()
    }

    fn take(&mut self, group: usize) -> Option<Box<dyn State>> {
        Some(Box::new(self.remove(group)?))
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}
