//! `grotto test --watch`: runs again what a saved file touches.

use super::{Round, SHARED, style, table};
use crate::Ending;
use crate::args::TestArgs;
use crate::setup;
use grotto_detect::testing::Selection;
use grotto_detect::testing::watch::Known;
use notify::{Event, EventKind, RecursiveMode, Watcher as _};
use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long nothing must happen before tests are run: editors save in several steps.
const QUIET: Duration = Duration::from_millis(150);
/// How long to wait for that at most.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many files a line names.
const NAMED: usize = 3;

/// Runs all tests, then what saved files touch, until it is interrupted.
pub(super) fn run(args: &TestArgs) -> std::io::Result<Ending> {
    if args.rules.is_empty() {
        setup::say("error: --watch needs RULES: those that are built in don't change");
        return Ok(Ending::Wrong);
    }
    let (sender, events) = channel();
    let watcher = notify::recommended_watcher(move |event| {
        // Nobody listens any more when the program ends.
        let _ = sender.send(event);
    });
    let mut watcher = watcher.map_err(std::io::Error::other)?;
    let Some(mut round) = Round::run(args, &Selection::All) else { return Ok(Ending::Wrong) };
    let (mut watched, mut changes) = (BTreeSet::new(), None);
    loop {
        // Before anything is said: who reads a result may save the next file at once.
        for (path, mode) in folders(args, &round) {
            if watched.insert(path.clone())
                && let Err(error) = watcher.watch(&path, mode)
            {
                setup::say(&format!("warning: can't watch {}: {error}", path.display()));
            }
        }
        if let Some(named) = changes {
            line(&format!("changed {named}"))?;
        }
        show(args, &round)?;
        let (changed, mut again) = loop {
            let Some(changed) = next(&events) else { return Ok(round.ending()) };
            let Some(selection) = touched(&args.baseline, &round.known, &changed) else { continue };
            // A rule that is half written must not end the watch.
            if let Some(again) = Round::run(args, &selection) {
                break (changed, again);
            }
        };
        again.known.data.extend(std::mem::take(&mut round.known.data));
        (round, changes) = (again, Some(names(&changed)));
    }
}

/// The tests to run when these files were saved: on benign logs every rule counts.
fn touched(baseline: &[PathBuf], known: &Known, changed: &[PathBuf]) -> Option<Selection> {
    let benign = |path: &PathBuf| baseline.iter().any(|named| path.starts_with(plain(named)));
    if changed.iter().any(benign) { Some(Selection::All) } else { known.touched(changed) }
}

fn show(args: &TestArgs, round: &Round) -> std::io::Result<()> {
    round.complain();
    let mut out = std::io::stdout().lock();
    if round.results.tests.len() <= 1 || !round.summary.has_failed() {
        writeln!(out, "{}", table::totals(&round.summary))?;
        if let Some(warning) = round.summary.nothing_proved() {
            writeln!(out, "warning: {warning}")?;
        }
        for reason in round.diagnostics() {
            round.setup.report(&reason);
        }
        return out.flush();
    }
    table::write(&mut out, round, style(args, std::io::stdout().is_terminal()))?;
    out.flush()
}

fn line(text: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{text}")
}

/// What to watch: named folders as a whole, of a file its folder, and what rules share.
fn folders(args: &TestArgs, round: &Round) -> Vec<(PathBuf, RecursiveMode)> {
    let mut folders = Vec::new();
    let named =
        args.rules.iter().chain(&args.attack_data).chain(&args.common.app).chain(&args.common.lookups);
    for path in named.chain(&args.baseline) {
        if path.is_dir() {
            folders.push((path.clone(), RecursiveMode::Recursive));
        } else {
            folders.push((folder(path), RecursiveMode::NonRecursive));
        }
    }
    let files = round.known.data.iter().chain(&round.known.shared);
    let alone: BTreeSet<PathBuf> = files
        .filter(|file| !args.rules.iter().chain(&args.attack_data).any(|named| file.starts_with(named)))
        .map(|file| folder(file))
        .filter(|folder| folder.is_dir())
        .collect();
    folders.extend(alone.into_iter().map(|folder| {
        let shared = folder.file_name().is_some_and(|name| SHARED.iter().any(|shared| name == *shared));
        (folder, if shared { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive })
    }));
    folders
}

