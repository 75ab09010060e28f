//! Passes over the events: parts of the input side by side, every batch read once for all jobs of a pass.

mod heads;
mod shelf;
mod threads;

use crate::blocks::Blocks;
use crate::firings;
use crate::job::{Job, Predicates};
use grotto_diag::Diagnostic;
use grotto_diag::phase::{self, Phase};
use grotto_engine::pipeline::{Answer, FieldSet, ORDER, Run};
use grotto_engine::plan::Plan;
use grotto_engine::predicate::Mask;
use grotto_engine::rounds::{self, Events};
use grotto_events::{Batch, Column, EventType, Part, PartReport, ReadOptions, Wanted};
use grotto_knowledge::{Knowledge, Node};
pub use heads::Evaluation;
pub(crate) use heads::PARTITION;
use heads::{Choice, Chosen, Heads, Made};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
pub(crate) use shelf::Room;
use shelf::Shelf;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use threads::InOrder;

/// Bits for the position of an event in its part; the number of the part stands above them.
const PART_BITS: u32 = 40;

/// A job that takes more than one of so many rows of a batch takes many.
const MANY: usize = 8;

/// What the events gave to the jobs.
pub(crate) struct Pass {
    /// For each job what it found; and a second time what it makes of script blocks that were logged in parts, of which
    /// no part satisfied it, when there is such a block. Of a job that fires several times this is so for each firing
    /// that saw events, in order.
    pub(crate) answers: Vec<Vec<Told>>,
    /// What was read and what could not be.
    pub(crate) report: PartReport,
}

/// What one run of a job told.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    /// What it found.
    pub(crate) answer: Answer,
    /// Which run it is.
    pub(crate) run: RunOf,
}

impl Told {
    /// Takes the places in the search out of what it says.
    pub(crate) fn without_places(&mut self) {
        let problem = self.answer.rows.as_mut().err().map(AsMut::as_mut);
        self.answer.warnings.iter_mut().chain(problem).for_each(|said| said.labels.clear());
    }
}

/// A run of a job.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RunOf {
    /// When the job fired, in nanoseconds since 1970; `None` for one that runs once, over everything.
    pub(crate) firing: Option<i64>,
    /// Whether it is over script blocks that were put together from their parts.
    pub(crate) joined: bool,
}

/// Runs every job, and the searches inside them, on all parts, which are read once unless a search needs the result of
/// another. `progress` is told the bytes of each part when it is done for the first time. The result does not depend
/// on the number of threads.
pub(crate) fn run(
    parts: &[Part],
    jobs: &[Arc<Job>],
    knowledge: &Knowledge,
    predicates: Predicates,
    progress: &(dyn Fn(u64) + Sync),
) -> Pass {
    run_with(parts, jobs, knowledge, predicates, progress, How::default())
}

/// What there is to say about a pass.
#[derive(Clone, Copy, Default)]
pub(crate) struct How<'t> {
    /// How heads are evaluated.
    pub(crate) evaluation: Evaluation,
    /// Whether rows of which nothing can come are left out, and searches wait for others to read less.
    pub(crate) hints: bool,
    /// Where the [stretches of time](firings::stretch) that have events are wanted.
    pub(crate) times: Option<&'t Mutex<BTreeSet<i64>>>,
    /// How many rows are kept for searches that wait.
    pub(crate) room: Room,
}

impl How<'_> {
    /// Whether rows are left out of which nothing can come.
    fn indexed(&self) -> bool {
        self.hints && self.evaluation == Evaluation::Indexed
    }

    /// Gives a job rows that satisfy its head.
    fn enter(&self, number: usize, job: &Job, rows: &Batch, runs: &mut Runs) {
        let idle = self.hints && !self.indexed();
        let mut enter = |firing: Option<i64>, rows: &Batch| {
            let start = || if self.indexed() { job.plan.start_sieved() } else { job.plan.start() };
            let run = runs.entry((number, firing)).or_insert_with(start);
            job.plan.cost().of(rows.rows(), || match counting(job, rows, idle) {
                Mask::All => run.push(rows),
                counts => {
                    run.push(&within(rows, &counts));
                    run.push_idle(&within(rows, &counts.negated()));
                }
            });
        };
        match &job.firings {
            None => enter(None, rows),
            Some(firings) => firings.split(rows, &mut |firing, rows| enter(Some(firing), rows)),
        }
    }
}

