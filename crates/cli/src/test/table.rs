//! For people: a test a row, what failed and why, benign logs, totals.

use super::Round;
use crate::output::Style;
use crate::output::table::{clean, new_table, paint};
use grotto_detect::testing::baseline::Baseline;
use grotto_detect::testing::record::Summary;
use grotto_detect::testing::{Outcome, Tested};
use std::io::{Result, Write};

/// How many failures are explained below the table.
const EXPLAINED: usize = 20;

/// Writes the report.
pub(super) fn write(out: &mut dyn Write, round: &Round, style: Style) -> Result<()> {
    if !round.results.tests.is_empty() {
        let mut table = new_table(style);
        table.set_header(["", "Rule", "Test", "Rows", "Events", "Why"]);
        for test in &round.results.tests {
            table.add_row(row(test, round, style));
        }
        writeln!(out, "{table}\n")?;
        explain(out, round, style)?;
    }
    for baseline in &round.baselines {
        of_baseline(out, baseline, round, style)?;
    }
    writeln!(out, "{}", paint(&totals(&round.summary), color(&round.summary), style))?;
    if let Some(warning) = round.summary.nothing_proved() {
        writeln!(out, "{}", paint(&format!("warning: {warning}"), "33", style))?;
    }
    Ok(())
}

fn row(test: &Tested, round: &Round, style: Style) -> [String; 6] {
    let color = match test.outcome {
        Outcome::Passed => "32",
        Outcome::Failed | Outcome::Error => "31",
        Outcome::Skipped => "2",
    };
    let wanted = if test.expected == 0 { "0".to_owned() } else { format!("≥{}", test.expected) };
    let (rows, events) = test.counts.map_or((String::new(), String::new()), |counts| {
        (format!("{} of {wanted}", counts.rows), format!("{} of {}", counts.selected, counts.events))
    });
    [
        paint(test.outcome.name(), color, style),
        clean(round.rule(test)),
        if test.test.is_some() { clean(&test.name) } else { String::new() },
        rows,
        events,
        clean(test.reason()),
    ]
}

/// What failed, with places and help.
fn explain(out: &mut dyn Write, round: &Round, style: Style) -> Result<()> {
    let bad = |test: &&Tested| matches!(test.outcome, Outcome::Failed | Outcome::Error);
    let all: Vec<&Tested> = round.results.tests.iter().filter(bad).collect();
    for test in all.iter().take(EXPLAINED) {
        for reason in &test.reasons {
            writeln!(out, "{}", paint(&clean(&reason.to_string()), "1", style))?;
            if let Some(help) = &reason.help {
                writeln!(out, "    help: {}", clean(help))?;
            }
        }
        for note in &test.notes {
            writeln!(out, "    note: {}", clean(&note.message))?;
        }
    }
    if all.len() > EXPLAINED {
        writeln!(out, "… and {} more; --format jsonl tells all", all.len() - EXPLAINED)?;
    }
    if all.is_empty() { Ok(()) } else { writeln!(out) }
}

fn of_baseline(out: &mut dyn Write, baseline: &Baseline, round: &Round, style: Style) -> Result<()> {
    writeln!(
        out,
        "Benign logs {}: {} events of {} hosts; {} of {} rules found something",
        clean(&baseline.name),
        baseline.report.events,
        baseline.hosts,
        baseline.hits.len(),
        baseline.rules
    )?;
    if !baseline.hits.is_empty() {
        let mut table = new_table(style);
        table.set_header(["Rule", "Rows", "In a million events", "Hosts"]);
        for hits in &baseline.hits {
            let rule = round.rules.rules.get(hits.rule).map_or("", |rule| rule.detection.name.as_str());
            let hosts = hits.hosts.map_or("unknown".to_owned(), |n| format!("{n} of {}", baseline.hosts));
            let rate = format!("{:.1}", baseline.per_million(hits));
            table.add_row([clean(rule), hits.rows.to_string(), rate, hosts]);
        }
        writeln!(out, "{table}")?;
    }
    for problem in &baseline.problems {
        writeln!(out, "{}", clean(&problem.to_string()))?;
    }
    writeln!(out)
}

/// The totals in one line.
pub(super) fn totals(summary: &Summary) -> String {
    let without = match summary.rules_without_tests {
        0 => String::new(),
        count => format!(", {count} rules without a test"),
    };
    format!(
        "{} passed, {} failed, {} errors, {} skipped in {:.2} s: {} rules, {} datasets, {} events{without}",
        summary.passed,
        summary.failed,
        summary.errors,
        summary.skipped,
        summary.elapsed,
        summary.rules,
        summary.datasets,
        summary.events
    )
}

fn color(summary: &Summary) -> &'static str {
    if summary.has_failed() {
        "1;31"
    } else if summary.nothing_proved().is_some() {
        "33"
    } else {
        "1;32"
    }
}
