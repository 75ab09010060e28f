//! Logs that grow, through the binary.
#![cfg(unix)]

use crate::process;
use crate::state::prepare;
use serde_json::Value;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// A watch that runs, and what it prints.
struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    fn start(folder: &Path) -> Self {
        let path = |name: &str| folder.join(name).display().to_string();
        let mut child = Command::new(env!("CARGO_BIN_EXE_grotto"))
            .args([
                "watch",
                &path("logs"),
                "--rules",
                &path("rules"),
                "--state",
                &path("state"),
                "--poll",
                "1s",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    fn next(&mut self) -> Value {
        serde_json::from_str(&self.lines.next().unwrap().unwrap()).unwrap()
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Ends it as Ctrl-C does; what it prints until its end.
    fn interrupt(mut self) -> Vec<Value> {
        self.signal("-INT");
        let rest = self.lines.by_ref().map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
        assert!(self.child.wait().unwrap().success());
        rest
    }
}

fn append(folder: &Path, image: &str) {
    let path = folder.join("logs/log.xml");
    let mut file = std::fs::File::options().create(true).append(true).open(path).unwrap();
    file.write_all(process("2024-01-01T00:00:01Z", image, "x").as_bytes()).unwrap();
}

#[test]
fn findings_come_as_logs_grow_and_a_killed_watch_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path(), 0);
    std::fs::create_dir_all(folder.path().join("logs")).unwrap();
    append(folder.path(), "C:\\a.exe");
    let mut watch = Running::start(folder.path());
    assert_eq!(watch.next()["title"], "C:\\a.exe");
    append(folder.path(), "C:\\b.exe");
    assert_eq!(watch.next()["title"], "C:\\b.exe");
    watch.signal("-KILL");
    watch.child.wait().unwrap();
    append(folder.path(), "C:\\c.exe");
    let mut watch = Running::start(folder.path());
    // What came last before the end may come again.
    let mut next = watch.next();
    if next["title"] == "C:\\b.exe" {
        next = watch.next();
    }
    assert_eq!(next["title"], "C:\\c.exe");
    let rest = watch.interrupt();
    let [summary] = rest.as_slice() else { panic!("{rest:?}") };
    assert_eq!((&summary["type"], &summary["events"]), (&"summary".into(), &1.into()));
    append(folder.path(), "C:\\d.exe");
    let mut watch = Running::start(folder.path());
    assert_eq!(watch.next()["title"], "C:\\d.exe", "nothing else is new");
    assert_eq!(watch.interrupt().len(), 1);
}
