//! The heads of all jobs over one batch: which rows each job takes.
//!
//! What is the same in all events of an event type decides first which jobs are looked at; it is worked out once for
//! each event type. The others are found by what they look for ([`Index`]), in columns of which only those that heads
//! read are made. [`Evaluation::Full`] asks every job instead, and is what the fast way is proved against.

use super::within;
use crate::job::Job;
use grotto_diag::phase::{self, Phase};
use grotto_engine::pipeline::FieldSet;
use grotto_engine::pipeline::Pattern;
use grotto_engine::predicate::{Formula, Index, Mask, Predicate};
use grotto_events::{Batch, Column, EventType, Wanted};
use grotto_knowledge::{Knowledge, Node};
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Fields whose value is the same for all events of an event type. They choose the jobs before any other field is
/// looked at.
pub(crate) const PARTITION: [&str; 7] =
    ["source", "sourcetype", "index", "Channel", "EventCode", "EventID", "Name"];

/// How the heads of jobs are evaluated. The results are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Evaluation {
    /// Only heads whose rarest requirement is met are looked at.
    #[default]
    Indexed,
    /// Every head over every batch: slow and obvious.
    Full,
}

/// The rows of a batch that satisfy the head of a job.
#[derive(Debug)]
pub(super) struct Chosen {
    /// The job by number.
    pub(super) job: usize,
    pub(super) rows: Mask,
}

/// What the heads of all jobs said of a batch.
#[derive(Default)]
pub(super) struct Choice {
    pub(super) chosen: Vec<Chosen>,
    /// What was made of the batch for them.
    pub(super) made: Option<Made>,
}

/// A batch with fields that add-ons make of its events.
pub(super) struct Made {
    batch: Batch,
    kind: Arc<Kind>,
}

impl Made {
    /// Some rows of the batch with the wanted fields that add-ons make, of which those that were made already are not made
    /// again. `base` is those rows of the events.
    pub(super) fn derive(
        &self,
        rows: &Mask,
        base: &Batch,
        wanted: &FieldSet,
        knowledge: &Knowledge,
    ) -> Batch {
        let known = &self.kind.reads;
        // The order of columns is as if all were made here, where it may matter.
        if !wanted.is_plain() || !known.is_plain() {
            return knowledge.derive(base, wanted);
        }
        let mut out = knowledge.derive(base, &wanted.without(known));
        let is_known = |name: &str| known.contains(name) && wanted.contains(name);
        let mut made = within(&self.batch.select(is_known), rows);
        for name in known.names().filter(|name| wanted.contains(name)) {
            match made.remove(name) {
                Some(column) => {
                    out.set(Arc::clone(name), column);
                }
                None => {
                    out.remove(name);
                }
            }
        }
        out
    }
}

/// The heads of all jobs.
pub(super) struct Heads<'a> {
    jobs: &'a [Arc<Job>],
    knowledge: &'a Knowledge,
    evaluation: Evaluation,
    hints: bool,
    /// The jobs over plain events, by number.
    plain: Vec<usize>,
    /// Those jobs found by the fields that are the same in an event type.
    partition: Index,
    nodes: Vec<NodeHeads>,
    /// By the constants. Threads that come to different event types don't wait for each other.
    kinds: Mutex<FxHashMap<String, Arc<OnceLock<Arc<Kind>>>>>,
}

/// The jobs over one data model node.
struct NodeHeads {
    node: Arc<Node>,
    jobs: Vec<usize>,
    /// Made when the first event comes that may belong to the node.
    group: OnceLock<Group>,
}

/// Heads that are evaluated over the same columns.
pub(super) struct Group {
    /// The jobs by number, in the order of the formulas of the index.
    jobs: Vec<usize>,
    index: Index,
    /// The fields that the formulas read.
    fields: FieldSet,
}

/// What an event type means for the jobs.
struct Kind {
    /// Jobs over plain events that the event type may satisfy, with what is left of their conditions.
    plain: Group,
    /// Data model nodes, with what is left of their constraints.
    nodes: Vec<(usize, Formula)>,
    /// The fields that heads read.
    reads: FieldSet,
    /// The fields of the events themselves that all is made from which the jobs read; `None` when there is no job.
    base: Option<Arc<FieldSet>>,
}

impl Group {
    pub(super) fn new(jobs: impl IntoIterator<Item = (usize, Formula)>) -> Self {
        let (jobs, formulas): (Vec<usize>, Vec<Formula>) = jobs.into_iter().unzip();
        let mut fields = FieldSet::none();
        for formula in &formulas {
            read(formula, &mut fields);
        }
        Self { jobs, index: Index::new(formulas), fields }
    }

