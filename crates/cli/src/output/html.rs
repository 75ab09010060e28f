//! A report to look at, in one file: hands the records of a scan, what was run on what and sample events to the
//! catalogue's templates.

use crate::args::{FailOn, ScanArgs};
use crate::setup::LogInput;
use grotto_catalog::report::{LogFile, Manifest, Room, hex, render, rules_hash};
use grotto_detect::RuleSet;
use grotto_detect::explain::{Look, Sample, SampleLimits, Samples, samples};
use grotto_detect::record::{Record, said_once};
use grotto_engine::Context;
use grotto_events::{Input, Part};
use grotto_knowledge::Knowledge;
use jiff::Timestamp;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// A scan that is over.
pub(crate) struct Run<'a> {
    /// What was asked for.
    pub(crate) args: &'a ScanArgs,
    /// The rules.
    pub(crate) rules: &'a RuleSet,
    /// What events mean.
    pub(crate) knowledge: &'a Knowledge,
    /// The logs as they are read.
    pub(crate) parts: &'a [Part],
    /// The files that they are in.
    pub(crate) inputs: &'a [LogInput],
    /// What was found.
    pub(crate) records: &'a [Record],
    /// When it began.
    pub(crate) begun: Timestamp,
    /// How long it took.
    pub(crate) elapsed: Duration,
    /// Where all records were written to.
    pub(crate) kept: Option<String>,
}

