//! `grotto watch`: rules over logs that grow.

use crate::Ending;
use crate::args::{Common, Said};
use crate::output::{self, table};
use crate::setup::{self, Setup};
use clap::{Args, ValueEnum};
use grotto_detect::record::{Finding, Record, Summary};
use grotto_detect::replay::Replay;
use grotto_detect::watch::{Round, Rules, Settings, Watch};
use grotto_events::Limits;
use notify::{RecursiveMode, Watcher as _};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long files must be left alone before they are looked at: loggers write in several steps.
const QUIET: Duration = Duration::from_millis(100);

/// Arguments of `grotto watch`.
#[derive(Debug, Args)]
pub(crate) struct WatchArgs {
    /// Log files, folders or globs that grow; what is in them already is read first.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    /// Folder (or single file) of detection rules, with their macros, lookups and data sources; may be repeated.
    /// Without it the rules that are built in are used.
    #[arg(long, value_name = "DIR")]
    pub(crate) rules: Vec<PathBuf>,
    /// Folder that keeps what is found and how far files were read, so that the next watch goes on there. Made when it is
    /// not there.
    #[arg(long, value_name = "DIR")]
    pub(crate) state: Option<PathBuf>,
    /// How often files are looked at when the system does not tell that they changed.
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = duration)]
    pub(crate) poll: Duration,
    /// How often rules are run that need more than one event.
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = duration)]
    pub(crate) every: Duration,
    /// How far these look back from the newest event.
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = duration)]
    pub(crate) window: Duration,
    /// Let these fire by their own schedules, each time over its own range of time within the window.
    #[arg(long)]
    pub(crate) schedule: bool,
    /// The form of the output; lines for people on a terminal, JSON lines elsewhere.
    #[arg(long, value_enum)]
    pub(crate) format: Option<WatchFormat>,
    /// What all commands that read logs share.
    #[command(flatten)]
    pub(crate) common: Common,
    /// What is said of the events.
    #[command(flatten)]
    pub(crate) said: Said,
}

/// The forms of what comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WatchFormat {
    /// A line for people.
    Table,
    /// A JSON object a line.
    Jsonl,
}

/// Why to wait no longer.
enum Wake {
    Stop,
    Changed,
}

/// Runs the command.
pub(crate) fn run(args: &WatchArgs) -> std::io::Result<Ending> {
    let started = Instant::now();
    let Some(mut setup) = Setup::new(&args.common, &args.rules, true) else { return Ok(Ending::Wrong) };
    let mut rules = Rules::compile(&mut setup.content, &setup.macros, &setup.knowledge, &setup.context);
    setup.complain();
    if args.schedule {
        rules.windowed.replay(&Replay::Schedules);
    }
    if rules.streaming.is_empty() && rules.windowed.is_empty() {
        setup.report_no_rules();
        return Ok(Ending::Wrong);
    }
    let settings = Settings {
        paths: args.paths.clone(),
        labels: setup::labels(&args.said, &setup.context),
        limits: Limits { archive_bytes: args.common.max_archive_bytes, ..Limits::default() },
        window: nanoseconds(args.window),
        every: nanoseconds(args.every),
    };
    let mut watch = match Watch::start(rules, &setup.knowledge, settings, args.state.as_deref()) {
        Ok(watch) => watch,
        Err(problem) => {
            setup::report(&problem, args.common.color);
            return Ok(Ending::Wrong);
        }
    };
    let (sender, wakes) = channel();
    let stop = sender.clone();
    // Nobody listens any more when the program ends.
    let handler = ctrlc::set_handler(move || drop(stop.send(Wake::Stop)));
    handler.map_err(std::io::Error::other)?;
    let told = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            drop(sender.send(Wake::Changed));
        }
    });
    // Without it files are looked at every now and then all the same.
    let _watcher = told.ok().map(|mut watcher| {
        for folder in folders(&args.paths) {
            let _ = watcher.watch(&folder, RecursiveMode::Recursive);
        }
        watcher
    });
    follow(args, &mut watch, &wakes)?;
    let mut out = Out::new(args);
    out.summary(&watch.summary(started.elapsed()))?;
    Ok(Ending::Done)
}

/// Rounds until it is interrupted.
fn follow(args: &WatchArgs, watch: &mut Watch<'_>, wakes: &Receiver<Wake>) -> std::io::Result<()> {
    let mut out = Out::new(args);
    let mut stop = false;
    loop {
        let now = i64::try_from(jiff::Timestamp::now().as_nanosecond()).unwrap_or(i64::MAX);
        let round = if stop { watch.last_round(now) } else { watch.round(now) };
        let mut more = false;
        match round {
            Ok(round) => {
                more = round.more;
                out.round(&round)?;
                if let Err(problem) = watch.given_out() {
                    setup::report(&problem, args.common.color);
                }
            }
            Err(problem) => setup::report(&problem, args.common.color),
        }
        if stop {
            return Ok(());
        }
        stop = wait(wakes, if more { Duration::ZERO } else { args.poll });
    }
}

