//! A search made ready for the pass: its plan, the condition of its head, and what it reads.

use crate::firings::Firings;
use grotto_diag::Diagnostic;
use grotto_engine::pipeline::{FieldSet, is_hidden};
use grotto_engine::plan::{Head, Model, Plan};
use grotto_engine::predicate::{Formula, Op, Predicate};
use grotto_events::Batch;
use grotto_knowledge::{Knowledge, Node};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A search made ready for the pass.
pub struct Job {
    /// What happens to the selected rows.
    pub plan: Arc<Plan>,
    /// What a row must satisfy; `None` takes all.
    pub condition: Option<Formula>,
    /// The data model node whose fields the search reads; `None` for a search over plain events.
    pub node: Option<Arc<Node>>,
    /// The fields that the head and the plan read.
    pub reads: FieldSet,
    /// Classic sources (`wineventlog:…`, in lower case) that the condition takes for those of XML too.
    pub aliased: Vec<String>,
    /// When it fires, each time over a window of time; `None` runs it once, over everything.
    pub firings: Option<Arc<Firings>>,
    /// The fields that the plan reads.
    needs: FieldSet,
}

impl Job {
    /// Makes a search ready.
    ///
    /// # Errors
    /// `engine/unknown-data-model` when the search reads a data model node that no add-on defines.
    pub fn new(
        plan: Arc<Plan>,
        knowledge: &Knowledge,
        predicates: &mut Predicates,
    ) -> Result<Self, Box<Diagnostic>> {
        let needs = plan.needed_fields();
        let mut reads = needs.clone();
        let node = plan.head().model().map(|model| node(&plan, model, &reads, knowledge)).transpose()?;
        let (condition, aliased) = plan.head().formula().map(crate::notes::widened).unzip();
        let condition = condition.map(|formula| formula.map(&mut |p| predicates.intern(p)));
        if let Some(formula) = &condition {
            reads.extend(formula.fields());
        }
        let (aliased, firings) = (aliased.unwrap_or_default(), None);
        Ok(Self { plan, condition, node, reads, aliased, firings, needs })
    }

    /// Whether the search reads events at all.
    pub fn reads_events(&self) -> bool {
        !matches!(self.plan.head(), Head::Rows(_) | Head::Results)
    }

    /// The columns of a batch that the plan reads.
    pub fn project(&self, batch: &Batch) -> Batch {
        let mut out = batch.clone();
        if !self.needs.is_all() {
            out.retain(|name| self.needs.contains(name) || is_hidden(name));
        }
        out
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

/// The predicates of all jobs, each once however many jobs hold it.
#[derive(Debug, Clone, Default)]
pub struct Predicates(FxHashSet<Arc<Predicate>>);

impl Predicates {
    fn intern(&mut self, predicate: &Arc<Predicate>) -> Arc<Predicate> {
        if let Some(known) = self.0.get(predicate) {
            return Arc::clone(known);
        }
        self.0.insert(Arc::clone(predicate));
        Arc::clone(predicate)
    }
}

/// The jobs over one data model node.
pub(crate) struct NodeJobs {
    /// The node.
    pub(crate) node: Arc<Node>,
    /// The jobs by number.
    pub(crate) jobs: Vec<usize>,
    /// The node's fields that they read.
    pub(crate) wanted: FieldSet,
    /// The events' fields that those are made from.
    pub(crate) base: FieldSet,
}

impl NodeJobs {
    /// Adds a job to those of its node.
    pub(crate) fn add(all: &mut Vec<Self>, node: &Arc<Node>, number: usize, job: &Job) {
        let at = all.iter().position(|n| Arc::ptr_eq(&n.node, node)).unwrap_or_else(|| {
            let (wanted, base) = (FieldSet::none(), FieldSet::none());
            all.push(Self { node: Arc::clone(node), jobs: Vec::new(), wanted, base });
            all.len() - 1
        });
        if let Some(entry) = all.get_mut(at) {
            entry.jobs.push(number);
            entry.wanted.union(&job.reads);
        }
    }

    /// Works out from which fields of events those are made that the jobs read, when all jobs are there.
    pub(crate) fn finish(&mut self) {
        self.base = self.node.sources(&self.wanted);
    }
}

/// The fields that the nodes' constraints read.
pub(crate) fn constraint_fields(nodes: &[NodeJobs]) -> FieldSet {
    let mut fields = FieldSet::none();
    for node in nodes {
        fields.extend(node.node.constraint.fields());
    }
    fields
}
