//! A scan: every rule over every event, and the report of it.

use crate::driver::Told;
use crate::finding;
use crate::firings::Firing;
use crate::lines::ResultRows;
use crate::record::{ErrorRecord, Files, Record, RuleRecord, RuleState, Summary};
use crate::risk::{self, LogRisk, Reads, Sighting};
use crate::rules::{Rule, RuleSet};
use crate::state::State;
use crate::throttle::{Mark, Throttle};
use grotto_diag::{Diagnostic, Severity};
use grotto_engine::memory::{Stored, Stretch};
use grotto_engine::plan::Head;
use grotto_events::{Batch, Part, PartReport};
use grotto_knowledge::Knowledge;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

/// How a scan goes beyond running every rule once over every event.
#[derive(Default)]
pub struct Options<'o> {
    /// What was found before, for rules that read risk and for throttling.
    pub state: Option<&'o State>,
    /// Whether rules raise the same thing again, whatever their throttling says.
    pub no_throttle: bool,
}

/// What a scan found.
pub struct Outcome {
    report: PartReport,
    /// For each rule what it found.
    found: Vec<Vec<Found>>,
    /// How often findings have been seen, by their ids.
    seen: FxHashMap<String, u64>,
    /// For each rule how many rows its throttling held back.
    held: Vec<usize>,
    /// When rules with throttling raised something.
    marks: Vec<Mark>,
}

/// Something that a rule found. Its rows become [records](Record) when these are asked for: as such they take many times
/// the memory.
enum Found {
    Rows {
        rows: Stored,
        /// Whether they come from script blocks that were put together.
        joined: bool,
        /// First and last time of the events behind them, nanoseconds since 1970.
        span: Option<(i64, i64)>,
        firing: Option<Firing>,
    },
    Problem(ErrorRecord),
}

impl Found {
    /// What a stretch of its rows says; of a problem its own record.
    fn piece<'a>(
        &self,
        rule: &'a Rule,
        rules: &'a RuleSet,
        at: Option<&Stretch>,
        seen: &'a FxHashMap<String, u64>,
    ) -> Piece<'a> {
        match self {
            Self::Problem(problem) => Piece::Records(vec![Record::Error(problem.clone())]),
            Self::Rows { rows, joined, span, firing } => {
                let Some(at) = at else { return Piece::Records(Vec::new()) };
                let times = finding::Times { context: &rules.context, span: *span, firing: *firing };
                match rows.stretch(at) {
                    Ok(batch) => Piece::Rows(ResultRows { rule, batch, joined: *joined, times, seen }),
                    Err(problem) => {
                        Piece::Records(vec![Record::Error(ErrorRecord::from(&rule.located(&problem)))])
                    }
                }
            }
        }
    }

    /// Where its records come from, a few each.
    fn stretches(&self) -> Vec<Option<Stretch>> {
        match self {
            Self::Problem(_) => vec![None],
            Self::Rows { rows, .. } => rows.stretches(AT_A_TIME).into_iter().map(Some).collect(),
        }
    }
}

/// Some of the records of a report.
pub enum Piece<'a> {
    /// These.
    Records(Vec<Record>),
    /// Those of result rows of one rule, which may never be needed as records.
    Rows(ResultRows<'a>),
}

impl Piece<'_> {
    /// The records.
    pub fn records(self) -> Vec<Record> {
        match self {
            Self::Records(records) => records,
            Self::Rows(rows) => rows.records(),
        }
    }
}

/// How many rows become records at a time.
const AT_A_TIME: usize = 1024;

/// Runs all rules over all parts. `progress` is told the bytes of each part when it was read.
pub fn scan(
    rules: &RuleSet,
    parts: &[Part],
    knowledge: &Knowledge,
    progress: &(dyn Fn(u64) + Sync),
) -> Outcome {
    scan_with(rules, parts, knowledge, &Options::default(), progress)
}

