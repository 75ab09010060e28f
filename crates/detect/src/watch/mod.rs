//! Rules over logs that grow: findings as they come.
//!
//! Rounds follow one another. A round reads what is new in the files ([`Follow`]). Rules whose rows are events by
//! themselves are run over that; rules that need more than one event are run over all events of a window of time that
//! ends with the newest event, every so often. What was found before is told by the ids of findings, which are the same
//! whenever the same thing is found.
//!
//! With a state folder a watch that is ended in any way goes on where it was. A round keeps its findings before they
//! are given out, and says in its journal which they are until [`Watch::given_out`] is called. So none gets lost, and one
//! comes twice only if the end comes between giving it out and that call.

mod journal;
mod window;

use crate::follow::{Follow, Marks, News};
use crate::record::{ErrorRecord, Files, Record, Summary};
use crate::risk::{self, Reads, Sighting};
use crate::rules::{Rule, RuleSet};
use crate::scan::{Options, Outcome, scan_with};
use crate::state::State;
use grotto_content::Content;
use grotto_diag::Diagnostic;
use grotto_engine::Context;
use grotto_events::{Batch, Labels, Limits, Part};
use grotto_knowledge::Knowledge;
use grotto_spl::MacroTable;
use journal::Journal;
use rustc_hash::FxHashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use window::Window;

/// Hits of rules without findings that are remembered, so that they are told once.
const MOST_HITS: usize = 1 << 20;

/// How a watch looks at logs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Files and folders.
    pub paths: Vec<String>,
    /// What is said of their events.
    pub labels: Arc<Labels>,
    /// What archives may take.
    pub limits: Limits,
    /// How long rules look back that need more than one event, in nanoseconds.
    pub window: i64,
    /// How often these are run, in nanoseconds.
    pub every: i64,
}

/// What a round gave.
#[derive(Debug, Default)]
pub struct Round {
    /// Findings and hits that are new, and problems that were not told before.
    pub records: Vec<Record>,
    /// Whether there is more to read, so that the next round need not wait.
    pub more: bool,
}

/// The rules of a watch, in two parts.
pub struct Rules {
    /// Rules whose rows are events by themselves.
    pub streaming: RuleSet,
    /// The others.
    pub windowed: RuleSet,
}

impl Rules {
    /// Makes every detection of `content` ready.
    pub fn compile(
        content: &mut Content,
        macros: &MacroTable,
        knowledge: &Knowledge,
        context: &Context,
    ) -> Self {
        let all = RuleSet::compile(content, macros, knowledge, context);
        let detections = std::mem::take(&mut content.detections);
        let (mut first, mut second) = (Vec::new(), Vec::new());
        for (rule, detection) in all.rules.iter().zip(detections) {
            if needs_window(rule, &all) { second.push(detection) } else { first.push(detection) }
        }
        let mut of = |detections| {
            content.detections = detections;
            RuleSet::compile(content, macros, knowledge, context)
        };
        Self { streaming: of(first), windowed: of(second) }
    }
}

/// Whether a rule needs more than one event at a time.
fn needs_window(rule: &Rule, rules: &RuleSet) -> bool {
    let job = rule.job.and_then(|job| rules.jobs.get(job));
    job.is_some_and(|job| {
        let plan = &job.plan;
        !plan.is_streaming() || !plan.subsearches().is_empty() || risk::reads(plan) != Reads::Logs
    })
}

/// Rules that are run again and again.
pub struct Watch<'k> {
    rules: Rules,
    knowledge: &'k Knowledge,
    settings: Settings,
    follow: Follow,
    window: Window,
    state: State,
    journal: Option<Journal>,
    /// Findings that were kept by a round whose end is not known: they are in the state, and found again.
    recovered: FxHashSet<String>,
    hits: FxHashSet<u64>,
    said: FxHashSet<String>,
    /// When rules with windows were run last.
    last: Option<i64>,
    /// Whether there are events that they have not seen.
    stale: bool,
    totals: Summary,
    waiting: Vec<Record>,
}