/// As [`run`], with more to say.
pub(crate) fn run_with(
    parts: &[Part],
    jobs: &[Arc<Job>],
    knowledge: &Knowledge,
    predicates: Predicates,
    progress: &(dyn Fn(u64) + Sync),
    how: How<'_>,
) -> Pass {
    let ready = jobs.iter().map(|job| (name(&job.plan), Arc::clone(job))).collect();
    let mut reader = Reader {
        parts,
        knowledge,
        predicates,
        ready,
        progress,
        report: None,
        kept: Vec::new(),
        changed: false,
        shelf: None,
        runs_of: FxHashMap::default(),
        how,
    };
    if jobs.iter().any(|job| job.plan.reads_again() || how.hints && job.plan.narrows_inside()) {
        reader.kept = parts.iter().filter_map(|part| part.keep().err()).collect();
    }
    let answers = rounds::run(jobs.iter().map(|job| Arc::clone(&job.plan)), &mut reader);
    let mut report = reader.report.unwrap_or_default();
    report.diagnostics.extend(reader.kept);
    if reader.changed {
        let message =
            "the logs changed while they were read; searches inside searches may have missed events";
        report.diagnostics.push(Diagnostic::warning("scan/changed", message));
    }
    report.diagnostics.extend(knowledge.problems());
    let told = |(job, answers): (&Arc<Job>, Vec<Answer>)| {
        // One whose head was filled in meanwhile is another plan; it runs once.
        let runs = reader.runs_of.get(&name(&job.plan)).map(Vec::as_slice).unwrap_or_default();
        let run = |at: usize| runs.get(at).copied().unwrap_or(RunOf { firing: None, joined: at > 0 });
        answers.into_iter().enumerate().map(|(at, answer)| Told { answer, run: run(at) }).collect()
    };
    Pass { answers: jobs.iter().zip(answers).map(told).collect(), report }
}

/// Where a plan stands, which is its name for as long as it is kept.
fn name(plan: &Arc<Plan>) -> usize {
    Arc::as_ptr(plan) as usize
}

/// The parts as rounds of searches see them.
struct Reader<'a> {
    parts: &'a [Part],
    knowledge: &'a Knowledge,
    predicates: Predicates,
    /// Jobs that are made already, by where their plans stand.
    ready: FxHashMap<usize, Arc<Job>>,
    progress: &'a (dyn Fn(u64) + Sync),
    /// The report of the first pass. What later ones would say is the same.
    report: Option<PartReport>,
    /// Why parts can't be read more than once.
    kept: Vec<Diagnostic>,
    /// Whether a later pass saw other events than the first.
    changed: bool,
    /// Rows of the first pass for searches of later ones.
    shelf: Option<Shelf>,
    /// Which runs there were of each search, by where its plan stands.
    runs_of: FxHashMap<usize, Vec<RunOf>>,
    /// `times` for the first pass only.
    how: How<'a>,
}

impl Events for Reader<'_> {
    fn narrows(&self) -> bool {
        self.how.hints
    }

    fn expect(&mut self, later: &[Arc<Plan>]) {
        if self.how.indexed() {
            let jobs = later.par_iter().filter_map(|plan| self.job(plan).ok());
            self.shelf = Shelf::new(jobs.collect(), self.how.room);
        }
    }

    fn read(&mut self, searches: &[Arc<Plan>]) -> Vec<Result<Vec<Run>, Box<Diagnostic>>> {
        let made: Vec<Result<Arc<Job>, Box<Diagnostic>>> =
            searches.par_iter().map(|plan| self.job(plan)).collect();
        let jobs: Vec<Arc<Job>> = made.iter().filter_map(|job| job.as_ref().ok()).map(Arc::clone).collect();
        let mut runs = self.runs(&jobs).into_iter();
        let mut of_job = |job: Arc<Job>| {
            let (which, runs) = runs.next().unwrap_or_default().into_iter().unzip();
            self.runs_of.insert(name(&job.plan), which);
            runs
        };
        made.into_iter().map(|job| job.map(&mut of_job)).collect()
    }
}