/// As [`scan`], with options. Rules that read risk (`index=risk`, the data model Risk) run in a second step, over what
/// the others added to risk, over risk events in the logs and over those that were there before.
pub fn scan_with(
    rules: &RuleSet,
    parts: &[Part],
    knowledge: &Knowledge,
    options: &Options<'_>,
    progress: &(dyn Fn(u64) + Sync),
) -> Outcome {
    let reads: Vec<Reads> = rules.jobs.iter().map(|job| risk::reads(&job.plan)).collect();
    let chosen = |wanted: &dyn Fn(Reads) -> bool| -> Vec<usize> {
        reads.iter().enumerate().filter(|(_, reads)| wanted(**reads)).map(|(job, _)| job).collect()
    };
    let (first, second) = (chosen(&|r| r == Reads::Logs), chosen(&|r| r != Reads::Logs));
    let in_logs = (!second.is_empty())
        .then(|| LogRisk::new(&rules.context, knowledge, &rules.predicates))
        .and_then(Result::ok)
        .map(|search| search.0);
    let again = reads.contains(&Reads::Both);
    let kept: Vec<Diagnostic> = parts.iter().filter(|_| again).filter_map(|part| part.keep().err()).collect();
    let mut pass = rules.run(&first, in_logs, parts, knowledge, progress);
    let count = rules.rules.len();
    let mut outcome = Outcome {
        report: pass.report,
        found: (0..count).map(|_| Vec::new()).collect(),
        seen: FxHashMap::default(),
        held: vec![0; count],
        marks: Vec::new(),
    };
    outcome.report.diagnostics.extend(kept);
    let rest = pass.answers.split_off(first.len());
    outcome.take_in(rules, &first, &pass.answers, options);
    if !second.is_empty() {
        let in_logs = outcome.risk_in_logs(rest);
        let found = State::with(options.state, outcome.sightings(rules));
        let mut risk = vec![risk::part(found.values().map(|kept| &kept.sighting))];
        risk.push(Part::of_batches("risk in logs", in_logs));
        if again {
            risk.splice(0..0, parts.iter().cloned());
        }
        let pass = rules.run(&second, None, &risk, knowledge, &|_| {});
        outcome.take_in(rules, &second, &pass.answers, options);
        if !again {
            outcome.report.diagnostics.extend(pass.report.diagnostics);
        }
    }
    outcome
}

impl Outcome {
    /// Takes in what some of the jobs answered.
    fn take_in(&mut self, rules: &RuleSet, jobs: &[usize], answers: &[Vec<Told>], options: &Options<'_>) {
        for (rule, (found, held)) in rules.rules.iter().zip(self.found.iter_mut().zip(&mut self.held)) {
            let at = rule.job.and_then(|job| jobs.binary_search(&job).ok());
            if let Some(answers) = at.and_then(|at| answers.get(at)) {
                let before = options.state.map(State::marks);
                let mut throttle =
                    if options.no_throttle { None } else { Throttle::of(&rule.detection, before) };
                *found = of_rule(rule, rules, answers, &mut throttle);
                if let Some(throttle) = throttle {
                    *held = throttle.held;
                    self.marks.extend(throttle.into_marks());
                }
            }
        }
    }

    /// The risk events that stand in the logs themselves. What was left out of them is said.
    fn risk_in_logs(&mut self, told: Vec<Vec<Told>>) -> Vec<Batch> {
        let mut rows = Vec::new();
        for Told { answer, .. } in told.into_iter().flatten() {
            self.report.diagnostics.extend(answer.warnings);
            let found = answer.rows.and_then(|found| {
                let mut left = risk::MOST;
                for piece in found.pieces() {
                    let piece = piece?;
                    let newest = piece.slice(0, left);
                    left -= newest.rows();
                    if newest.rows() > 0 {
                        rows.push(newest);
                    }
                    if left == 0 {
                        break;
                    }
                }
                Ok(found.rows())
            });
            match found {
                Ok(count) if count > risk::MOST => {
                    let message =
                        format!("only the newest {} risk events in the logs are looked at", risk::MOST);
                    let help = "scan the logs with risk events by themselves, or a shorter time";
                    self.report
                        .diagnostics
                        .push(Diagnostic::warning("scan/risk-in-logs", message).help(help));
                }
                Ok(_) => {}
                Err(problem) => self.report.diagnostics.push(*problem),
            }
        }
        rows
    }