impl<'k> Watch<'k> {
    /// Begins to watch, or goes on with what the state folder says.
    ///
    /// # Errors
    /// Those of [`State::open`].
    pub fn start(
        rules: Rules,
        knowledge: &'k Knowledge,
        settings: Settings,
        state: Option<&Path>,
    ) -> Result<Self, Diagnostic> {
        let (mut problems, mut opened, mut journal) = (Vec::new(), State::volatile(), None);
        if let Some(folder) = state {
            let (state, damaged) = State::open(folder)?;
            problems.extend(damaged);
            let (read, damaged) = Journal::read(folder);
            problems.extend(damaged);
            (opened, journal) = (state, Some(read));
        }
        let marks = journal.as_ref().map(|journal| journal.marks().clone()).unwrap_or_default();
        let memory = rules.windowed.context.memory.clone();
        let again = !marks.is_empty();
        let mut watch = Self {
            follow: Self::follow(&settings, marks),
            window: Window::new(settings.window, memory.whole()),
            rules,
            knowledge,
            settings,
            state: opened,
            journal,
            recovered: FxHashSet::default(),
            hits: FxHashSet::default(),
            said: FxHashSet::default(),
            last: None,
            stale: again,
            totals: Summary::default(),
            waiting: problems.iter().map(|problem| Record::Error(ErrorRecord::from(problem))).collect(),
        };
        if again {
            watch.recover();
        }
        Ok(watch)
    }

    fn follow(settings: &Settings, marks: Marks) -> Follow {
        Follow::new(settings.paths.clone(), Arc::clone(&settings.labels), settings.limits, marks)
    }

    /// Fills the window with events that were read before, and gives out what may not have been.
    fn recover(&mut self) {
        if !self.rules.windowed.jobs.is_empty() {
            let mut past = self.follow.past();
            loop {
                let news = past.look();
                for batch in news.batches {
                    self.window.add(batch);
                }
                if !news.more {
                    break;
                }
            }
        }
        let Some(journal) = &self.journal else { return };
        self.hits.extend(journal.hits());
        for id in journal.open() {
            if let Ok(kept) = self.state.find(id) {
                let Sighting { finding, intermediate, .. } = kept.sighting.clone();
                self.recovered.insert(finding.id.clone());
                self.waiting.push(if intermediate {
                    Record::IntermediateFinding(finding)
                } else {
                    Record::Finding(finding)
                });
            }
        }
    }

    /// Looks at the files once. `now` is the time in nanoseconds since 1970.
    ///
    /// # Errors
    /// `state/unwritable`: what was found could not be kept. The next round finds it again.
    pub fn round(&mut self, now: i64) -> Result<Round, Diagnostic> {
        self.turn(now, false)
    }

    /// The last round: rules with windows are run whether it is their time or not.
    ///
    /// # Errors
    /// As [`round`](Self::round).
    pub fn last_round(&mut self, now: i64) -> Result<Round, Diagnostic> {
        self.turn(now, true)
    }

    fn turn(&mut self, now: i64, last: bool) -> Result<Round, Diagnostic> {
        let before = self.follow.marks().clone();
        let News { batches, report, more } = self.follow.look();
        self.totals.events += report.events;
        self.totals.events_failed += report.failed;
        self.totals.chunks_lost += report.lost;
        self.totals.bytes += report.bytes;
        let mut round = Round { records: std::mem::take(&mut self.waiting), more };
        round.records.extend(self.new_problems(&report.diagnostics));
        let kept = self.find(batches, now, last && !more, &mut round);
        if let Err(problem) = kept {
            // What was read has to be read again.
            self.follow = Self::follow(&self.settings, before);
            return Err(problem);
        }
        self.count(&round.records);
        Ok(round)
    }

    /// Runs rules over new events, keeps what they found, and adds it to the round.
    fn find(
        &mut self,
        batches: Vec<Batch>,
        now: i64,
        last: bool,
        round: &mut Round,
    ) -> Result<(), Diagnostic> {
        let mut found = Vec::new();
        if !batches.is_empty() {
            let outcome = self.run(&self.rules.streaming, batches.clone());
            found.push((outcome, false));
            if !self.rules.windowed.jobs.is_empty() {
                self.stale = true;
                for batch in batches {
                    self.window.add(batch);
                }
            }
        }
        self.keep(&mut found, round)?;
        let due = self.last.is_none_or(|last| now.saturating_sub(last) >= self.settings.every);
        if self.stale && !round.more && (due || last) {
            let outcome = self.run(&self.rules.windowed, self.window.events(now));
            self.keep(&mut vec![(outcome, true)], round)?;
            (self.last, self.stale) = (Some(now), false);
        }
        if let Some(problem) = self.window.problem() {
            round.records.extend(self.new_problems(&[problem]));
        }
        if let Some(journal) = &mut self.journal {
            journal.moved_on(self.follow.marks(), &self.hits)?;
        }
        Ok(())
    }