impl Reader<'_> {
    /// The runs of each job, of rows that were kept for it, else of the events.
    fn runs(&mut self, jobs: &[Arc<Job>]) -> Vec<RunsOf> {
        let first = self.report.is_none();
        let kept = |job: &Arc<Job>| self.shelf.as_ref().filter(|shelf| !first && shelf.serves(job));
        let (mut of_shelf, mut others): (Vec<usize>, Vec<usize>) =
            (0..jobs.len()).partition(|at| jobs.get(*at).is_some_and(|job| kept(job).is_some()));
        let some = |numbers: &[usize]| -> Vec<Arc<Job>> {
            numbers.iter().filter_map(|at| jobs.get(*at)).map(Arc::clone).collect()
        };
        let mut all: Vec<RunsOf> = jobs.iter().map(|_| Vec::new()).collect();
        let mut told = |numbers: &[usize], runs: Vec<RunsOf>| {
            for (at, runs) in numbers.iter().zip(runs) {
                all[*at] = runs;
            }
        };
        if let Some(shelf) = self.shelf.as_ref().filter(|_| !of_shelf.is_empty()) {
            match shelf.read(&some(&of_shelf), self.how) {
                Ok(runs) => told(&of_shelf, runs),
                // The events are there still.
                Err(_) => others.append(&mut of_shelf),
            }
        }
        if first || !others.is_empty() {
            let runs = self.pass(&some(&others), first);
            told(&others, runs);
        }
        all
    }

    /// The runs of each job, of the events.
    fn pass(&mut self, jobs: &[Arc<Job>], first: bool) -> Vec<RunsOf> {
        let progress = self.progress;
        let advance = |bytes| {
            if first {
                progress(bytes);
            }
        };
        let how = How { times: self.how.times.take(), ..self.how };
        let shelf = self.shelf.as_ref().filter(|_| first);
        let (runs, report) = pass(self.parts, jobs, shelf, self.knowledge, &advance, how);
        match &self.report {
            Some(first) if first.events != report.events => self.changed = true,
            Some(_) => {}
            None => self.report = Some(report),
        }
        runs
    }

    fn job(&self, plan: &Arc<Plan>) -> Result<Arc<Job>, Box<Diagnostic>> {
        match self.ready.get(&name(plan)) {
            Some(job) => Ok(Arc::clone(job)),
            None => Job::new(Arc::clone(plan), self.knowledge, &self.predicates).map(Arc::new),
        }
    }
}

/// Reads all parts once, for all jobs: the runs of each, of events as they are and of joined script blocks. Rows for later
/// passes go to the shelf.
fn pass(
    parts: &[Part],
    jobs: &[Arc<Job>],
    shelf: Option<&Shelf>,
    knowledge: &Knowledge,
    progress: &(dyn Fn(u64) + Sync),
    how: How<'_>,
) -> (Vec<RunsOf>, PartReport) {
    let times = how.times;
    let own = jobs.len();
    let later = shelf.map(Shelf::jobs).unwrap_or_default();
    let all: Vec<Arc<Job>> = jobs.iter().chain(later).map(Arc::clone).collect();
    let heads = Heads::new(&all, knowledge, how.evaluation, how.hints);
    let driver = Driver { jobs: &all, knowledge, heads, own, shelf, how };
    let (runs, aside) = threads::run(parts, &|number, part, runs: &mut Runs| {
        let mut position = (number as i64) << PART_BITS;
        let options = ReadOptions { raw: false, order: Some(ORDER.into()), ..ReadOptions::default() };
        let wants = |event: &EventType<'_>| match driver.heads.wanted(event) {
            // Their times are wanted though no job reads them.
            Wanted::Nothing if times.is_some() => Wanted::Fields(Arc::new(|field: &str| field == "_time")),
            wanted => wanted,
        };
        let (mut seen, mut blocks) = (BTreeSet::new(), Blocks::default());
        let report = part.read_wanted(&options, Some(&wants), &mut |mut batch| {
            if times.is_some() {
                seen.extend(firings::stretches(&batch));
            }
            place(&mut batch, &mut position);
            blocks.collect(&batch);
            driver.push(&batch, runs);
        });
        progress(report.bytes);
        if let Some(times) = times {
            times.lock().unwrap_or_else(PoisonError::into_inner).extend(seen);
        }
        Aside { blocks, report }
    });
    let runs = merged(jobs, runs);
    let Aside { blocks, mut report } = aside;
    let joined = driver.joined(blocks, &mut report);
    (of_jobs(jobs, [(false, runs), (true, joined)]), report)
}

