//! `grotto test`: rules prove themselves.

mod github;
mod jsonl;
mod junit;
mod sarif;
mod table;
mod watch;

use crate::Ending;
use crate::args::{Said, TestArgs, TestFormat};
use crate::output::{self, Style, colored, comfy_width};
use crate::progress::Progress;
use crate::setup::{self, Setup};
use grotto_content::Content;
use grotto_detect::RuleSet;
use grotto_detect::testing::baseline::{self, Baseline};
use grotto_detect::testing::data::Places;
use grotto_detect::testing::record::{Record, Summary, records};
use grotto_detect::testing::watch::Known;
use grotto_detect::testing::{self, Outcome, Plan, Reading, Results, Selection, Tested};
use grotto_diag::{Diagnostic, Severity};
use grotto_events::Limits;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Folders of content that rules share.
const SHARED: [&str; 3] = ["macros", "lookups", "data_sources"];

/// Runs the command.
pub(crate) fn run(args: &TestArgs) -> std::io::Result<Ending> {
    if let Some(folder) = args.attack_data.iter().chain(&args.baseline).find(|folder| !folder.is_dir()) {
        setup::say(&format!("error: {} is no folder", folder.display()));
        return Ok(Ending::Wrong);
    }
    if args.fail_on_baseline && args.baseline.is_empty() {
        setup::say("error: --fail-on-baseline needs a --baseline, or baselines in grotto.toml");
        return Ok(Ending::Wrong);
    }
    if args.watch {
        return watch::run(args);
    }
    let Some(round) = Round::run(args, &Selection::All) else { return Ok(Ending::Wrong) };
    round.complain();
    let terminal = args.output.is_none() && std::io::stdout().is_terminal();
    let format = args.format.unwrap_or(if terminal { TestFormat::Table } else { TestFormat::Jsonl });
    let mut out = output::writer(args.output.as_deref())?;
    match format {
        TestFormat::Table => table::write(&mut out, &round, style(args, terminal))?,
        TestFormat::Jsonl => jsonl::write(&mut out, &round)?,
        TestFormat::Junit => junit::write(&mut out, &round)?,
        TestFormat::Github => github::write(&mut out, &round)?,
        TestFormat::Sarif => sarif::write(&mut out, &round)?,
    }
    out.flush()?;
    if format != TestFormat::Table || args.output.is_some() {
        round.say_totals();
    }
    Ok(round.ending())
}

fn style(args: &TestArgs, terminal: bool) -> Style {
    let width = if terminal { comfy_width() } else { 160 };
    Style { color: colored(args.common.color, terminal), width, show_rules: false, show_ids: false }
}

/// Everything that one run gave.
pub(crate) struct Round {
    setup: Setup,
    rules: RuleSet,
    results: Results,
    baselines: Vec<Baseline>,
    summary: Summary,
    /// Whether a hit in benign logs is a failure.
    fail_on_baseline: bool,
    /// What a later save may touch.
    known: Known,
}

impl Round {
    /// Loads everything and runs the tests of the selection, and its rules over benign logs; `None` when the arguments
    /// make no sense, which was then said.
    fn run(args: &TestArgs, selection: &Selection) -> Option<Self> {
        let started = Instant::now();
        let mut setup = Setup::new(&args.common, &with_surroundings(&args.rules), true)?;
        keep_named(&mut setup.content, &args.rules);
        if setup.content.detections.is_empty() {
            setup.complain();
            setup.report_no_rules();
            return None;
        }
        let rules = RuleSet::compile(&setup.content, &setup.macros, &setup.knowledge, &setup.context);
        let places = Places {
            attack_data: args.attack_data.iter().cloned().collect(),
            builtin: args.rules.is_empty(),
        };
        let plan = Plan::new(&rules, &places, selection);
        let folders = args.attack_data.iter().cloned().collect();
        let known = Known::new(&setup.content, &rules, &plan, folders);
        let limits = Limits { archive_bytes: args.common.max_archive_bytes, ..Limits::default() };
        let reading = Reading { limits, zone: Some(setup.context.timezone.clone()) };
        let progress = Progress::new(plan.bytes());
        let results =
            testing::run(plan, &rules, &setup.knowledge, &reading, &|bytes| progress.advance(bytes));
        progress.finish();
        let baselines = baselines(args, &setup, &rules, selection);
        let mut summary = Summary::new(&results, &baselines);
        summary.elapsed = started.elapsed().as_secs_f64();
        let fail_on_baseline = args.fail_on_baseline;
        Some(Self { setup, rules, results, baselines, summary, fail_on_baseline, known })
    }

    /// The file of a test's rule.
    fn file(&self, test: &Tested) -> String {
        self.rules
            .rules
            .get(test.rule)
            .map_or(String::new(), |rule| rule.detection.path.display().to_string())
    }

    /// The name of a test's rule.
    fn rule(&self, test: &Tested) -> &str {
        self.rules.rules.get(test.rule).map_or("", |rule| rule.detection.name.as_str())
    }

    /// All records, for programs.
    fn records(&self) -> Vec<Record> {
        records(&self.results, &self.baselines, &self.rules, self.summary.clone())
    }