    /// The jobs that want rows of a batch.
    pub(super) fn matching(&self, batch: &Batch) -> Vec<Chosen> {
        let _phase = phase::enter(Phase::Indicators);
        let chosen = |(number, rows)| Some(Chosen { job: *self.jobs.get(number)?, rows });
        self.index.matching(batch).into_iter().filter_map(chosen).collect()
    }
}

/// Adds the fields that a formula reads.
fn read(formula: &Formula, fields: &mut FieldSet) {
    formula.fields().into_iter().for_each(|field| fields.insert_pattern(&Pattern::new(field)));
}

/// What rows must satisfy that a job takes in; with `hints` those of which nothing can come are left out.
pub(super) fn condition(job: &Job, hints: bool) -> Formula {
    let own = job.condition.clone().unwrap_or(Formula::Always);
    if hints { Formula::and([own, job.hint.clone()]) } else { own }
}

impl<'a> Heads<'a> {
    pub(super) fn new(
        jobs: &'a [Arc<Job>],
        knowledge: &'a Knowledge,
        evaluation: Evaluation,
        hints: bool,
    ) -> Self {
        let hints = hints && evaluation == Evaluation::Indexed;
        let _phase = phase::enter(Phase::Bind);
        let (mut plain, mut nodes): (Vec<usize>, Vec<NodeHeads>) = (Vec::new(), Vec::new());
        let mut by_node: FxHashMap<*const Node, usize> = FxHashMap::default();
        for (number, job) in jobs.iter().enumerate() {
            if let Some(node) = &job.node {
                let at = *by_node.entry(Arc::as_ptr(node)).or_insert_with(|| {
                    let (node, jobs) = (Arc::clone(node), Vec::new());
                    nodes.push(NodeHeads { node, jobs, group: OnceLock::new() });
                    nodes.len() - 1
                });
                if let Some(heads) = nodes.get_mut(at) {
                    heads.jobs.push(number);
                }
            } else if job.reads_events() {
                plain.push(number);
            }
        }
        let conditions = plain.iter().filter_map(|job| jobs.get(*job)).map(|job| condition(job, hints));
        let partition = Index::over(conditions, &|field| PARTITION.contains(&field));
        Self { jobs, knowledge, evaluation, hints, plain, partition, nodes, kinds: Mutex::default() }
    }

    /// The jobs that want rows of a batch of one event type.
    pub(super) fn choose(&self, base: &Batch) -> Choice {
        if self.evaluation == Evaluation::Full {
            return Choice { chosen: self.choose_asking_all(base), made: None };
        }
        let kind = self.kind(base);
        let _phase = phase::enter(Phase::Heads);
        if kind.plain.jobs.is_empty() && kind.nodes.is_empty() {
            return Choice::default();
        }
        let batch = self.knowledge.derive(base, &kind.reads);
        let mut chosen = kind.plain.matching(&batch);
        for (at, constraint) in &kind.nodes {
            let Some(heads) = self.nodes.get(*at) else { continue };
            let of_node = constraint.mask(&batch);
            if of_node.is_none() {
                continue;
            }
            let group = self.group(heads);
            let modelled = heads.node.derive(&batch, &group.fields);
            for one in group.matching(&modelled) {
                let rows = one.rows.and(of_node.clone());
                if !rows.is_none() {
                    chosen.push(Chosen { rows, ..one });
                }
            }
        }
        Choice { chosen, made: Some(Made { batch, kind }) }
    }

    /// The same, asking every job.
    fn choose_asking_all(&self, base: &Batch) -> Vec<Chosen> {
        let mut wanted = FieldSet::none();
        for job in self.jobs {
            wanted.union(&job.sources);
            job.node.iter().for_each(|node| read(&node.constraint, &mut wanted));
        }
        let batch = self.knowledge.derive(base, &wanted);
        let mut chosen = Vec::new();
        let mut ask = |jobs: &[usize], batch: &Batch, within: &Mask| {
            let mut asked: FxHashMap<*const Predicate, Mask> = FxHashMap::default();
            let mut mask_of =
                |p: &Arc<Predicate>| asked.entry(Arc::as_ptr(p)).or_insert_with(|| p.mask(batch)).clone();
            for (number, job) in jobs.iter().filter_map(|number| Some((*number, self.jobs.get(*number)?))) {
                let rows = condition(job, false).mask_with(&mut mask_of).and(within.clone());
                if !rows.is_none() {
                    chosen.push(Chosen { job: number, rows });
                }
            }
        };
        ask(&self.plain, &batch, &Mask::All);
        for heads in &self.nodes {
            let mut wanted = FieldSet::none();
            heads.jobs.iter().filter_map(|job| self.jobs.get(*job)).for_each(|job| wanted.union(&job.reads));
            let modelled = heads.node.derive(&batch, &wanted);
            ask(&heads.jobs, &modelled, &heads.node.constraint.mask(&batch));
        }
        chosen
    }

