//! The table, for the terminal and as Markdown.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// One line of the table.
pub(super) struct Line {
    pub(super) what: String,
    pub(super) bar: String,
    pub(super) goal: String,
    pub(super) measured: String,
    pub(super) verdict: String,
    pub(super) name: &'static str,
}

/// All that is known of a run of the benchmarks.
pub(super) struct Report {
    /// What is said about the machine, the versions, the logs and the rules, as names and values.
    pub(super) facts: Vec<(String, String)>,
    pub(super) lines: Vec<Line>,
    /// What each run took, as names of runs and figures.
    pub(super) runs: Vec<[String; 5]>,
    /// The command line of each run.
    pub(super) commands: Vec<(String, String)>,
}

impl Report {
    /// As Markdown.
    pub(super) fn markdown(&self) -> String {
        let mut text = String::from(
            "# Benchmarks\n\nWritten by `cargo xtask bench`, which builds what it needs, makes the logs and the sets of rules, and \
             measures. Runs that are compared take turns, so that what else the machine does hits both sides; a ratio is the \
             median of those of the rounds. One row alone: `cargo xtask bench --only NAME`.\n\n",
        );
        for (name, value) in &self.facts {
            let _ = writeln!(text, "- {name}: {value}");
        }
        text.push_str("\n| measure | bar | goal | measured | verdict | name |\n|---|---|---|---|---|---|\n");
        for line in &self.lines {
            let Line { what, bar, goal, measured, verdict, name } = line;
            let _ = writeln!(text, "| {what} | {bar} | {goal} | {measured} | {verdict} | `{name}` |");
        }
        text.push_str(
            "\n## Runs\n\nMedians.\n\n| run | times | time (s) | processor time (s) | peak memory (MB) |\n",
        );
        text.push_str("|---|---|---|---|---|\n");
        for run in &self.runs {
            let _ = writeln!(text, "| {} |", run.join(" | "));
        }
        text.push_str("\n## Commands\n\n`$BENCH` is the folder of logs and rules, which `--keep` keeps.\n\n");
        for (name, command) in &self.commands {
            let _ = writeln!(text, "- {name}: `{command}`");
        }
        text
    }

    /// As text with columns.
    pub(super) fn text(&self) -> String {
        let cells = |line: &Line| {
            let Line { what, bar, goal, measured, verdict, .. } = line;
            [what.clone(), bar.clone(), goal.clone(), measured.clone(), verdict.clone()]
        };
        let mut rows = vec![["measure", "bar", "goal", "measured", "verdict"].map(str::to_owned)];
        rows.extend(self.lines.iter().map(cells));
        let mut widths = [0; 5];
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        let mut text = String::new();
        for row in &rows {
            for (width, cell) in widths.iter().zip(row) {
                let _ = write!(text, "{cell:<width$}  ");
            }
            text.truncate(text.trim_end().len());
            text.push('\n');
        }
        text
    }
}

/// What is said about the machine and the versions.
pub(super) fn machine(folder: &Path) -> Vec<(String, String)> {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let value = |text: &str, key: &str| {
        let line = text.lines().find(|line| line.starts_with(key))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let said = |program: &str, args: &[&str]| {
        let output = Command::new(program).args(args).current_dir(folder).output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned()).filter(|text| !text.is_empty())
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = value(&read("/proc/meminfo"), "MemTotal").and_then(|text| {
        let kib: f64 = text.trim_end_matches("kB").trim().parse().ok()?;
        Some(format!("{:.1} GB", kib * 1024.0 / 1e9))
    });
    let unknown = || "unknown".to_owned();
    let facts = [
        ("processor", value(&read("/proc/cpuinfo"), "model name").unwrap_or_else(unknown)),
        ("cores", cores.to_string()),
        ("memory", memory.unwrap_or_else(unknown)),
        ("kernel", said("uname", &["-sr"]).unwrap_or_else(unknown)),
        ("compiler", said("rustc", &["--version"]).unwrap_or_else(unknown)),
        ("grotto", said("git", &["describe", "--always", "--dirty"]).unwrap_or_else(unknown)),
    ];
    facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let line = |what: &str, measured: &str| Line {
            what: what.to_owned(),
            bar: "≤ 3.0".to_owned(),
            goal: "≤ 1.5".to_owned(),
            measured: measured.to_owned(),
            verdict: "passed".to_owned(),
            name: "row",
        };
        Report {
            facts: vec![("seed".to_owned(), "1".to_owned())],
            lines: vec![line("a ÷ b", "2.00"), line("longer than that", "1.75")],
            runs: vec![["a", "3", "1.0", "2.0", "90"].map(str::to_owned)],
            commands: vec![("a".to_owned(), "grotto scan $BENCH/one.evtx".to_owned())],
        }
    }

    #[test]
    fn columns_stand_below_each_other() {
        let text = report().text();
        let at =
            |line: &str, what: &str| line.chars().count() - line.split_once(what).unwrap().1.chars().count();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(at(lines[1], "2.00"), at(lines[2], "1.75"), "{text}");
        assert!(lines[0].starts_with("measure"));
    }

    #[test]
    fn markdown_holds_everything() {
        let text = report().markdown();
        for part in [
            "- seed: 1\n",
            "| a ÷ b | ≤ 3.0 | ≤ 1.5 | 2.00 | passed | `row` |",
            "| a | 3 | 1.0 | 2.0 | 90 |",
            "- a: `grotto scan $BENCH/one.evtx`",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn the_machine_is_described() {
        let facts = machine(Path::new("."));
        assert!(
            facts.iter().any(|(name, value)| name == "cores" && value.parse::<usize>().is_ok_and(|n| n > 0))
        );
        assert!(facts.iter().all(|(_, value)| !value.is_empty()), "{facts:?}");
    }
}