fn folder(file: &Path) -> PathBuf {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new(".")).to_owned()
}

/// The files that were saved next, all that come within a moment together; `None` when no more can come.
fn next(events: &Receiver<notify::Result<Event>>) -> Option<Vec<PathBuf>> {
    let mut changed = BTreeSet::new();
    let mut started = None;
    loop {
        let event = match started {
            None => events.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(_) => events.recv_timeout(QUIET),
        };
        match event {
            Ok(Ok(event)) if is_change(&event) => {
                started.get_or_insert_with(Instant::now);
                changed.extend(event.paths.iter().map(|path| plain(path)));
            }
            Ok(Ok(_)) => {}
            Ok(Err(error)) => setup::say(&format!("warning: {error}")),
            Err(RecvTimeoutError::Timeout) => break,
            Err(RecvTimeoutError::Disconnected) => return None,
        }
        if started.is_some_and(|started: Instant| started.elapsed() > PATIENCE) {
            break;
        }
    }
    Some(changed.into_iter().collect())
}

fn is_change(event: &Event) -> bool {
    matches!(event.kind, EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_) | EventKind::Any)
}

/// Without the `./` that watching the current folder puts before a name.
fn plain(path: &Path) -> PathBuf {
    path.strip_prefix(".").unwrap_or(path).to_owned()
}

fn names(changed: &[PathBuf]) -> String {
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let some = changed.iter().take(NAMED).map(name).collect::<Vec<_>>().join(", ");
    if changed.len() > NAMED { format!("{some} and {} more", changed.len() - NAMED) } else { some }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::{AccessKind, CreateKind};

    fn event(kind: EventKind, path: &str) -> Event {
        Event::new(kind).add_path(path.into())
    }

    #[test]
    fn saves_within_a_moment_come_together_and_reading_is_no_change() {
        let (sender, events) = channel();
        let create = EventKind::Create(CreateKind::File);
        for event in [
            event(EventKind::Access(AccessKind::Read), "read.yml"),
            event(create, "./b.yml"),
            event(create, "a.yml"),
            event(create, "b.yml"),
        ] {
            sender.send(Ok(event)).unwrap();
        }
        assert_eq!(next(&events).unwrap(), [PathBuf::from("a.yml"), PathBuf::from("b.yml")]);
        drop(sender);
        assert!(next(&events).is_none());
    }

    #[test]
    fn a_saved_baseline_concerns_all_rules() {
        let known =
            Known { rules: ["r/a.yml".into()].into(), data: ["d/a.log".into()].into(), ..Known::default() };
        let of = |baseline: &[&str], changed: &str| {
            let baseline: Vec<PathBuf> = baseline.iter().map(PathBuf::from).collect();
            touched(&baseline, &known, &[changed.into()])
        };
        for (baseline, changed) in
            [("benign", "benign/b.log"), ("./benign", "benign/deep/b.log"), ("/x/b.log", "/x/b.log")]
        {
            assert!(matches!(of(&[baseline], changed), Some(Selection::All)), "{baseline} {changed}");
        }
        assert!(of(&["benign"], "benign2/b.log").is_none());
        assert!(of(&[], "benign/b.log").is_none());
        assert!(matches!(of(&["benign"], "r/a.yml"), Some(Selection::Only { .. })));
        assert!(matches!(of(&["benign"], "d/a.log"), Some(Selection::Only { .. })));
    }

    #[test]
    fn a_line_names_a_few_files() {
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        assert_eq!(names(&paths(&["x/a.yml"])), "a.yml");
        assert_eq!(names(&paths(&["a", "b", "c", "d", "e"])), "a, b, c and 2 more");
        assert_eq!(folder(Path::new("a.yml")), Path::new("."));
        assert_eq!(folder(Path::new("x/a.yml")), Path::new("x"));
    }
}
