//! A search made ready for the pass: its plan, the condition of its head, and what it reads.

use crate::firings::Firings;
use grotto_diag::Diagnostic;
use grotto_engine::pipeline::{FieldSet, Pattern, is_hidden};
use grotto_engine::plan::{Head, Model, Plan};
use grotto_engine::predicate::{Formula, Mask, Op, Predicate};
use grotto_events::{Batch, Column, FieldName};
use grotto_knowledge::{Knowledge, Node};
use rustc_hash::{FxBuildHasher, FxHashSet};
use std::collections::BTreeSet;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, PoisonError};

/// A search made ready for the pass.
pub struct Job {
    /// What happens to the selected rows.
    pub plan: Arc<Plan>,
    /// What a row must satisfy; `None` takes all.
    pub condition: Option<Formula>,
    /// What rows must satisfy besides for anything to come of them; [`Formula::Always`] for a search over plain events.
    pub hint: Formula,
    /// The data model node whose fields the search reads; `None` for a search over plain events.
    pub node: Option<Arc<Node>>,
    /// The fields that the head and the plan read.
    pub reads: FieldSet,
    /// The fields of the events that those are made from.
    pub sources: FieldSet,
    /// Classic sources (`wineventlog:…`, in lower case) that the condition takes for those of XML too.
    pub aliased: Vec<String>,
    /// When it fires, each time over a window of time; `None` runs it once, over everything.
    pub firings: Option<Arc<Firings>>,
    /// The fields that the plan reads; of rows that satisfy the head nothing else is read.
    pub(crate) needs: FieldSet,
    /// The fields of the events that those are made from.
    pub(crate) sources_of_needs: FieldSet,
}

impl Job {
    /// Makes a search ready.
    ///
    /// # Errors
    /// `engine/unknown-data-model` when the search reads a data model node that no add-on defines.
    pub fn new(
        plan: Arc<Plan>,
        knowledge: &Knowledge,
        predicates: &Predicates,
    ) -> Result<Self, Box<Diagnostic>> {
        let needs = plan.needed_fields();
        let mut reads = needs.clone();
        let node = plan.head().model().map(|model| node(&plan, model, &reads, knowledge)).transpose()?;
        let (condition, aliased) = plan.head().formula().map(crate::notes::widened).unzip();
        let condition = condition.map(|formula| formula.map(&mut |p| predicates.intern(p)));
        if let Some(formula) = &condition {
            formula.fields().into_iter().for_each(|field| reads.insert_pattern(&Pattern::new(field)));
        }
        // Script blocks in parts are joined where no part satisfies a condition, which must be the search's own.
        let hint = match &node {
            Some(_) => plan.hint().map(&mut |p| predicates.intern(p)),
            None => Formula::Always,
        };
        hint.fields().into_iter().for_each(|field| reads.insert_pattern(&Pattern::new(field)));
        let sources_of = |fields: &FieldSet| match &node {
            Some(node) if needs.is_all() => {
                let mut sources = node.sources(fields);
                sources.extend(crate::driver::PARTITION);
                sources.extend(["_time", "host"]);
                sources
            }
            Some(node) => node.inputs(fields),
            None => fields.clone(),
        };
        let (sources, sources_of_needs) = (sources_of(&reads), sources_of(&needs));
        let (aliased, firings) = (aliased.unwrap_or_default(), None);
        Ok(Self { plan, condition, hint, node, reads, sources, aliased, firings, needs, sources_of_needs })
    }

    /// Whether the search reads events at all.
    pub fn reads_events(&self) -> bool {
        !matches!(self.plan.head(), Head::Rows(_) | Head::Results)
    }

    /// Some rows of a batch, with the columns that the plan reads. Of columns that hold nothing in these rows those stay
    /// whose field the events declare.
    pub(crate) fn select(&self, batch: &Batch, rows: &Mask, declares: &dyn Fn(&str) -> bool) -> Batch {
        let mut out = batch.select(|name| self.keeps(name));
        if let Mask::Bits(bits) = rows {
            out = out.filter(bits);
        }
        let empty = |(name, column): (&FieldName, &Column)| {
            (column.all_null() && !declares(name)).then(|| name.clone())
        };
        let empty: Vec<FieldName> = out.columns().filter_map(empty).collect();
        for name in empty {
            out.remove(&name);
        }
        out
    }

    /// Whether the plan reads a column. What other jobs had made of the events is none of them.
    fn keeps(&self, name: &str) -> bool {
        if !self.needs.is_all() {
            return is_hidden(name) || self.needs.contains(name);
        }
        let Some(node) = &self.node else { return true };
        is_hidden(name) || node.makes(name) || self.sources.contains(name)
    }
}

/// The node that a search reads: the one that its condition or its FROM names, else the root that stands before the
/// names of its fields, as several roots can make a data model.
fn node(
    plan: &Plan,
    model: &Model,
    reads: &FieldSet,
    knowledge: &Knowledge,
) -> Result<Arc<Node>, Box<Diagnostic>> {
    let mut named = plan.head().formula().and_then(nodename).or_else(|| model.node.clone());
    if named.is_none() {
        let of_formula = plan.head().formula().map(Formula::fields).unwrap_or_default();
        let fields = reads.names().map(AsRef::as_ref).chain(of_formula);
        let roots: BTreeSet<&str> = fields.filter_map(|name| Some(name.split_once('.')?.0)).collect();
        let known = knowledge.objects().models.get(&model.name);
        let is_root = |name: &&str| known.is_some_and(|m| m.roots().any(|root| root.name == *name));
        named = roots.into_iter().find(is_root).map(str::to_owned);
    }
    knowledge.node(&model.name, named.as_deref())
}

/// The node that `nodename=…` of a condition names: `All_Changes.Account_Management` is the node after the last dot.
fn nodename(condition: &Formula) -> Option<String> {
    let predicates = condition.predicates();
    let named = predicates.iter().find(|p| p.field() == "nodename" && p.op() == Op::Equal)?;
    named.value().rsplit('.').next().map(str::to_owned)
}

/// The predicates of all jobs, each once however many jobs hold it. Jobs can be made on many threads at once; what is
/// added to a clone is in the clone only.
#[derive(Debug, Default)]
pub struct Predicates([Mutex<FxHashSet<Arc<Predicate>>>; SHELVES]);

/// Sets that the predicates stand in by their hash, so that threads seldom wait for each other.
const SHELVES: usize = 16;

impl Predicates {
    fn intern(&self, predicate: &Arc<Predicate>) -> Arc<Predicate> {
        // The sets go by both ends of the hash.
        let at = (FxBuildHasher.hash_one(predicate) >> 32) as usize % SHELVES;
        let Some(shelf) = self.0.get(at) else { return Arc::clone(predicate) };
        let mut shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = shelf.get(predicate) {
            return Arc::clone(known);
        }
        shelf.insert(Arc::clone(predicate));
        Arc::clone(predicate)
    }
}

impl Clone for Predicates {
    fn clone(&self) -> Self {
        Self(
            self.0
                .each_ref()
                .map(|shelf| Mutex::new(shelf.lock().unwrap_or_else(PoisonError::into_inner).clone())),
        )
    }
}
