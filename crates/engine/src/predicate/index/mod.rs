//! Many formulas over one batch at the cost of what they look for, not of how many there are.
//!
//! Each predicate that looks for a value (`=` with its wildcards, blocks of addresses, words, presence) is found by that
//! value: exact values by hash, literals by one automaton a field, each field looked at once a distinct value. A formula
//! is looked at only when one of the predicates was found that it can't do without, the rarest it has. It is then
//! evaluated as it is: predicates of other kinds (`!=`, `<`, times) are asked of the rows that are still in question.

mod dictionary;
mod gathered;
mod guard;
mod matcher;

use super::{Formula, Mask, Predicate};
use arrow_buffer::BooleanBufferBuilder;
use gathered::Group;
use grotto_events::{Batch, FieldName};
use matcher::{Id, Matcher};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Rows up to which a predicate is asked row by row and not of the whole batch.
const FEW: usize = 16;

/// Alternatives of one field from which on they are one thing in the index. Fewer are found each by itself, as other
/// formulas look for the same.
const MANY: usize = 64;

/// Formulas, found by what they look for.
#[derive(Debug, Default)]
pub struct Index {
    formulas: Vec<Formula>,
    /// The predicates that are found by their values, and those that stand for many alternatives, which are never asked
    /// themselves. Where they stand names them, so they are kept.
    predicates: Vec<Arc<Predicate>>,
    ids: FxHashMap<usize, Id>,
    fields: Vec<(FieldName, Matcher)>,
    /// For each predicate the formulas that it makes possible.
    guarded: Vec<Vec<u32>>,
    /// Formulas that may hold where no predicate was found.
    unguarded: Vec<u32>,
}

fn name(predicate: &Arc<Predicate>) -> usize {
    Arc::as_ptr(predicate) as usize
}

impl Index {
    /// An index of formulas, which are numbered from zero. Equal predicates are best shared between them.
    pub fn new(formulas: impl IntoIterator<Item = Formula>) -> Self {
        Self::over(formulas, &|_| true)
    }

    /// As [`new`](Self::new), over some fields only: formulas are not found by what they look for in others.
    pub fn over(formulas: impl IntoIterator<Item = Formula>, fields: &dyn Fn(&str) -> bool) -> Self {
        Self::gathering(formulas, fields, MANY)
    }

    /// As [`over`](Self::over), where so many alternatives of a field are one thing.
    fn gathering(
        formulas: impl IntoIterator<Item = Formula>,
        fields: &dyn Fn(&str) -> bool,
        many: usize,
    ) -> Self {
        let indexed = |p: &Predicate| guard::is_indexed(p) && fields(p.field());
        let mut index = Self::default();
        let mut matchers: FxHashMap<FieldName, Matcher> = FxHashMap::default();
        for formula in formulas {
            let number = index.formulas.len() as u32;
            let guard = guard::of(&formula, &indexed);
            let mut groups = Vec::new();
            let formula = gathered::gathered(&formula, many, &indexed, &mut groups);
            // Where predicates of this formula are found that are part of a group in it.
            let mut in_groups: FxHashMap<usize, Id> = FxHashMap::default();
            for Group { whole, any } in groups {
                let id = index.number(&whole);
                for predicate in any {
                    matchers.entry(predicate.field().into()).or_default().add(id, &predicate);
                    in_groups.insert(name(&predicate), id);
                }
            }
            for predicate in formula.predicates().into_iter().filter(|p| indexed(p)) {
                if !index.ids.contains_key(&name(predicate)) {
                    let id = index.number(predicate);
                    matchers.entry(predicate.field().into()).or_default().add(id, predicate);
                }
            }
            match guard {
                Some(guard) => {
                    let id = |p| in_groups.get(&name(p)).or_else(|| index.ids.get(&name(p)));
                    let ids: BTreeSet<Id> = guard.any.iter().filter_map(id).copied().collect();
                    for id in ids {
                        index.guarded[id as usize].push(number);
                    }
                }
                None => index.unguarded.push(number),
            }
            index.formulas.push(guard::sorted(&formula, &indexed));
        }
        index.fields = matchers.into_iter().collect();
        index.fields.iter_mut().for_each(|(_, matcher)| matcher.finish());
        index
    }