    fn run(&self, rules: &RuleSet, batches: Vec<Batch>) -> Outcome {
        let parts = [Part::of_batches("events", batches)];
        let options = Options { state: Some(&self.state), no_throttle: false };
        scan_with(rules, &parts, self.knowledge, &options, &|_| {})
    }

    /// Keeps what is new of what was found.
    fn keep(&mut self, found: &mut Vec<(Outcome, bool)>, round: &mut Round) -> Result<(), Diagnostic> {
        for (outcome, windowed) in found.drain(..) {
            let rules = if windowed { &self.rules.windowed } else { &self.rules.streaming };
            let sightings = outcome.sightings(rules);
            let marks = outcome.marks().to_vec();
            let is_new = |id: &str| self.state.seen(id).is_none();
            let mut fresh: FxHashSet<String> =
                sightings.iter().map(|s| s.finding.id.clone()).filter(|id| is_new(id)).collect();
            let records = outcome.records(rules, &[], Files::default(), Duration::ZERO);
            if let Some(journal) = self.journal.as_mut().filter(|_| !fresh.is_empty()) {
                journal.will_give_out(fresh.iter())?;
            }
            // The window is looked at over and over, which is no new sighting.
            let counts = |sighting: &Sighting| {
                let id = &sighting.finding.id;
                fresh.contains(id) || (!windowed && !self.recovered.contains(id))
            };
            self.state.add(sightings.into_iter().filter(counts));
            self.state.mark(marks);
            self.state.commit()?;
            for record in records {
                if self.is_new(&record, windowed, &mut fresh) {
                    round.records.push(self.counted(record));
                }
            }
        }
        Ok(())
    }

    fn is_new(&mut self, record: &Record, windowed: bool, fresh: &mut FxHashSet<String>) -> bool {
        match record {
            Record::Finding(finding) | Record::IntermediateFinding(finding) => fresh.remove(&finding.id),
            Record::Hit(_) if windowed => {
                if self.hits.len() >= MOST_HITS {
                    self.hits.clear();
                }
                self.hits.insert(journal::print(record))
            }
            Record::Hit(_) => true,
            Record::Error(error) => {
                self.said.insert(format!("{} {:?} {}", error.slug, error.file, error.message))
            }
            Record::Rule(_) | Record::Summary(_) => false,
        }
    }

    /// A finding with how often it was seen.
    fn counted(&self, mut record: Record) -> Record {
        if let Record::Finding(finding) | Record::IntermediateFinding(finding) = &mut record {
            finding.seen = self.state.seen(&finding.id);
        }
        record
    }

    /// Problems that were not told before.
    fn new_problems(&mut self, problems: &[Diagnostic]) -> Vec<Record> {
        let records = problems.iter().map(|problem| Record::Error(ErrorRecord::from(problem)));
        let mut none = FxHashSet::default();
        records.filter(|record| self.is_new(record, false, &mut none)).collect()
    }

    /// Says that everything that the rounds gave is where it should be.
    ///
    /// # Errors
    /// `state/unwritable`.
    pub fn given_out(&mut self) -> Result<(), Diagnostic> {
        match &mut self.journal {
            Some(journal) => journal.gave_out(),
            None => Ok(()),
        }
    }

    fn count(&mut self, records: &[Record]) {
        for record in records {
            match record {
                Record::Finding(f) => *self.totals.findings.entry(f.rule.severity.clone()).or_default() += 1,
                Record::IntermediateFinding(_) => self.totals.intermediate_findings += 1,
                Record::Hit(_) => self.totals.hits += 1,
                Record::Error(_) | Record::Rule(_) | Record::Summary(_) => {}
            }
        }
    }

    /// Totals of all rounds.
    pub fn summary(&self, elapsed: Duration) -> Summary {
        let rules = || self.rules.streaming.rules.iter().chain(&self.rules.windowed.rules);
        Summary {
            rules_run: rules().filter(|rule| rule.job.is_some()).count(),
            elapsed: elapsed.as_secs_f64(),
            spilled_bytes: self.rules.windowed.context.memory.written(),
            ..self.totals.clone()
        }
    }
}

#[cfg(test)]
mod tests;
