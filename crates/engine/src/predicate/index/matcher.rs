//! The predicates of one field, found by the values that they look for.
//!
//! Texts and what is looked for are compared in the form in which letter case does not count; a predicate for which
//! that does not decide is asked as well. So the answers are those of the predicates themselves.

use super::super::{Glob, Mask, Op, Predicate, Shape, fold};
use super::dictionary::Dictionary;
use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input};
use grotto_events::{Cell, Column};
use rustc_hash::FxHashMap;
use std::net::IpAddr;
use std::sync::Arc;

/// Bytes of all needles up to which an automaton may take the memory of a full table.
const SMALL: usize = 16 << 10;

/// The number of a predicate in the index.
pub(super) type Id = u32;

/// Where in a value a literal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    End,
    Any,
}

/// A predicate behind a literal.
#[derive(Debug)]
struct Behind {
    id: Id,
    place: Place,
    predicate: Arc<Predicate>,
    /// Whether the predicate must be asked, as the literal alone does not decide.
    verify: bool,
}

/// The predicates of one field.
#[derive(Debug, Default)]
pub(super) struct Matcher {
    exists: Vec<Id>,
    exact: FxHashMap<Box<str>, Vec<Behind>>,
    /// By literal, until the automaton is made.
    literals: FxHashMap<Box<str>, Vec<Behind>>,
    automaton: Option<(AhoCorasick, Vec<Vec<Behind>>)>,
    /// Blocks of addresses: by width and number of shared bits, then by those bits.
    blocks: FxHashMap<(u32, u32), FxHashMap<u128, Vec<Id>>>,
    /// Asked of every value.
    others: Vec<(Id, Arc<Predicate>)>,
}

impl Matcher {
    /// Adds a predicate that [is indexed](super::guard::is_indexed).
    pub(super) fn add(&mut self, id: Id, predicate: &Arc<Predicate>) {
        let shape = match predicate.op() {
            Op::Exists => Shape::Any,
            _ => predicate.glob().map_or(Shape::Wild, Glob::shape),
        };
        if let Some(block) = predicate.block() {
            let of_length = self.blocks.entry((block.width(), block.length())).or_default();
            of_length.entry(block.shared()).or_default().push(id);
        }
        let value = fold(predicate.value());
        let behind = |place, verify: bool| Behind { id, place, predicate: Arc::clone(predicate), verify };
        let (place, sure) = match shape {
            Shape::Any => return self.exists.push(id),
            Shape::Exact => {
                let behind = behind(Place::Any, predicate.case());
                return self.exact.entry(value.into()).or_default().push(behind);
            }
            Shape::Prefix => (Place::Start, true),
            Shape::Suffix => (Place::End, true),
            Shape::Contains => (Place::Any, true),
            Shape::Wild => (Place::Any, false),
        };
        match value.split('*').max_by_key(|part| part.len()).filter(|part| !part.is_empty()) {
            Some(longest) => {
                let behind = behind(place, predicate.case() || !sure);
                self.literals.entry(longest.into()).or_default().push(behind);
            }
            None => self.others.push((id, Arc::clone(predicate))),
        }
    }

    /// Builds the automaton, once all predicates are there.
    pub(super) fn finish(&mut self) {
        let literals = std::mem::take(&mut self.literals);
        if literals.is_empty() {
            return;
        }
        let (needles, behind): (Vec<Box<str>>, Vec<Vec<Behind>>) = literals.into_iter().unzip();
        let bytes: usize = needles.iter().map(|needle| needle.len()).sum();
        let kind = if bytes <= SMALL { AhoCorasickKind::DFA } else { AhoCorasickKind::ContiguousNFA };
        let needles = needles.iter().map(|needle| needle.as_bytes());
        match AhoCorasick::builder().kind(Some(kind)).build(needles) {
            Ok(automaton) => self.automaton = Some((automaton, behind)),
            // More needles than an automaton takes: each predicate is asked of every value.
            Err(_) => self.others.extend(behind.into_iter().flatten().map(|one| (one.id, one.predicate))),
        }
    }

    /// Whether anything but the presence of a value matters.
    fn reads_values(&self) -> bool {
        let Self { exact, automaton, blocks, others, .. } = self;
        !exact.is_empty() || automaton.is_some() || !blocks.is_empty() || !others.is_empty()
    }

    /// The predicates that hold for some row of a column, each with its rows.
    pub(super) fn scan(&self, column: &Column) -> Vec<(Id, Mask)> {
        if column.all_null() {
            return Vec::new();
        }
        let mut found = if self.reads_values() {
            Dictionary::new(&|cell, text, ids| self.holding(cell, text, ids)).scan(column)
        } else {
            Vec::new()
        };
        if !self.exists.is_empty() {
            let there = match column.array().nulls() {
                Some(nulls) => Mask::from(nulls.inner().clone()),
                None => Mask::All,
            };
            found.extend(self.exists.iter().map(|id| (*id, there.clone())));
        }
        found
    }

    /// Adds the predicates that hold for one value. `folded` is its text in the form in which letter case does not
    /// count.
    fn holding(&self, cell: Cell<'_>, folded: &str, ids: &mut Vec<Id>) {
        let mut add = |behind: &Behind| {
            if !behind.verify || behind.predicate.holds(cell) {
                ids.push(behind.id);
            }
        };
        self.exact.get(folded).into_iter().flatten().for_each(&mut add);
        if let Some((automaton, behind)) = &self.automaton {
            let input = Input::new(folded).anchored(Anchored::No);
            // The automaton is of the kind that knows overlapping matches, so there is nothing to refuse.
            for found in automaton.try_find_overlapping_iter(input).into_iter().flatten() {
                for one in behind.get(found.pattern().as_usize()).into_iter().flatten() {
                    let fits = match one.place {
                        Place::Start => found.start() == 0,
                        Place::End => found.end() == folded.len(),
                        Place::Any => true,
                    };
                    if fits {
                        add(one);
                    }
                }
            }
        }
        if let Some(address) = (!self.blocks.is_empty()).then(|| folded.trim().parse().ok()).flatten() {
            let (bits, width) = match address {
                IpAddr::V4(v4) => (u128::from(u32::from(v4)), 32),
                IpAddr::V6(v6) => (u128::from(v6), 128),
            };
            for ((of_width, length), blocks) in self.blocks.iter().filter(|((of, _), _)| *of == width) {
                let shared = bits.checked_shr(of_width - length).unwrap_or(0);
                ids.extend(blocks.get(&shared).into_iter().flatten());
            }
        }
        ids.extend(self.others.iter().filter(|(_, predicate)| predicate.holds(cell)).map(|(id, _)| *id));
        ids.sort_unstable();
        ids.dedup();
    }
}