    /// When rules with throttling raised something.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// The findings and intermediate findings, in the order of the rules, each with what is known of its rule.
    pub fn sightings(&self, rules: &RuleSet) -> Vec<Sighting> {
        let of_rule = |(rule, found): (&Rule, &Vec<Found>)| -> Vec<Sighting> {
            let sighting = |record: Record| {
                let (finding, intermediate) = match record {
                    Record::Finding(finding) => (finding, false),
                    Record::IntermediateFinding(finding) => (finding, true),
                    _ => return None,
                };
                Some(Sighting { intermediate, finding, annotations: Arc::clone(&rule.annotations) })
            };
            if !rule.raises() {
                return Vec::new();
            }
            let records = found.iter().flat_map(|found| {
                let stretches = found.stretches().into_iter();
                stretches.flat_map(|at| found.piece(rule, rules, at.as_ref(), &self.seen).records())
            });
            records.filter_map(sighting).collect()
        };
        rules.rules.iter().zip(&self.found).flat_map(of_rule).collect()
    }

    /// Will write into each finding how often it has been seen, by its id.
    pub fn count(&mut self, rules: &RuleSet, seen: impl Fn(&str) -> Option<u64>) {
        for sighting in self.sightings(rules) {
            if let Some(times) = seen(&sighting.finding.id) {
                self.seen.insert(sighting.finding.id, times);
            }
        }
    }

    /// Whether anything could be read: false when there were records or chunks and all of them failed.
    pub fn something_read(&self) -> bool {
        let report = &self.report;
        report.events > 0 || report.failed + report.lost == 0
    }

    /// The report: errors, what became of each rule, what the rules found in the order of the rules, and the summary.
    /// `before` are the diagnostics of loading rules and finding files.
    pub fn records(
        self,
        rules: &RuleSet,
        before: &[Diagnostic],
        files: Files,
        elapsed: Duration,
    ) -> Vec<Record> {
        let mut all = Vec::new();
        let gather = |mut records| {
            all.append(&mut records);
            Ok::<(), Infallible>(())
        };
        match self.report(rules, before, files, &|| elapsed, &|piece: Piece<'_>| piece.records(), gather) {
            Ok(()) => all,
            Err(never) => match never {},
        }
    }

