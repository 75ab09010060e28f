//! `cargo xtask bench`: how fast `grotto` is, as ratios within one run.

mod child;
mod corpus;
mod logs;
mod report;
mod rows;
mod vary;

use child::Taken;
use clap::Args;
use corpus::Corpus;
use logs::Logs;
use report::{Line, Report};
use rows::{Measure, ROWS, Row, Run, median};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// The project.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// What to measure and with what.
#[derive(Args)]
pub(crate) struct Options {
    /// How large one log is; five are made of that size. `small` is 64M.
    #[arg(long, value_parser = size, default_value = "1G")]
    size: u64,
    /// Measure this row only; may be repeated.
    #[arg(long, value_name = "ROW", value_parser = ROWS.map(|row| row.name))]
    only: Vec<String>,
    /// Folder of rules; without it the corpus beside the project, and without that the project's own.
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// How many rules the largest set holds.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    many: usize,
    /// How often each run is repeated, but for those of five logs.
    #[arg(long, value_name = "N", default_value_t = 3)]
    rounds: usize,
    /// The seed of logs and of choices among rules.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder for logs and rules; it is made, and removed at the end.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Leave the folder of logs and rules.
    #[arg(long)]
    keep: bool,
    /// Write the table to this file, too; a run of everything writes BENCHMARKS.md.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The profile that the programs are built with.
    #[arg(long, value_name = "NAME", default_value = "release")]
    cargo_profile: String,
}

fn size(text: &str) -> Result<u64, String> {
    if text == "small" { Ok(64 << 20) } else { crate::generate::parse_size(text) }
}

/// Measures, and gives the table.
///
/// # Errors
/// What can't be built, written, run or measured.
pub(crate) fn run(options: &Options) -> io::Result<String> {
    let start = Instant::now();
    let programs = build(&options.cargo_profile)?;
    let folder = match &options.out {
        Some(folder) => folder.clone(),
        None => programs.join("bench"),
    };
    if folder.exists() {
        let said = format!("{} is there already; remove it or give --out", folder.display());
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, said));
    }
    std::fs::create_dir_all(&folder)?;
    let folder = folder.canonicalize()?;
    let made = measure(options, &programs, &folder);
    if !options.keep {
        std::fs::remove_dir_all(&folder)?;
    }
    let mut report = made?;
    report.facts.push(("the whole took".to_owned(), format!("{:.0} s", start.elapsed().as_secs_f64())));
    let whole = options.only.is_empty() && options.size == 1 << 30 && options.rules.is_none();
    let file = options.report.clone().or_else(|| whole.then(|| Path::new(ROOT).join("BENCHMARKS.md")));
    if let Some(file) = file {
        std::fs::write(&file, report.markdown())?;
    }
    Ok(report.text())
}

/// Builds the programs and gives the folder that they are in.
fn build(profile: &str) -> io::Result<PathBuf> {
    say(&format!("building ({profile})"));
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let done = Command::new(cargo)
        .args(["build", "--quiet", "--package", "grotto", "--package", "xtask", "--profile", profile])
        .current_dir(ROOT)
        .status()?;
    if !done.success() {
        return Err(io::Error::other("the programs can't be built"));
    }
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| Path::new(ROOT).join("target"), PathBuf::from);
    Path::new(ROOT).join(target).join(if profile == "dev" { "debug" } else { profile }).canonicalize()
}

/// Tells how far it is. A closed terminal is nobody's loss.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Everything that is run, and with what.
struct Bench<'o> {
    options: &'o Options,
    programs: &'o Path,
    folder: &'o Path,
    corpus: Corpus,
    logs: Logs,
}

fn measure(options: &Options, programs: &Path, folder: &Path) -> io::Result<Report> {
    let rows: Vec<&Row> = ROWS
        .iter()
        .filter(|row| options.only.is_empty() || options.only.iter().any(|name| name == row.name))
        .collect();
    let wanted: BTreeSet<Run> = rows.iter().flat_map(|row| std::iter::once(row.run).chain(row.by)).collect();
    say("laying out rules");
    let corpus =
        Corpus::lay_out(options.rules.as_deref(), &folder.join("rules"), options.seed, options.many)?;
    say("writing logs");
    let five = wanted.contains(&Run::Five);
    let logs = Logs::write(&programs.join("xtask"), &folder.join("logs"), options.size, options.seed, five)?;
    let bench = Bench { options, programs, folder, corpus, logs };
    bench.check()?;
    let taken = bench.rounds(&wanted)?;
    Ok(bench.report(&rows, &taken))
}

