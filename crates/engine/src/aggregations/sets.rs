//! The different values of many groups: states of `values` and `dc`.

use super::{Merge, Moment, State, States};
use crate::Value;
use crate::pipeline::columns;
use crate::texts::Texts;
use grotto_events::{Cell, Column};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use std::any::Any;
use std::marker::PhantomData;

/// Stands for no number.
const NONE: u32 = u32::MAX;

/// A state that keeps different texts.
pub(super) trait OfTexts: Merge {
    /// One that has seen these.
    fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Self;
    /// What it says of these, each of which is there once.
    fn result<'t>(texts: impl Iterator<Item = &'t str>) -> Value;
    /// What it says of groups that have these.
    fn results<'t>(groups: impl ExactSizeIterator<Item = Vec<&'t str>>) -> Column;
}

/// The texts of each group. A text that many groups have is kept once, and a group is mostly few numbers.
pub(super) struct Sets<T> {
    texts: Texts,
    groups: Vec<Set>,
    /// Bytes of what groups keep besides their [`Set`].
    more: usize,
    /// For texts of these their numbers in the states that they are merged into.
    moved: Vec<u32>,
    _state: PhantomData<fn() -> T>,
}

/// Numbers of texts.
enum Set {
    /// These, but for [`NONE`].
    Few([u32; 3]),
    More(Box<FxHashSet<u32>>),
}

/// The sets of some groups, as they are saved.
#[derive(Serialize, Deserialize)]
struct Saved<'a> {
    #[serde(borrow)]
    texts: Vec<&'a str>,
    /// How many each group has.
    counts: Vec<u32>,
    /// Which these are.
    numbers: Vec<u32>,
}

impl Default for Set {
    fn default() -> Self {
        Self::Few([NONE; 3])
    }
}

impl Set {
    fn insert(&mut self, number: u32) {
        match self {
            Self::Few(few) => match few.iter_mut().find(|mine| **mine == number || **mine == NONE) {
                Some(place) => *place = number,
                None => *self = Self::More(Box::new(few.iter().copied().chain([number]).collect())),
            },
            Self::More(more) => {
                more.insert(number);
            }
        }
    }

    fn numbers(&self) -> impl Iterator<Item = u32> {
        let (few, more) = match self {
            Self::Few(few) => (few.as_slice(), None),
            Self::More(more) => ([].as_slice(), Some(more)),
        };
        few.iter()
            .filter(|number| **number != NONE)
            .chain(more.into_iter().flat_map(|more| more.iter()))
            .copied()
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Few([NONE, ..]))
    }

    /// The number that came first, if it has not moved since.
    fn first(&self) -> u32 {
        if let Self::Few([first, ..]) = self { *first } else { NONE }
    }

    /// Bytes that it keeps besides itself, about: a table has room for an eighth more than it says, and a byte for each.
    fn more(&self) -> usize {
        match self {
            Self::Few(_) => 0,
            Self::More(more) => {
                size_of::<FxHashSet<u32>>() + more.capacity() * 8 / 7 * (size_of::<u32>() + 1)
            }
        }
    }
}

impl<T: OfTexts> Sets<T> {
    /// Of no groups.
    pub(super) fn start() -> Box<dyn States> {
        Box::new(Self {
            texts: Texts::default(),
            groups: Vec::new(),
            more: 0,
            moved: Vec::new(),
            _state: PhantomData,
        })
    }

    fn insert(&mut self, group: usize, number: u32) {
        if group >= self.groups.len() {
            self.groups.resize_with(group + 1, Set::default);
        }
        let set = &mut self.groups[group];
        let before = set.more();
        set.insert(number);
        self.more += set.more() - before;
    }

    /// The set of a group, which is forgotten.
    fn remove(&mut self, group: usize) -> Option<Set> {
        let set = std::mem::take(self.groups.get_mut(group)?);
        self.more -= set.more();
        (!set.is_empty()).then_some(set)
    }

    fn texts_of(&self, set: &Set) -> impl Iterator<Item = &str> {
        set.numbers().filter_map(|number| self.texts.get(number))
    }
}

impl<T: OfTexts> States for Sets<T> {
    fn accumulate(&mut self, group: usize, cell: Cell<'_>, _: Moment) {
        columns::each(cell, |cell| {
            columns::with_text(cell, |text| {
                // The rows of a group mostly have the same.
                let first = self.groups.get(group).map_or(NONE, Set::first);
                if self.texts.get(first) != Some(text) {
                    let number = self.texts.number(text);
                    self.insert(group, number);
                }
            });
        });
    }

    fn merge(&mut self, group: usize, others: &mut dyn States, theirs: usize) {
        let Some(others) = others.as_any().downcast_mut::<Self>() else { return };
        let Some(set) = others.remove(theirs) else { return };
        others.moved.resize(others.texts.len(), NONE);
        for number in set.numbers() {
            let Some(place) = others.moved.get_mut(number as usize) else { continue };
            if *place == NONE {
                *place = self.texts.number(others.texts.get(number).unwrap_or_default());
            }
            self.insert(group, *place);
        }
    }

    fn value(&self, group: usize) -> Option<Value> {
        let set = self.groups.get(group).filter(|set| !set.is_empty())?;
        Some(T::result(self.texts_of(set)))
    }

    fn column(&self, groups: &[u32]) -> Option<Column> {
        let texts = |group: &u32| {
            self.groups.get(*group as usize).into_iter().flat_map(|set| self.texts_of(set)).collect()
        };
        Some(T::results(groups.iter().map(texts)))
    }

    fn settle(&mut self, _: Option<(i64, i64)>) {}

    fn size(&self) -> usize {
        self.known()
    }

    fn known(&self) -> usize {
        self.groups.capacity() * size_of::<Set>() + self.texts.bytes() + self.more
    }

    fn knows_all(&self) -> bool {
        true
    }

    fn save(&self, groups: &[u32], out: &mut Vec<u8>) {
        let mut saved =
            Saved { texts: Vec::new(), counts: Vec::with_capacity(groups.len()), numbers: Vec::new() };
        let mut known = rustc_hash::FxHashMap::default();
        for group in groups {
            let before = saved.numbers.len();
            for number in self.groups.get(*group as usize).into_iter().flat_map(Set::numbers) {
                let texts = &mut saved.texts;
                saved.numbers.push(*known.entry(number).or_insert_with(|| {
                    texts.push(self.texts.get(number).unwrap_or_default());
                    texts.len() as u32 - 1
                }));
            }
            saved.counts.push((saved.numbers.len() - before) as u32);
        }
        // Writing to a vector does not fail; what can't be written would not be read back, and is said then.
        let _ = postcard::to_io(&saved, out);
    }

    fn load(&mut self, groups: &[u32], saved: &[u8]) -> bool {
        let Ok(saved) = postcard::from_bytes::<Saved<'_>>(saved) else { return false };
        let mine: Vec<u32> = saved.texts.iter().map(|text| self.texts.number(text)).collect();
        let mut rest = saved.numbers.iter();
        for (group, count) in groups.iter().zip(&saved.counts) {
            for number in rest.by_ref().take(*count as usize) {
                let Some(number) = mine.get(*number as usize) else { return false };
                self.insert(*group as usize, *number);
            }
        }
        groups.len() == saved.counts.len() && rest.next().is_none()
    }

    fn take(&mut self, group: usize) -> Option<Box<dyn State>> {
        let set = self.remove(group)?;
        Some(Box::new(T::of(self.texts_of(&set))))
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}