    /// The same records a piece at a time: `make` makes something of them on many threads, `take` is given that in order
    /// until it fails.
    ///
    /// # Errors
    /// Those of `take`.
    pub fn report<T: Send, E>(
        self,
        rules: &RuleSet,
        before: &[Diagnostic],
        files: Files,
        elapsed: &dyn Fn() -> Duration,
        make: &(dyn Fn(Piece<'_>) -> T + Sync),
        mut take: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut summary = self.summary(rules, before, files);
        let mut first = self.problems(before);
        first.extend(
            rules
                .rules
                .iter()
                .zip(&self.held)
                .map(|(rule, held)| Record::Rule(RuleRecord { throttled: *held, ..rule.record() })),
        );
        take(make(Piece::Records(first)))?;
        let mut with_hits: BTreeSet<String> = BTreeSet::new();
        let made = |(rule, found, at): &(&Rule, &Found, Option<Stretch>)| {
            let piece = found.piece(rule, rules, at.as_ref(), &self.seen);
            let tally = if let Piece::Rows(rows) = &piece { rows.tally() } else { Summary::default() };
            let hit = tally.something().then(|| rule.reference.id.clone());
            (tally, hit, make(piece))
        };
        // While some are given out the next ones are made.
        let shares = self.shares(rules);
        let some = shares.chunks(2 * rayon::current_num_threads());
        let mut ready: Vec<(Summary, Option<String>, T)> = Vec::new();
        for shares in some.map(Some).chain(std::iter::once(None)) {
            let mut next = Vec::new();
            rayon::in_place_scope(|scope| {
                if let Some(shares) = shares {
                    scope.spawn(|_| next = shares.par_iter().map(made).collect());
                }
                for (tally, hit, made) in ready.drain(..) {
                    summary.add(&tally);
                    with_hits.extend(hit);
                    take(made)?;
                }
                Ok(())
            })?;
            ready = next;
        }
        summary.rules_with_hits = with_hits.len();
        summary.elapsed = elapsed().as_secs_f64();
        take(make(Piece::Records(vec![Record::Summary(summary)])))
    }

    /// What was found, in shares of about the same size.
    fn shares<'a>(&'a self, rules: &'a RuleSet) -> Vec<(&'a Rule, &'a Found, Option<Stretch>)> {
        let mut shares = Vec::new();
        for (rule, found) in rules.rules.iter().zip(&self.found) {
            for one in found {
                shares.extend(one.stretches().into_iter().map(|at| (rule, one, at)));
            }
        }
        shares
    }

    /// What went wrong but for single rules.
    fn problems(&self, before: &[Diagnostic]) -> Vec<Record> {
        let report = &self.report;
        let error = |d: &Diagnostic| Record::Error(ErrorRecord::from(d));
        let mut records: Vec<Record> = before.iter().chain(&report.diagnostics).map(error).collect();
        if report.more_diagnostics > 0 {
            let message =
                format!("{} more diagnostics about log files were not kept", report.more_diagnostics);
            records.push(error(&Diagnostic::warning("scan/more-diagnostics", message)));
        }
        records
    }

    /// The totals without what was found.
    fn summary(&self, rules: &RuleSet, before: &[Diagnostic], files: Files) -> Summary {
        let report = &self.report;
        let in_state = |state| rules.rules.iter().filter(|rule| rule.state == state).count();
        Summary {
            files: files.read,
            files_skipped: files.skipped,
            files_failed: files.failed,
            bytes: report.bytes,
            events: report.events,
            events_failed: report.failed,
            chunks_lost: report.lost,
            rules_run: in_state(RuleState::Run),
            rules_unsupported: in_state(RuleState::Unsupported),
            rules_invalid: in_state(RuleState::Invalid),
            content_failed: before.iter().filter(|d| is_content(d)).count(),
            throttled: self.held.iter().sum(),
            spilled_bytes: rules.context.memory.written(),
            rules_spilled: spilled(rules),
            ..Summary::default()
        }
    }
}

/// What a rule found, and what went wrong: of each time that it fired, what script blocks put together from their parts
/// gave, and what the events as they are gave.
fn of_rule(rule: &Rule, rules: &RuleSet, told: &[Told], throttle: &mut Option<Throttle<'_>>) -> Vec<Found> {
    let mut all = Vec::new();
    let mut warnings: Vec<&Diagnostic> = Vec::new();
    let problem = |d: &Diagnostic| Found::Problem(ErrorRecord::from(&rule.located(d)));
    for fired in told.chunk_by(|a, b| a.run.firing == b.run.firing) {
        let firing = fired.first().and_then(|told| told.run.firing).and_then(|at| rules.firing(rule, at));
        let events = fired.iter().find(|told| !told.run.joined).map(|told| &told.answer);
        let span = events.and_then(|events| events.span.flatten());
        let times = finding::Times { context: &rules.context, span, firing };
        for Told { answer, run } in fired.iter().rev() {
            for warning in &answer.warnings {
                if !warnings.contains(&warning) {
                    warnings.push(warning);
                }
            }
            match &answer.rows {
                // `stats` without BY makes a row of no events at all. That is a result of a search, but nothing was
                // found.
                Ok(_) if !run.joined && answer.span.is_none() && !has_rows_of_its_own(rule, rules) => {}
                Ok(rows) => {
                    let left = match throttle.as_mut() {
                        Some(throttle) => finding::admitted(rows, &times, throttle, &rules.context.memory),
                        None => Ok(rows.clone()),
                    };
                    all.push(match left {
                        Ok(rows) => Found::Rows { rows, joined: run.joined, span, firing },
                        Err(error) => problem(&error),
                    });
                }
                Err(error) => all.push(problem(error)),
            }
        }
    }
    all.extend(warnings.into_iter().map(problem));
    all
}

/// The names of rules whose rows went to disk.
fn spilled(rules: &RuleSet) -> Vec<String> {
    let wrote = |rule: &&Rule| {
        let job = rule.job.and_then(|job| rules.jobs.get(job));
        job.is_some_and(|job| job.plan.spilled() > 0)
    };
    rules.rules.iter().filter(wrote).map(|rule| rule.reference.name.clone()).collect()
}

/// Whether the rule begins with rows that are no events.
fn has_rows_of_its_own(rule: &Rule, rules: &RuleSet) -> bool {
    let job = rule.job.and_then(|job| rules.jobs.get(job));
    job.is_some_and(|job| matches!(job.plan.head(), Head::Rows(_)))
}

/// Whether a diagnostic says that a file of rules, macros or an app could not be used.
fn is_content(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == Severity::Error && !diagnostic.slug.starts_with("input/")
}