    /// The rows that are to be made ready for some jobs.
    pub(super) fn union(&self, chosen: &[Chosen]) -> Mask {
        match self.evaluation {
            Evaluation::Full => Mask::All,
            Evaluation::Indexed => chosen.iter().fold(Mask::None, |all, one| all.or(one.rows.clone())),
        }
    }

    fn group<'g>(&self, heads: &'g NodeHeads) -> &'g Group {
        heads.group.get_or_init(|| {
            let _phase = phase::enter(Phase::Bind);
            let jobs =
                heads.jobs.iter().filter_map(|job| Some((*job, condition(self.jobs.get(*job)?, self.hints))));
            Group::new(jobs)
        })
    }

    /// What is to be read of the events of a type.
    pub(super) fn wanted(&self, event: &EventType<'_>) -> Wanted {
        match self.evaluation {
            Evaluation::Full => Wanted::Fields(Arc::new(|_| true)),
            Evaluation::Indexed => {
                crate::columns::wanted(self.kind_of(&crate::columns::constants(event)).base.as_ref())
            }
        }
    }

    /// The jobs for the event type of a batch.
    fn kind(&self, batch: &Batch) -> Arc<Kind> {
        let constants: Vec<Option<&str>> =
            PARTITION.iter().map(|f| batch.column(f).and_then(Column::as_constant)).collect();
        self.kind_of(&constants)
    }

    /// The jobs for the event type with these constants; worked out once for each.
    fn kind_of(&self, constants: &[Option<&str>]) -> Arc<Kind> {
        let _phase = phase::enter(Phase::Bind);
        let mut key = String::new();
        for (name, value) in PARTITION.iter().zip(constants) {
            if let Some(value) = value {
                key.push_str(name);
                key.push('\u{1f}');
                key.push_str(value);
                key.push('\u{1e}');
            }
        }
        let kind =
            Arc::clone(self.kinds.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
        Arc::clone(kind.get_or_init(|| Arc::new(self.new_kind(constants))))
    }

    fn new_kind(&self, constants: &[Option<&str>]) -> Kind {
        let mut one = Batch::new(1);
        for (name, value) in PARTITION.iter().zip(constants) {
            if let Some(value) = value {
                one.set(*name, Column::constant(value, 1));
            }
        }
        let settled = self.knowledge.settle(&one);
        let mut known: FxHashMap<*const Predicate, Option<bool>> = FxHashMap::default();
        let mut holds = |p: &Arc<Predicate>| *known.entry(Arc::as_ptr(p)).or_insert_with(|| settled.holds(p));
        let possible = self.partition.possible(&settled.fields).into_iter();
        let jobs = possible.filter_map(|at| self.plain.get(at)).filter_map(|number| {
            let left = condition(self.jobs.get(*number)?, self.hints).folded(&mut holds);
            (left != Formula::Never).then_some((*number, left))
        });
        let plain = Group::new(jobs);
        let mut reads = plain.fields.clone();
        let mut nodes = Vec::new();
        for (at, heads) in self.nodes.iter().enumerate() {
            let constraint = heads.node.constraint.folded(&mut |p| settled.holds(p));
            if constraint != Formula::Never {
                read(&constraint, &mut reads);
                reads.union(&heads.node.inputs(&self.group(heads).fields));
                nodes.push((at, constraint));
            }
        }
        let of_nodes = nodes.iter().filter_map(|(at, _)| self.nodes.get(*at)).flat_map(|heads| &heads.jobs);
        let mut jobs = plain.jobs.iter().chain(of_nodes).filter_map(|job| self.jobs.get(*job)).peekable();
        let base = jobs.peek().is_some().then(|| {
            let mut wanted = reads.clone();
            jobs.for_each(|job| wanted.union(&job.sources));
            Arc::new(crate::columns::base(constants, &wanted, self.knowledge))
        });
        Kind { plain, nodes, reads, base }
    }
}