    /// What failed, what could not be run, and what was found in benign logs, each at its place.
    fn diagnostics(&self) -> Vec<Diagnostic> {
        let bad = |test: &&Tested| matches!(test.outcome, Outcome::Failed | Outcome::Error);
        let mut all: Vec<Diagnostic> =
            self.results.tests.iter().filter(bad).flat_map(|test| test.reasons.iter().cloned()).collect();
        for baseline in &self.baselines {
            all.extend(baseline.diagnostics(&self.rules));
            all.extend(baseline.problems.iter().cloned());
        }
        all
    }

    /// Prints what could not be loaded, and benign logs that could not be read.
    fn complain(&self) {
        let loading = self.setup.diagnostics.iter().filter(|d| d.severity == Severity::Error);
        let reading = self.baselines.iter().flat_map(|b| &b.report.diagnostics);
        for diagnostic in loading.chain(reading) {
            self.setup.report(diagnostic);
        }
    }

    /// Says how it ended, on stderr.
    fn say_totals(&self) {
        setup::say(&table::totals(&self.summary));
        if let Some(warning) = self.summary.nothing_proved() {
            setup::say(&format!("warning: {warning}"));
        }
    }

    fn ending(&self) -> Ending {
        let unread = self.baselines.iter().any(|baseline| baseline.report.events == 0);
        let hits = self.fail_on_baseline && self.summary.baseline_rules_with_hits > 0;
        let broken = self.baselines.iter().any(|baseline| !baseline.problems.is_empty());
        if self.summary.has_failed() || hits || broken {
            Ending::Found
        } else if self.setup.is_faulty() || unread {
            Ending::Wrong
        } else {
            Ending::Done
        }
    }
}

/// Runs the rules of a selection over all folders of benign logs. A dataset that changed changes nothing in these.
fn baselines(args: &TestArgs, setup: &Setup, rules: &RuleSet, selection: &Selection) -> Vec<Baseline> {
    let over = |rules: &RuleSet| -> Vec<Baseline> {
        args.baseline.iter().map(|folder| run_baseline(folder, args, setup, rules)).collect()
    };
    let Selection::Only { rules: saved, .. } = selection else { return over(rules) };
    let chosen: Vec<usize> =
        (0..rules.rules.len()).filter(|at| saved.contains(&rules.rules[*at].detection.path)).collect();
    if chosen.is_empty() || args.baseline.is_empty() {
        return Vec::new();
    }
    let detections = chosen.iter().map(|at| rules.rules[*at].detection.clone()).collect();
    let content = Content { detections, ..Content::default() };
    let some = RuleSet::compile(&content, &setup.macros, &setup.knowledge, &setup.context);
    let mut baselines = over(&some);
    for hits in baselines.iter_mut().flat_map(|baseline| &mut baseline.hits) {
        hits.rule = chosen[hits.rule];
    }
    baselines
}

/// Runs rules over a folder of benign logs.
fn run_baseline(folder: &Path, args: &TestArgs, setup: &Setup, rules: &RuleSet) -> Baseline {
    let name = folder.display().to_string();
    let inputs = setup::inputs(std::slice::from_ref(&name), &args.common, &Said::default(), &setup.context);
    let progress = Progress::new(inputs.bytes());
    let mut baseline =
        baseline::run(&name, &inputs.parts, rules, &setup.knowledge, &|bytes| progress.advance(bytes));
    progress.finish();
    let errors = inputs.diagnostics.into_iter().filter(|d| d.severity == Severity::Error);
    baseline.report.diagnostics.extend(errors);
    baseline
}

/// The named files and folders after those of the macros, lookups and data sources that they belong to: a rule lies in
/// `detections`, and what it needs beside that folder.
fn with_surroundings(named: &[PathBuf]) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = Vec::new();
    for path in named {
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        let detections =
            real.ancestors().find(|folder| folder.file_name().is_some_and(|name| name == "detections"));
        let Some(root) = detections.and_then(Path::parent) else { continue };
        for folder in SHARED.map(|name| root.join(name)) {
            if folder.is_dir() && !all.contains(&folder) {
                all.push(folder);
            }
        }
    }
    all.extend(named.iter().cloned());
    all
}

/// Leaves only the rules that were named; all when nothing was.
fn keep_named(content: &mut Content, named: &[PathBuf]) {
    if !named.is_empty() {
        content.detections.retain(|rule| named.iter().any(|path| rule.path.starts_with(path)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_brings_the_macros_beside_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for name in ["detections/endpoint", "macros", "lookups"] {
            std::fs::create_dir_all(root.join(name)).unwrap();
        }
        let rule = root.join("detections/endpoint/a.yml");
        std::fs::write(&rule, "").unwrap();
        let expected = [root.join("macros"), root.join("lookups"), rule.clone()];
        assert_eq!(with_surroundings(std::slice::from_ref(&rule)), expected);
        let two = with_surroundings(&[rule.clone(), root.join("detections")]);
        assert_eq!(two.len(), 4, "the folders come once: {two:?}");
        assert_eq!(with_surroundings(std::slice::from_ref(&root)), [root]);
        assert!(with_surroundings(&[]).is_empty());
    }
}