/// Waits until files change, or for some time; whether it is time to stop.
fn wait(wakes: &Receiver<Wake>, time: Duration) -> bool {
    let mut wake = wakes.recv_timeout(time);
    let until = Instant::now() + time.max(QUIET);
    loop {
        match wake {
            Ok(Wake::Stop) => return true,
            Ok(Wake::Changed) if Instant::now() < until => wake = wakes.recv_timeout(QUIET),
            Ok(Wake::Changed) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                return false;
            }
        }
    }
}

/// Folders in which something may happen.
fn folders(paths: &[String]) -> Vec<PathBuf> {
    let folder = |path: &String| {
        let path = Path::new(path);
        let plain = path.ancestors().find(|part| part.exists()).unwrap_or(Path::new("."));
        if plain.is_dir() { plain.to_owned() } else { plain.parent().unwrap_or(Path::new(".")).to_owned() }
    };
    let named = |path: PathBuf| if path.as_os_str().is_empty() { PathBuf::from(".") } else { path };
    paths.iter().map(folder).map(named).collect()
}

fn nanoseconds(time: Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}

/// A time with a unit: s, m, h or d.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = match text.get(digits.len()..).unwrap_or_default() {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        unit => return Err(format!("{unit} is no unit: s, m, h and d are")),
    };
    let number: u32 =
        digits.parse().map_err(|_| "a time is a whole number and a unit, such as 5m".to_owned())?;
    if number == 0 {
        return Err("it has to be some time".to_owned());
    }
    Ok(Duration::from_secs(u64::from(number) * unit))
}

/// Standard output.
struct Out {
    format: WatchFormat,
    color: bool,
}

impl Out {
    fn new(args: &WatchArgs) -> Self {
        let terminal = std::io::stdout().is_terminal();
        let usual = if terminal { WatchFormat::Table } else { WatchFormat::Jsonl };
        let color = output::colored(args.common.color, terminal);
        Self { format: args.format.unwrap_or(usual), color }
    }

    fn round(&mut self, round: &Round) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        for record in &round.records {
            match (self.format, record) {
                (WatchFormat::Jsonl, record) => json(&mut out, record)?,
                (WatchFormat::Table, Record::Finding(finding)) => {
                    writeln!(out, "{}", self.line(finding, ""))?;
                }
                (WatchFormat::Table, Record::IntermediateFinding(finding)) => {
                    writeln!(out, "{}", self.line(finding, " (intermediate)"))?;
                }
                (WatchFormat::Table, Record::Hit(hit)) => {
                    let time = hit.first_time.as_deref().unwrap_or("-");
                    let row = serde_json::to_string(&hit.row)?;
                    writeln!(
                        out,
                        "{time}  hit       {}  {}",
                        table::clean(&hit.rule.name),
                        table::clean(&row)
                    )?;
                }
                (WatchFormat::Table, Record::Error(error)) => {
                    let file = error.file.as_deref().map(|file| format!("{file}: ")).unwrap_or_default();
                    setup::say(&table::clean(&format!("warning: {file}{}", error.message)));
                }
                (WatchFormat::Table, Record::Rule(_) | Record::Summary(_)) => {}
            }
        }
        out.flush()
    }

    fn line(&self, finding: &Finding, kind: &str) -> String {
        let Finding { rule, title, entity, first_time, .. } = finding;
        let value = entity.value.as_str().map_or_else(|| entity.value.to_string(), str::to_owned);
        let severity = format!("{:<8}", rule.severity.to_uppercase());
        let severity = if self.color { format!("\x1b[1m{severity}\x1b[0m") } else { severity };
        let text = format!("{}{kind}  {}={value}  {title}", rule.name, entity.field);
        format!(
            "{}  {severity}  {}",
            first_time.as_deref().map_or("-".to_owned(), table::clean),
            table::clean(&text)
        )
    }

    fn summary(&mut self, summary: &Summary) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        match self.format {
            WatchFormat::Jsonl => json(&mut out, &Record::Summary(summary.clone()))?,
            WatchFormat::Table => {
                let findings: usize = summary.findings.values().sum();
                let line = format!(
                    "{findings} findings, {} intermediate, {} hits in {} events; {:.0} s",
                    summary.intermediate_findings, summary.hits, summary.events, summary.elapsed
                );
                writeln!(out, "{line}")?;
            }
        }
        out.flush()
    }
}

fn json(out: &mut impl Write, record: &Record) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, record)?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        for (text, seconds) in
            [("5", Some(5)), ("5s", Some(5)), ("2m", Some(120)), ("24h", Some(86_400)), ("7d", Some(604_800))]
        {
            assert_eq!(duration(text).ok().map(|time| time.as_secs()), seconds, "{text}");
        }
        for text in ["", "m", "0s", "-1s", "5x", "1.5h"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn changes_that_come_together_are_one_and_a_stop_is_a_stop() {
        let (sender, wakes) = channel();
        for _ in 0..3 {
            sender.send(Wake::Changed).unwrap();
        }
        assert!(!wait(&wakes, Duration::from_secs(5)));
        assert!(wakes.try_recv().is_err(), "all are taken");
        sender.send(Wake::Stop).unwrap();
        assert!(wait(&wakes, Duration::from_secs(5)));
    }

    #[test]
    fn of_a_file_its_folder_is_watched() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.log"), "").unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let found = folders(&[path("a.log"), path("*.evtx"), folder.path().display().to_string()]);
        assert_eq!(found, vec![folder.path().to_owned(); 3]);
    }
}