    /// Gives a predicate a number.
    fn number(&mut self, predicate: &Arc<Predicate>) -> Id {
        let id = self.predicates.len() as Id;
        self.ids.insert(name(predicate), id);
        self.predicates.push(Arc::clone(predicate));
        self.guarded.push(Vec::new());
        id
    }

    /// The formulas that hold for some row of a batch, each by its number with its rows, in the order of the numbers.
    pub fn matching(&self, batch: &Batch) -> Vec<(usize, Mask)> {
        let mut scan = Scan { index: self, batch, found: FxHashMap::default(), asked: FxHashMap::default() };
        let mut possible = self.unguarded.clone();
        for (field, matcher) in &self.fields {
            let Some(column) = batch.column(field) else { continue };
            for (id, mask) in matcher.scan(column) {
                possible.extend(&self.guarded[id as usize]);
                scan.found.insert(id, mask);
            }
        }
        possible.sort_unstable();
        possible.dedup();
        let numbers = possible.into_iter().map(|number| number as usize);
        numbers
            .map(|number| (number, scan.evaluate(&self.formulas[number], Mask::All)))
            .filter(|(_, mask)| !mask.is_none())
            .collect()
    }

    /// The formulas that may hold where these fields have these values, whatever other fields hold: those that have no
    /// guard among these fields, or one that holds. `known` has one row.
    pub fn possible(&self, known: &Batch) -> Vec<usize> {
        let mut possible = self.unguarded.clone();
        for (field, matcher) in &self.fields {
            if let Some(column) = known.column(field) {
                for (id, _) in matcher.scan(column) {
                    possible.extend(&self.guarded[id as usize]);
                }
            }
        }
        let unknown = self.predicates.iter().zip(&self.guarded);
        let unknown = unknown.filter(|(predicate, _)| known.column(predicate.field()).is_none());
        unknown.for_each(|(_, formulas)| possible.extend(formulas));
        possible.sort_unstable();
        possible.dedup();
        possible.into_iter().map(|number| number as usize).collect()
    }
}

/// What is known of one batch.
struct Scan<'a> {
    index: &'a Index,
    batch: &'a Batch,
    /// Where the predicates hold that were found; the other indexed ones hold nowhere.
    found: FxHashMap<Id, Mask>,
    /// Where predicates hold that were asked of the whole batch.
    asked: FxHashMap<usize, Mask>,
}

impl Scan<'_> {
    /// In which rows of `within` a formula holds.
    fn evaluate(&mut self, formula: &Formula, within: Mask) -> Mask {
        match formula {
            _ if within.is_none() => Mask::None,
            Formula::Always => within,
            Formula::Never => Mask::None,
            Formula::Leaf(predicate) => self.ask(predicate, within),
            Formula::Not(inner) => {
                let holds = self.evaluate(inner, within.clone());
                within.and(holds.negated())
            }
            Formula::And(parts) => parts.iter().fold(within, |within, part| self.evaluate(part, within)),
            Formula::Or(parts) => {
                let mut any = Mask::None;
                for part in parts {
                    let more = self.evaluate(part, within.clone());
                    if more.is_none() {
                        continue;
                    }
                    any = any.or(more);
                    if any == within {
                        break;
                    }
                }
                any
            }
        }
    }

    fn ask(&mut self, predicate: &Arc<Predicate>, within: Mask) -> Mask {
        if let Some(id) = self.index.ids.get(&name(predicate)) {
            return self.found.get(id).map_or(Mask::None, |mask| within.and(mask.clone()));
        }
        match &within {
            Mask::Bits(bits) if bits.true_count() <= FEW && !predicate.field().contains('*') => {
                let Some(column) = self.batch.column(predicate.field()) else { return Mask::None };
                let mut holding = BooleanBufferBuilder::new(bits.len());
                holding.append_n(bits.len(), false);
                for row in bits.values().set_indices() {
                    holding.set_bit(row, predicate.holds(column.cell(row)));
                }
                Mask::from(holding.finish())
            }
            _ => {
                let batch = self.batch;
                let everywhere = self.asked.entry(name(predicate)).or_insert_with(|| predicate.mask(batch));
                within.and(everywhere.clone())
            }
        }
    }
}

#[cfg(test)]
mod tests;