/// The report. The logs are read again for it: once to hash them, and once to find sample events, within limits.
pub(crate) fn report(run: &Run<'_>) -> std::io::Result<String> {
    let clock = Instant::now();
    let inputs = run.inputs.par_iter().map(log_file).collect();
    let limits = SampleLimits::default();
    let looks = with_findings(run);
    let found = samples(run.rules, &looks, run.knowledge, run.parts, limits);
    let said = told(&found, limits, looks.iter().any(|look| !look.within.is_empty()));
    let sampled: Vec<(String, Vec<Sample>)> = found
        .of_rules
        .into_iter()
        .filter_map(|(rule, samples)| Some((run.rules.rules.get(rule)?.reference.id.clone(), samples)))
        .collect();
    let manifest = Manifest {
        command: command(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started: run.begun.to_string(),
        elapsed: run.elapsed.as_secs_f64(),
        rules: if run.args.rules.is_empty() {
            vec!["the pack that is built in".to_owned()]
        } else {
            run.args.rules.iter().map(|folder| folder.display().to_string()).collect()
        },
        rule_count: run.rules.rules.len(),
        rules_hash: rules_hash(
            run.rules.rules.iter().map(|rule| (&*rule.reference.id, &*rule.detection.source.text)),
        ),
        settings: settings(run.args, &run.rules.context),
        inputs,
        extra: clock.elapsed().as_secs_f64(),
        samples: said,
        records: run.kept.clone(),
        catalog: run.args.form.catalog_url.clone(),
    };
    render(run.records, &manifest, &sampled, Room::default()).map_err(std::io::Error::other)
}

/// The rules that found something, the worst first. Of a rule that fired by a schedule only events count that it looked
/// at when it found something.
fn with_findings(run: &Run<'_>) -> Vec<Look> {
    let mut windows: BTreeMap<&str, Vec<(i64, i64)>> = BTreeMap::new();
    for record in said_once(run.records) {
        let Some(rule) = record.rule() else { continue };
        let windows = windows.entry(&rule.id).or_default();
        if let Some(window) = window(record).filter(|window| windows.last() != Some(window)) {
            windows.push(window);
        }
    }
    let rules = &run.rules.rules;
    let look = |rule: usize| Some(Look { rule, within: windows.get(&*rules[rule].reference.id)?.clone() });
    let mut looks: Vec<Look> = (0..rules.len()).filter_map(look).collect();
    looks.sort_by_key(|look| Reverse(FailOn::named(&rules[look.rule].reference.severity)));
    looks
}

/// What the rule looked at when it raised a finding, if it fired by a schedule.
fn window(record: &Record) -> Option<(i64, i64)> {
    let (Record::Finding(f) | Record::IntermediateFinding(f)) = record else { return None };
    f.fired.as_ref()?;
    let nanos = |time: &Option<String>| {
        let time: Timestamp = time.as_deref()?.parse().ok()?;
        i64::try_from(time.as_nanosecond()).ok()
    };
    Some((nanos(&f.info_min_time).unwrap_or(i64::MIN), nanos(&f.info_max_time).unwrap_or(i64::MAX)))
}

/// How sample events were found; `scheduled` if rules fired by a schedule.
fn told(samples: &Samples, limits: SampleLimits, scheduled: bool) -> String {
    let mut said = format!(
        "The first {} events of each rule that satisfy its first search ({} in all at most), found by reading the logs \
         once more. Rules that look for no events, and for script blocks put together from several, have none.",
        limits.per_rule, limits.all
    );
    if scheduled {
        said.push_str(" Of rules that fired by a schedule they are among what was looked at then.");
    }
    if samples.cut {
        said.push_str(" The logs were too long to be read to the end for that.");
    }
    if samples.unread > 0 {
        said.push_str(" Standard input can be read only once, so that it gave none.");
    }
    said
}

/// The command line as it was typed.
fn command() -> Vec<String> {
    let typed = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
    std::iter::once("grotto".to_owned()).chain(typed).collect()
}

fn settings(args: &ScanArgs, context: &Context) -> Vec<(String, String)> {
    let written = |ns: i64| {
        Timestamp::from_nanosecond(ns.into()).map_or_else(|_| ns.to_string(), |time| time.to_string())
    };
    let range = match (context.range.from, context.range.to) {
        (None, None) => "all".to_owned(),
        (Some(from), None) => format!("from {}", written(from)),
        (None, Some(to)) => format!("before {}", written(to)),
        (Some(from), Some(to)) => format!("from {}, before {}", written(from), written(to)),
    };
    let schedule = match (args.every, args.schedule) {
        (Some(ns), _) => {
            let window = args.window.as_ref().map(|(from, to)| format!(", each over {from} to {to}"));
            format!("every rule each {} seconds{}", ns / 1_000_000_000, window.unwrap_or_default())
        }
        (None, true) => "as the rules' schedules say".to_owned(),
        (None, false) => "every rule once, over everything".to_owned(),
    };
    let throttling = if args.no_throttle { "off" } else { "as the rules say" };
    let mut all = vec![
        ("Time range", range),
        ("Runs", schedule),
        ("Throttling", throttling.to_owned()),
        ("Time zone", args.common.timezone.clone()),
    ];
    all.extend(args.range.now.clone().map(|now| ("Now", now)));
    all.extend(args.state.as_ref().map(|folder| ("State", folder.display().to_string())));
    all.extend(args.common.app.iter().map(|app| ("App", app.display().to_string())));
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A file with its hash, and the logs inside of it with theirs: an archive that was packed anew is another file with the
/// same logs.
fn log_file(log: &LogInput) -> LogFile {
    let members = log.members.par_iter().map(|(name, input)| hashed(name, input)).collect();
    LogFile { members, ..hashed(log.input.name(), &log.input) }
}

/// Size and hash of what is in an input.
fn hashed(name: &str, input: &Input) -> LogFile {
    let mut hash = Sha256::new();
    let (bytes, sha256) = match input.read_through(&mut |block| hash.update(block)) {
        Ok(bytes) => (Some(bytes), Ok(hex(&hash.finalize()))),
        Err(why) if why.slug == "input/read-twice" => {
            (None, Err("a stream is read once, by the scan".to_owned()))
        }
        Err(why) => (None, Err(why.message)),
    };
    LogFile { name: name.to_owned(), bytes, sha256, members: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_hashed_whole() {
        let of = |input: &Input| {
            let file = hashed("a", input);
            (file.bytes, file.sha256)
        };
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(of(&Input::memory("a", *b"abc")), (Some(3), Ok(abc.to_owned())));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, vec![7; 600_001]).unwrap();
        let whole = hex(&Sha256::digest(vec![7; 600_001]));
        assert_eq!(of(&Input::file(&path)), (Some(600_001), Ok(whole)));
        assert!(of(&Input::file(folder.path().join("none"))).1.is_err());
    }

    #[test]
    fn what_has_no_samples_is_said() {
        let samples = Samples { cut: true, unread: 1, ..Samples::default() };
        let said = told(&samples, SampleLimits::default(), true);
        assert!(said.contains("too long") && said.contains("Standard input"), "{said}");
        assert!(said.contains("by a schedule"), "{said}");
        assert!(!told(&Samples::default(), SampleLimits::default(), false).contains("too long"));
    }
}