/// The runs of each job; of a job that runs once there is one over the events as they are, if of no rows.
fn of_jobs(jobs: &[Arc<Job>], runs: impl IntoIterator<Item = (bool, Runs)>) -> Vec<RunsOf> {
    let mut all: Vec<RunsOf> = jobs.iter().map(|_| Vec::new()).collect();
    for (joined, runs) in runs {
        for ((job, firing), run) in runs {
            all[job].push((RunOf { firing, joined }, run));
        }
    }
    for (job, runs) in jobs.iter().zip(&mut all) {
        let once = |(run, _): &(RunOf, Run)| *run == RunOf::default();
        if job.firings.is_none() && !runs.iter().any(once) {
            runs.push((RunOf::default(), job.plan.start()));
        }
        runs.sort_by_key(|(run, _)| *run);
    }
    all
}

/// The rows of a job that count when those of which nothing can come are among them.
fn counting(job: &Job, rows: &Batch, idle: bool) -> Mask {
    if idle { job.hint.mask(rows) } else { Mask::All }
}

fn within(rows: &Batch, mask: &Mask) -> Batch {
    match mask {
        Mask::All => rows.clone(),
        Mask::None => rows.slice(0, 0),
        Mask::Bits(bits) => rows.filter(bits),
    }
}

/// Tells where in the input the rows of a batch stand, so that results don't depend on how the work was split. `position`
/// is where the part starts, or for events in memory where it goes on.
fn place(batch: &mut Batch, position: &mut i64) {
    let places: Vec<i64> = if let Some(Column::Int(places)) = batch.column(ORDER) {
        places.values().iter().map(|place| *position + place).collect()
    } else {
        let start = *position;
        *position += batch.rows() as i64;
        (start..*position).collect()
    };
    batch.set(ORDER, Column::Int(places.into()));
}

/// The runs of a job.
type RunsOf = Vec<(RunOf, Run)>;

/// Runs by the number of their job and by when it fired. They start with the first row that they get.
type Runs = FxHashMap<(usize, Option<i64>), Run>;

/// What a part told besides the rows.
#[derive(Default)]
struct Aside {
    blocks: Blocks,
    report: PartReport,
}

impl InOrder for Aside {
    fn merge(&mut self, later: Self) {
        self.blocks.merge(later.blocks);
        self.report.merge(later.report);
    }
}

/// Joins what threads have gathered, job by job side by side.
fn merged(jobs: &[Arc<Job>], threads: Vec<Runs>) -> Runs {
    let mut of_jobs: FxHashMap<(usize, Option<i64>), Vec<Run>> = FxHashMap::default();
    for (job, run) in threads.into_iter().flatten() {
        of_jobs.entry(job).or_default().push(run);
    }
    let one = |(job, runs): ((usize, Option<i64>), Vec<Run>)| {
        let merge = |mut run: Run, other| {
            run.merge(other);
            run
        };
        let merged = || runs.into_iter().reduce(merge);
        Some((job, jobs.get(job.0)?.plan.cost().of(0, merged)?))
    };
    of_jobs.into_par_iter().filter_map(one).collect()
}

struct Driver<'a> {
    jobs: &'a [Arc<Job>],
    knowledge: &'a Knowledge,
    heads: Heads<'a>,
    /// How many of them run; rows of the others go to the shelf.
    own: usize,
    shelf: Option<&'a Shelf>,
    how: How<'a>,
}