impl Bench<'_> {
    /// Finds out whether the scan that is measured is one: that it reads events and runs rules.
    fn check(&self) -> io::Result<()> {
        let (program, args) = self.command(Run::Start);
        let output = Command::new(program).args(args).output()?;
        let last = String::from_utf8_lossy(&output.stdout).lines().last().unwrap_or_default().to_owned();
        let summary: serde_json::Value = serde_json::from_str(&last).unwrap_or_default();
        let some = |name: &str| summary.get(name).and_then(serde_json::Value::as_u64).unwrap_or_default() > 0;
        if some("events") && some("rules_run") {
            return Ok(());
        }
        Err(io::Error::other(format!(
            "a scan does not end as it should: {}",
            String::from_utf8_lossy(&output.stderr)
        )))
    }

    /// Runs everything, round by round.
    fn rounds(&self, wanted: &BTreeSet<Run>) -> io::Result<BTreeMap<Run, Vec<Taken>>> {
        let mut taken: BTreeMap<Run, Vec<Taken>> = BTreeMap::new();
        for round in 0..self.options.rounds.max(1) {
            for run in wanted {
                let (program, args) = self.command(*run);
                // Content with mistakes in it ends a scan with 2; that it scans was checked before.
                let one = child::run(&program, &args, &[0, 2])?;
                say(&format!(
                    "round {}: {run:?}: {:.2} s, {:.2} s of processor time",
                    round + 1,
                    one.wall,
                    one.cpu
                ));
                taken.entry(*run).or_default().push(one);
            }
        }
        Ok(taken)
    }

    /// The command line of a run.
    fn command(&self, run: Run) -> (PathBuf, Vec<String>) {
        let grotto = self.programs.join("grotto");
        let text = |path: &Path| path.display().to_string();
        let words = |words: &[&str]| -> Vec<String> { words.iter().map(|word| (*word).to_owned()).collect() };
        let one = text(&self.logs.one);
        let scan = |rules: &Path, logs: &Path| {
            words(&["scan", "--no-config", "--rules", &text(rules), &text(logs), "--format", "jsonl"])
        };
        let args = match run {
            Run::Decode => return (self.programs.join("xtask"), words(&["decode", &one])),
            Run::Search => words(&[
                "search",
                "--no-config",
                "index=* | stats count by EventCode",
                &one,
                "--format",
                "jsonl",
            ]),
            Run::Few => scan(&self.corpus.few.folder, &self.logs.one),
            Run::Corpus => scan(&self.corpus.windows.folder, &self.logs.one),
            Run::OneThread => {
                [scan(&self.corpus.windows.folder, &self.logs.one), words(&["--threads", "1"])].concat()
            }
            Run::Many => scan(&self.corpus.many.folder, &self.logs.one),
            Run::Five => scan(&self.corpus.windows.folder, &self.logs.five),
            Run::Start => scan(&self.corpus.all, &self.logs.small),
        };
        (grotto, args)
    }

    fn report(&self, rows: &[&Row], taken: &BTreeMap<Run, Vec<Taken>>) -> Report {
        let of = |run: Option<Run>| run.and_then(|run| taken.get(&run)).map_or(&[][..], Vec::as_slice);
        let lines = rows.iter().map(|row| self.line(row, of(Some(row.run)), of(row.by))).collect();
        let runs = taken.iter().map(|(run, all)| {
            let middle = |measure: Measure| median(all.iter().map(|one| measure.of(one)));
            [
                format!("{run:?}"),
                all.len().to_string(),
                format!("{:.2}", middle(Measure::Wall)),
                format!("{:.2}", middle(Measure::Cpu)),
                format!("{:.0}", middle(Measure::Memory) / 1e6),
            ]
        });
        let commands = taken.keys().map(|run| (format!("{run:?}"), self.shown(*run)));
        let (options, corpus) = (self.options, &self.corpus);
        let mut facts = report::machine(Path::new(ROOT));
        facts.extend(
            [
                ("rules", corpus.name.clone()),
                (
                    "sets of rules",
                    format!(
                        "{} of the corpus, {} of those, {} with copies",
                        corpus.windows.count, corpus.few.count, corpus.many.count
                    ),
                ),
                ("one log", format!("{} events, {} bytes of EVTX", self.logs.events, self.logs.bytes)),
                ("rounds", options.rounds.to_string()),
                ("seed", options.seed.to_string()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        Report { facts, lines, runs: runs.collect(), commands: commands.collect() }
    }

    fn line(&self, row: &Row, runs: &[Taken], by: &[Taken]) -> Line {
        let figure = row.figure(runs, by);
        let limit = |limit: Option<f64>| limit.map_or_else(String::new, |limit| format!("≤ {limit}"));
        let measured = if row.measure == Measure::Rate {
            let (events, bytes) = (self.logs.events as f64, self.logs.bytes as f64);
            format!("{:.0} events/s, {:.0} MB/s", events / figure, bytes / 1e6 / figure)
        } else if row.by.is_none() && row.measure == Measure::Memory {
            format!("{figure:.0}")
        } else {
            format!("{figure:.2}")
        };
        Line {
            what: row.what.to_owned(),
            bar: limit(row.bar.map(|(bar, _)| bar)),
            goal: limit(row.bar.map(|(_, goal)| goal)),
            measured,
            verdict: row.verdict(figure).to_owned(),
            name: row.name,
        }
    }

    /// A command line without the places of this machine.
    fn shown(&self, run: Run) -> String {
        let (program, args) = self.command(run);
        let program = match run {
            Run::Decode => "cargo xtask",
            _ => program.file_name().and_then(|name| name.to_str()).unwrap_or("grotto"),
        };
        let word = |arg: &String| {
            let arg = arg.replace(&self.folder.display().to_string(), "$BENCH");
            let arg = arg.replace(&self.corpus.all.display().to_string(), "$RULES");
            if arg.contains(' ') { format!("'{arg}'") } else { arg }
        };
        std::iter::once(program.to_owned()).chain(args.iter().map(word)).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Typed {
        #[command(flatten)]
        options: Options,
    }

    /// Everything once, with small logs and few rules, so that it works when it is needed.
    #[test]
    fn every_row_is_measured() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        std::fs::create_dir_all(path("rules/detections")).unwrap();
        let rule = "name: every process\nid: every\nversion: 1\nstatus: production\ntype: TTP\ndescription: d\n\
            search: 'EventCode=1 Image=\"*cmd.exe\" | stats count by dest'\n\
            finding:\n  title: $dest$\n  entity: {field: dest, type: system, score: 50}\n\
            analytic_story: [S]\nmitre_attack_id: [T1059]\ntests: []\n";
        std::fs::write(path("rules/detections/every_process.yml"), rule).unwrap();
        let words = [
            "bench",
            "--size",
            "300K",
            "--rounds",
            "1",
            "--cargo-profile",
            "dev",
            "--many",
            "5",
            "--rules",
            &path("rules"),
            "--out",
            &path("out"),
            "--report",
            &path("report.md"),
        ];
        let text = run(&Typed::parse_from(words).options).unwrap();
        assert_eq!(text.lines().count(), ROWS.len() + 1, "{text}");
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
        let report = std::fs::read_to_string(path("report.md")).unwrap();
        assert!(report.contains("1 of the corpus, 1 of those, 5 with copies"), "{report}");
        assert!(
            report.contains("`grotto scan --no-config --rules $BENCH/rules/many $BENCH/logs/five/1.evtx"),
            "{report}"
        );
        assert!(!report.contains(&path("")), "no place of this machine: {report}");
        assert!(!folder.path().join("out").exists());
        let error = run(&Typed::parse_from(["bench", "--cargo-profile", "dev", "--out", &path("")]).options);
        assert!(error.unwrap_err().to_string().contains("is there already"));
    }

    #[test]
    fn sizes() {
        assert_eq!(size("small"), Ok(64 << 20));
        assert_eq!(size("2M"), Ok(2 << 20));
        assert!(size("large").is_err());
        assert!(Typed::try_parse_from(["bench", "--only", "nothing"]).is_err());
    }
}
