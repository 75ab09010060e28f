//! The one pass over the events: parts of the input side by side, every batch read once for all jobs.

use crate::blocks::Blocks;
use crate::job::{Job, NodeJobs};
use grotto_diag::Diagnostic;
use grotto_engine::pipeline::{FieldSet, ORDER, Run};
use grotto_engine::predicate::{Mask, Predicate};
use grotto_events::{Batch, Column, Part, PartReport, ReadOptions};
use grotto_knowledge::Knowledge;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Fields whose value is the same for all events of an event type. They choose the jobs before any other field is
/// looked at.
const PARTITION: [&str; 7] = ["source", "sourcetype", "index", "Channel", "EventCode", "EventID", "Name"];

/// Bits for the position of an event in its part; the number of the part stands above them.
const PART_BITS: u32 = 40;

/// What the events gave to the jobs.
pub(crate) struct Pass {
    /// For each job its result, or why it has none.
    pub(crate) results: Vec<Result<Batch, Box<Diagnostic>>>,
    /// For each job what it makes of script blocks that were logged in parts, of which no part satisfied it; `None`
    /// when there is no such block.
    pub(crate) joined: Vec<Option<Result<Batch, Box<Diagnostic>>>>,
    /// For each job the first and last time of the events that it took, `None` when it took none.
    pub(crate) spans: Vec<Option<TimeSpan>>,
    /// What was read and what could not be.
    pub(crate) report: PartReport,
}

/// Reads all parts once and runs every job on them. `progress` is told the bytes of each part when it is done.
/// The result does not depend on the number of threads.
pub(crate) fn run(
    parts: &[Part],
    jobs: &[Job],
    knowledge: &Knowledge,
    options: &ReadOptions,
    progress: &(dyn Fn(u64) + Sync),
) -> Pass {
    let driver = Driver { jobs, knowledge, kinds: Mutex::default() };
    let mut state = parts
        .par_iter()
        .enumerate()
        .fold(State::default, |mut state, (number, part)| {
            let mut position = (number as i64) << PART_BITS;
            let report = part.read(options, &mut |mut batch| {
                place(&mut batch, &mut position);
                state.blocks.collect(&batch);
                driver.push(&batch, &mut state.runs);
            });
            progress(report.bytes);
            state.report.merge(report);
            state
        })
        .reduce(State::default, State::merge);
    let joined = driver.joined(state.blocks, &mut state.report);
    let mut runs = state.runs;
    let spans = (0..jobs.len()).map(|at| runs.get(&at).map(|fed| fed.span)).collect();
    let results = jobs
        .iter()
        .enumerate()
        .map(|(i, job)| match (runs.remove(&i), job.plan.generate()) {
            (Some(fed), _) => fed.run.finish(),
            (None, Some(generated)) => generated,
            (None, None) => job.plan.start().finish(),
        })
        .collect();
    state.report.diagnostics.extend(knowledge.problems());
    Pass { results, joined, spans, report: state.report }
}

/// Tells where in the input the rows of a batch stand, so that results don't depend on how the work was split.
fn place(batch: &mut Batch, position: &mut i64) {
    let start = *position;
    *position += batch.rows() as i64;
    batch.set(ORDER, Column::Int((start..*position).collect::<Vec<i64>>().into()));
}

/// First and last time of some events, in nanoseconds since 1970; `None` when none of them has a time.
pub(crate) type TimeSpan = Option<(i64, i64)>;

/// A run that got rows.
struct Fed {
    run: Run,
    span: TimeSpan,
}

impl Fed {
    fn push(&mut self, rows: &Batch) {
        if let Some(Column::Time(times)) = rows.column("_time") {
            let span = times.iter().flatten().map(|t| (t, t)).reduce(wider);
            self.span = self.span.into_iter().chain(span).reduce(wider);
        }
        self.run.push(rows);
    }

    fn merge(&mut self, later: Self) {
        self.span = self.span.into_iter().chain(later.span).reduce(wider);
        self.run.merge(later.run);
    }
}

fn wider(a: (i64, i64), b: (i64, i64)) -> (i64, i64) {
    (a.0.min(b.0), a.1.max(b.1))
}

/// What one thread has gathered. Runs start with the first row that they get.
#[derive(Default)]
struct State {
    runs: FxHashMap<usize, Fed>,
    blocks: Blocks,
    report: PartReport,
}

impl State {
    /// Joins the state of an earlier part of the input with that of a later one.
    fn merge(mut self, later: Self) -> Self {
        for (job, run) in later.runs {
            match self.runs.remove(&job) {
                Some(mut mine) => {
                    mine.merge(run);
                    self.runs.insert(job, mine);
                }
                None => {
                    self.runs.insert(job, run);
                }
            }
        }
        self.blocks.merge(later.blocks);
        self.report.merge(later.report);
        self
    }
}

struct Driver<'a> {
    jobs: &'a [Job],
    knowledge: &'a Knowledge,
    kinds: Mutex<FxHashMap<String, Arc<Kind>>>,
}

/// What an event type means for the jobs.
struct Kind {
    /// Jobs over plain events that the event type may satisfy.
    plain: Vec<usize>,
    /// What those read.
    wanted: FieldSet,
    /// Jobs over data model nodes, by node.
    nodes: Vec<NodeJobs>,
}