impl Driver<'_> {
    /// Gives a batch of one event type to all jobs that may want it.
    fn push(&self, base: &Batch, runs: &mut Runs) {
        let Choice { chosen, made } = self.heads.choose(base);
        // What a few events are chosen for is not made of all that others take in.
        let many = |one: &Chosen| self.is_later(one) || one.rows.count(base.rows()) > base.rows() / MANY;
        let (of_many, of_few): (Vec<Chosen>, Vec<Chosen>) = chosen.into_iter().partition(many);
        self.feed(base, &of_many, made.as_ref(), runs);
        self.feed(base, &of_few, made.as_ref(), runs);
    }

    /// Whether rows are kept for a job of a later pass.
    fn is_later(&self, one: &Chosen) -> bool {
        one.job >= self.own
    }

    /// Pushes the rows that satisfy the heads of jobs. What add-ons make of events is computed for those rows only, and
    /// not again where it was made for the heads.
    fn feed(&self, base: &Batch, chosen: &[Chosen], made: Option<&Made>, runs: &mut Runs) {
        if chosen.is_empty() {
            return;
        }
        let _phase = phase::enter(Phase::Heads);
        let union = self.heads.union(chosen);
        let rows = match &union {
            Mask::Bits(bits) => base.filter(bits),
            _ => base.clone(),
        };
        let mut kept = self.shelf.map(Shelf::lots);
        let of_jobs = || chosen.iter().filter_map(|one| Some((one, self.jobs.get(one.job)?)));
        let mut wanted = FieldSet::none();
        // Of rows that are kept, the heads of all searches over their node are asked again.
        let kept_of = |one: &Chosen, job: &Job| {
            let shelf = self.shelf.filter(|_| self.is_later(one))?;
            shelf.columns(job.node.as_ref()?)
        };
        for (one, job) in of_jobs() {
            wanted.union(kept_of(one, job).map_or(&job.sources_of_needs, |kept| &kept.sources));
        }
        let derived = match made {
            Some(made) => made.derive(&union, &rows, &wanted, self.knowledge),
            None => self.knowledge.derive(&rows, &wanted),
        };
        let mut nodes: FxHashMap<*const Node, (FieldSet, Option<Batch>)> = FxHashMap::default();
        for (one, job) in of_jobs() {
            if let Some(node) = &job.node {
                let fields = kept_of(one, job).map_or(&job.needs, |kept| &kept.fields);
                nodes.entry(Arc::as_ptr(node)).or_default().0.union(fields);
            }
        }
        let is_alias = |field: &str| self.knowledge.is_alias(base, field);
        let declares = |field: &str| base.column(field).is_some() || is_alias(field);
        for (one, job) in of_jobs() {
            let batch = match &job.node {
                None => &derived,
                Some(node) => {
                    let Some((wanted, made)) = nodes.get_mut(&Arc::as_ptr(node)) else { continue };
                    made.get_or_insert_with(|| node.derive(&derived, wanted))
                }
            };
            let rows = one.rows.within(&union);
            match (&job.node, &mut kept) {
                (Some(node), Some(kept)) if self.is_later(one) => kept.add(node, batch, rows),
                _ => self.how.enter(one.job, job, &job.select(batch, &rows, &declares), runs),
            }
        }
        if let Some(kept) = kept {
            kept.keep(&declares);
        }
    }

    /// Tries the jobs on script blocks put together from their parts, where no part satisfied them.
    fn joined(&self, blocks: Blocks, report: &mut PartReport) -> Runs {
        if blocks.left_out > 0 {
            let message =
                format!("{} parts of script blocks were not joined: there is too much text", blocks.left_out);
            report.diagnostics.push(Diagnostic::warning("scan/script-blocks", message));
        }
        let mut runs = Runs::default();
        let _phase = phase::enter(Phase::Heads);
        for block in blocks.whole() {
            let plain = |chosen: &Chosen| self.jobs.get(chosen.job).is_some_and(|job| job.node.is_none());
            let of_parts = self.heads.choose(&block.parts).chosen;
            let Choice { mut chosen, made } = self.heads.choose(&block.joined);
            // Without a condition every part satisfies a job.
            chosen.retain(|one| plain(one) && of_parts.iter().all(|part| part.job != one.job));
            self.feed(&block.joined, &chosen, made.as_ref(), &mut runs);
        }
        runs
    }
}
