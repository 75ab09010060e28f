//! `grotto scan`: rules over log files.

use crate::Ending;
use crate::args::{FailOn, ScanArgs};
use crate::output::{self, Reports};
use crate::profile;
use crate::progress::Progress;
use crate::setup::{self, Setup};
use crate::tables;
use grotto_detect::record::{Files, Record};
use grotto_detect::replay::Replay;
use grotto_detect::state::State;
use grotto_detect::{Evaluation, Options, Outcome, Piece, RuleSet, scan_with};
use grotto_diag::Diagnostic;
use grotto_diag::phase::{self, Phase};
use jiff::Timestamp;
use std::mem::ManuallyDrop;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Runs the command.
pub(crate) fn run(args: &ScanArgs) -> std::io::Result<Ending> {
    let (begun, started) = (Timestamp::now(), Instant::now());
    if args.profile {
        phase::measure();
    }
    let Some(mut setup) = Setup::within(&args.common, &args.rules, true, &args.range) else {
        return Ok(Ending::Wrong);
    };
    let rules = RuleSet::compile(&setup.content, &setup.macros, &setup.knowledge, &setup.context);
    // The process ends after the scan: taking thousands of plans apart would be time for nothing.
    let mut rules = ManuallyDrop::new(rules);
    if rules.is_empty() {
        setup.complain();
        setup.report_no_rules();
        return Ok(Ending::Wrong);
    }
    if let Some(replay) = replay(args) {
        rules.replay(&replay);
    }
    let mut state = None;
    if let Some(folder) = &args.state {
        match State::open(folder) {
            Ok((opened, problems)) => {
                setup.diagnostics.extend(problems);
                state = Some(opened);
            }
            Err(problem) => {
                setup.complain();
                setup::report(&problem, args.common.color);
                return Ok(Ending::Wrong);
            }
        }
    }
    if args.no_index {
        rules.evaluation = Evaluation::Full;
    }
    let mut reports = Reports::open(&args.form, args.common.color, args.show_rules, args.show_ids)?;
    let inputs = setup::inputs(&args.paths, &args.common, &args.said, &setup.context);
    let progress = Progress::new(inputs.bytes());
    let advance = |bytes| progress.advance(bytes);
    let options = Options { state: state.as_ref(), no_throttle: args.no_throttle };
    let mut outcome = scan_with(&rules, &inputs.parts, &setup.knowledge, &options, &advance);
    progress.finish();
    // What is printed is kept already.
    if let Some(Err(problem)) = state.as_mut().map(|state| keep(state, &rules, &mut outcome)) {
        setup::report(&problem, args.common.color);
        return Ok(Ending::Wrong);
    }

    let unwritten = tables::write(&args.common, &setup.context.lookups);
    let faulty = setup.is_faulty() || rules.jobs.is_empty() || !unwritten.is_empty();
    let mut diagnostics = setup.diagnostics;
    diagnostics.extend(unwritten);
    diagnostics.extend(inputs.diagnostics);
    let read = outcome.something_read() && inputs.files.read > 0;
    let found = if reports.stream() {
        Found::streamed(outcome, &rules, &diagnostics, inputs.files, started, &mut reports)?
    } else {
        let elapsed = started.elapsed();
        let records = outcome.records(&rules, &diagnostics, inputs.files, elapsed);
        let _phase = phase::enter(Phase::Output);
        say(&reports.talk(&records));
        let mut html = String::new();
        if reports.has_html() {
            html = output::html::report(&output::html::Run {
                args,
                rules: &rules,
                knowledge: &setup.knowledge,
                parts: &inputs.parts,
                inputs: &inputs.logs,
                records: &records,
                begun,
                elapsed,
                kept: reports.file_of_records(),
            })?;
        }
        reports.write(&records, &html)?.iter().for_each(|said| setup::say(said));
        Found::of(records)
    };
    if args.profile {
        setup::say(&profile::report(started.elapsed(), &profile::costs(&rules)));
    }
    Ok(match args.fail_on {
        _ if !read => Ending::NothingRead,
        Some(limit) if found.worst.is_some_and(|worst| worst >= limit) => Ending::Found,
        _ if faulty => Ending::Wrong,
        _ => Ending::Done,
    })
}

/// When rules fire, where that was asked for.
fn replay(args: &ScanArgs) -> Option<Replay> {
    let every = args.every.map(|ns| Replay::Every { ns, window: args.window.clone() });
    every.or_else(|| args.schedule.then_some(Replay::Schedules))
}

/// Keeps what was found, and counts how often each finding was seen.
fn keep(state: &mut State, rules: &RuleSet, outcome: &mut Outcome) -> Result<(), Diagnostic> {
    state.add(outcome.sightings(rules));
    state.mark(outcome.marks().iter().cloned());
    state.commit()?;
    outcome.count(rules, |id| state.seen(id));
    Ok(())
}

fn say(talk: &str) {
    if !talk.is_empty() {
        setup::say(talk);
    }
}

/// What is to be known of records once they are written.
struct Found {
    /// The severity of the worst finding or hit.
    worst: Option<FailOn>,
    /// The records of which nothing was found.
    others: Vec<Record>,
}

impl Found {
    fn of(mut records: Vec<Record>) -> Self {
        let worst = records.iter().filter_map(Record::rule).map(|rule| FailOn::named(&rule.severity)).max();
        records.retain(|record| record.rule().is_none());
        Self { worst, others: records }
    }

    fn of_piece(piece: Piece<'_>) -> Self {
        match piece {
            Piece::Records(records) => Self::of(records),
            Piece::Rows(rows) => {
                let worst = (rows.count() > 0).then(|| FailOn::named(&rows.rule().severity));
                Self { worst, others: Vec::new() }
            }
        }
    }

    /// Writes the records as they are made: there may be more of them than fit into memory.
    fn streamed(
        outcome: Outcome,
        rules: &RuleSet,
        diagnostics: &[Diagnostic],
        files: Files,
        started: Instant,
        reports: &mut Reports,
    ) -> std::io::Result<Self> {
        let mut all = Self { worst: None, others: Vec::new() };
        // Texts of pieces before, to be written over.
        let spare = Mutex::new(Vec::new());
        let spare = || spare.lock().unwrap_or_else(PoisonError::into_inner);
        let make = |piece: Piece<'_>| -> std::io::Result<(Vec<u8>, Self)> {
            let _phase = phase::enter(Phase::Output);
            let mut lines: Vec<u8> = spare().pop().unwrap_or_default();
            lines.clear();
            output::lines(&piece, &mut lines)?;
            Ok((lines, Self::of_piece(piece)))
        };
        let take = |made: std::io::Result<(Vec<u8>, Self)>| -> std::io::Result<()> {
            let (lines, found) = made?;
            reports.write_lines(&lines)?;
            spare().push(lines);
            all.worst = all.worst.max(found.worst);
            all.others.extend(found.others);
            Ok(())
        };
        outcome.report(rules, diagnostics, files, &|| started.elapsed(), &make, take)?;
        reports.flush()?;
        say(&reports.talk(&all.others));
        Ok(all)
    }
}