impl Driver<'_> {
    /// Gives a batch of one event type to all jobs that may want it.
    fn push(&self, base: &Batch, runs: &mut FxHashMap<usize, Fed>) {
        let kind = self.kind(base);
        if kind.plain.is_empty() && kind.nodes.is_empty() {
            return;
        }
        let mut masks = Masks::default();
        let mut wanted = kind.wanted.clone();
        let mut nodes = Vec::new();
        if !kind.nodes.is_empty() {
            let tagged = self.knowledge.derive(base, &crate::job::constraint_fields(&kind.nodes));
            for node in &kind.nodes {
                let mask = node.node.constraint.mask_with(&mut |p| masks.get(p, &tagged));
                if !matches!(mask, Mask::None) {
                    wanted.union(&node.base);
                    nodes.push((node, mask));
                }
            }
        }
        let batch = self.knowledge.derive(base, &wanted);
        let mut masks = Masks::default();
        for job in &kind.plain {
            self.feed(*job, &batch, &Mask::All, &mut masks, runs);
        }
        for (node, constraint) in nodes {
            let modelled = node.node.derive(&batch, &node.wanted);
            let mut masks = Masks::default();
            for job in &node.jobs {
                self.feed(*job, &modelled, &constraint, &mut masks, runs);
            }
        }
    }

    /// Pushes the rows that satisfy a job's head and `also`.
    fn feed(
        &self,
        at: usize,
        batch: &Batch,
        also: &Mask,
        masks: &mut Masks,
        runs: &mut FxHashMap<usize, Fed>,
    ) {
        let Some(job) = self.jobs.get(at) else { return };
        let mask = match &job.condition {
            Some(formula) => formula.mask_with(&mut |p| masks.get(p, batch)).and(also.clone()),
            None => also.clone(),
        };
        let selected = match &mask {
            Mask::None => return,
            Mask::All => job.project(batch),
            Mask::Bits(bits) => job.project(batch).filter(bits),
        };
        runs.entry(at).or_insert_with(|| Fed { run: job.plan.start(), span: None }).push(&selected);
    }

    /// Tries the jobs on script blocks put together from their parts, where no part satisfied them.
    fn joined(&self, blocks: Blocks, report: &mut PartReport) -> Vec<Option<Result<Batch, Box<Diagnostic>>>> {
        if blocks.left_out > 0 {
            let message =
                format!("{} parts of script blocks were not joined: there is too much text", blocks.left_out);
            report.diagnostics.push(Diagnostic::warning("scan/script-blocks", message));
        }
        let mut runs: FxHashMap<usize, Fed> = FxHashMap::default();
        for block in blocks.whole() {
            let kind = self.kind(&block.joined);
            let parts = self.knowledge.derive(&block.parts, &kind.wanted);
            let joined = self.knowledge.derive(&block.joined, &kind.wanted);
            let (mut of_parts, mut of_joined) = (Masks::default(), Masks::default());
            for at in &kind.plain {
                // Without a condition every part satisfies the job.
                let Some(condition) = self.jobs.get(*at).and_then(|job| job.condition.as_ref()) else {
                    continue;
                };
                if condition.mask_with(&mut |p| of_parts.get(p, &parts)).is_none() {
                    self.feed(*at, &joined, &Mask::All, &mut of_joined, &mut runs);
                }
            }
        }
        (0..self.jobs.len()).map(|at| runs.remove(&at).map(|fed| fed.run.finish())).collect()
    }

    /// The jobs for the event type of a batch; worked out once for each event type.
    fn kind(&self, batch: &Batch) -> Arc<Kind> {
        let constants: Vec<Option<&str>> =
            PARTITION.iter().map(|f| batch.column(f).and_then(Column::as_constant)).collect();
        let mut key = String::new();
        for (name, value) in PARTITION.iter().zip(&constants) {
            if let Some(value) = value {
                key.push_str(name);
                key.push('\u{1f}');
                key.push_str(value);
                key.push('\u{1e}');
            }
        }
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(kinds.entry(key).or_insert_with(|| Arc::new(self.new_kind(&constants))))
    }

    fn new_kind(&self, constants: &[Option<&str>]) -> Kind {
        let mut one = Batch::new(1);
        for (name, value) in PARTITION.iter().zip(constants) {
            if let Some(value) = value {
                one.set(*name, Column::constant(value, 1));
            }
        }
        let known = |p: &Predicate| {
            one.column(p.field())?;
            Some(matches!(p.mask(&one), Mask::All))
        };
        let mut kind = Kind { plain: Vec::new(), wanted: FieldSet::none(), nodes: Vec::new() };
        for (i, job) in self.jobs.iter().enumerate() {
            if let Some(node) = &job.node {
                if node.constraint.decided(&mut { known }) != Some(false) {
                    NodeJobs::add(&mut kind.nodes, node, i, job);
                }
            } else if job.reads_events()
                && job.condition.as_ref().is_none_or(|c| c.decided(&mut { known }) != Some(false))
            {
                kind.plain.push(i);
                kind.wanted.union(&job.reads);
            }
        }
        kind
    }
}

/// Masks of predicates over one batch, each computed at most once. Predicates are interned, so their address names
/// them.
#[derive(Default)]
struct Masks(FxHashMap<usize, Mask>);

impl Masks {
    fn get(&mut self, predicate: &Arc<Predicate>, batch: &Batch) -> Mask {
        self.0.entry(Arc::as_ptr(predicate) as usize).or_insert_with(|| predicate.mask(batch)).clone()
    }
}
