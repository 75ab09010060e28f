//! `grotto drilldown`: the searches that lead on from a finding.

use crate::Ending;
use crate::args::{DrilldownArgs, Format, Range};
use crate::output::{Output, plain_table, table::clean};
use crate::search::{Asked, answer};
use crate::setup::{self, Setup};
use grotto_detect::record::{Drilldown, Finding};
use grotto_detect::state::State;
use grotto_diag::{Diagnostic, input};
use std::path::Path;

/// Most bytes of a file of findings.
const MOST_BYTES: u64 = 1 << 30;
/// How many ids are named when none fits.
const NEAR: usize = 3;

/// Runs the command.
pub(crate) fn run(args: &DrilldownArgs) -> std::io::Result<Ending> {
    let color = args.common.color;
    let wrong = |problem: &Diagnostic| {
        setup::report(problem, color);
        Ok(Ending::Wrong)
    };
    let finding = match find(args) {
        Ok(finding) => finding,
        Err(problem) => return wrong(&problem),
    };
    let Some(number) = args.number() else {
        let Some(first) = args.rest.first() else { return list(args, &finding) };
        let message = format!("`{first}` is not the number of a drilldown");
        let help = "say which one before the logs: grotto drilldown ID 1 PATH; the id alone lists them";
        return wrong(&Diagnostic::error("drilldown/no-such-number", message).help(help));
    };
    let Some(drilldown) = number.checked_sub(1).and_then(|at| finding.drilldowns.get(at)) else {
        let has = finding.drilldowns.len();
        let message = format!("finding {} has no drilldown {number}: it has {has}", finding.id);
        let problem = Diagnostic::error("drilldown/no-such-number", message);
        return wrong(&problem.help("grotto drilldown with the id alone lists them"));
    };
    let paths = args.paths();
    if paths.is_empty() && args.state.is_none() {
        let problem = Diagnostic::error("drilldown/no-logs", "there are no logs to search");
        return wrong(&problem.help("name log files or folders after the number"));
    }
    let range = Range { earliest: drilldown.earliest.clone(), latest: drilldown.latest.clone(), now: None };
    let Some(setup) = Setup::within(&args.common, &args.rules, true, &range) else {
        return Ok(Ending::Wrong);
    };
    answer(
        &Asked {
            search: &drilldown.search,
            paths,
            state: args.state.as_deref(),
            common: &args.common,
            said: &args.said,
            form: &args.form,
            profile: false,
        },
        &setup,
    )
}

/// The finding that the arguments name.
fn find(args: &DrilldownArgs) -> Result<Finding, Diagnostic> {
    if let Some(file) = &args.findings {
        return chosen(of_file(file)?, &args.id, &file.display().to_string());
    }
    let Some(folder) = &args.state else {
        let message = "nothing says where the finding is kept";
        let help = "give --state with the folder that scans keep findings in, or --findings with a report in JSON lines";
        return Err(Diagnostic::error("drilldown/no-findings", message).help(help));
    };
    let (state, problems) = State::read(folder)?;
    for problem in &problems {
        setup::report(problem, args.common.color);
    }
    let all = state.findings().map(|kept| kept.sighting.finding.clone()).collect();
    chosen(all, &args.id, &folder.display().to_string())
}

/// The findings of a report in JSON lines.
fn of_file(file: &Path) -> Result<Vec<Finding>, Diagnostic> {
    let mut findings = Vec::new();
    for (number, line) in input::text(file, MOST_BYTES)?.lines().enumerate() {
        let bad = |error: serde_json::Error| {
            let message = format!("{}, line {}: no record of a report: {error}", file.display(), number + 1);
            Diagnostic::error("drilldown/bad-record", message)
                .help("give what grotto scan --format jsonl wrote")
        };
        if line.trim().is_empty() {
            continue;
        }
        let record: serde_json::Value = serde_json::from_str(line).map_err(bad)?;
        let kind = record.get("type").and_then(serde_json::Value::as_str);
        if matches!(kind, Some("finding" | "intermediate_finding")) {
            findings.push(serde_json::from_value(record).map_err(bad)?);
        }
    }
    Ok(findings)
}

/// The finding whose id begins like this.
fn chosen(all: Vec<Finding>, id: &str, place: &str) -> Result<Finding, Diagnostic> {
    let start = id.trim().to_ascii_lowercase();
    let mut ids: Vec<&str> = all.iter().map(|finding| finding.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let fitting: Vec<&str> =
        ids.iter().copied().filter(|id| !start.is_empty() && id.starts_with(&start)).collect();
    let shown = |ids: &[&str]| ids.iter().take(NEAR).copied().collect::<Vec<_>>().join(", ");
    match fitting.as_slice() {
        [one] => {
            let one = (*one).to_owned();
            let found = all.into_iter().rfind(|finding| finding.id == one);
            found.ok_or_else(|| Diagnostic::error("drilldown/no-finding", "the finding is gone"))
        }
        [] => {
            let common = |id: &str| id.bytes().zip(start.bytes()).take_while(|(a, b)| a == b).count();
            ids.sort_by_key(|id| std::cmp::Reverse(common(id)));
            let message = format!("{place} has no finding whose id begins with `{start}`");
            let help = match ids.len() {
                0 => "there are no findings in it".to_owned(),
                count => format!("it has {count}, such as {}; scan with --show-ids shows them", shown(&ids)),
            };
            Err(Diagnostic::error("drilldown/no-finding", message).help(help))
        }
        several => {
            let message = format!("the ids of {} findings begin with `{start}`", several.len());
            Err(Diagnostic::error("drilldown/several-findings", message)
                .help(format!("give more of it: {}", shown(several))))
        }
    }
}

/// Lists the drilldowns of a finding.
fn list(args: &DrilldownArgs, finding: &Finding) -> std::io::Result<Ending> {
    let mut output = Output::open(&args.form, args.common.color, false)?;
    if output.format() == Format::Table {
        let out = output.writer();
        writeln!(out, "{}", clean(&finding.title))?;
        if finding.drilldowns.is_empty() {
            writeln!(out, "The rule {} has no drilldowns.", clean(&finding.rule.name))?;
        }
        let mut table = plain_table();
        table.set_header(["N", "Name", "From", "To", "Search"]);
        for (number, drilldown) in finding.drilldowns.iter().enumerate() {
            let [from, to] = range(drilldown);
            table.add_row([
                (number + 1).to_string(),
                clean(&drilldown.name),
                from,
                to,
                clean(&drilldown.search),
            ]);
        }
        if !finding.drilldowns.is_empty() {
            writeln!(out, "{table}")?;
        }
        out.flush()?;
    } else {
        output.values(&finding.drilldowns)?;
    }
    Ok(Ending::Done)
}

/// The two ends of a drilldown's time range, for people.
fn range(drilldown: &Drilldown) -> [String; 2] {
    let shown = |time: Option<&String>, all: &str| time.map_or_else(|| all.to_owned(), |time| clean(time));
    [shown(drilldown.earliest.as_ref(), "all time"), shown(drilldown.latest.as_ref(), "now")]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(id: &str) -> Finding {
        Finding { id: id.to_owned(), ..crate::output::tests::finding("r", &[]) }
    }

    #[test]
    fn an_id_is_named_by_its_beginning() {
        let all = || vec![finding("abc1"), finding("abd2"), finding("fff3"), finding("fff3")];
        let slug = |id: &str| chosen(all(), id, "x").unwrap_err();
        assert_eq!(chosen(all(), "ABC", "x").unwrap().id, "abc1");
        assert_eq!(chosen(all(), "fff3", "x").unwrap().id, "fff3");
        assert!(slug("ab").help.unwrap().contains("abc1, abd2"));
        assert!(slug("abx").help.unwrap().starts_with("it has 3, such as abc1, abd2, fff3"));
        assert_eq!((slug("").slug, slug("ab").slug), ("drilldown/no-finding", "drilldown/several-findings"));
    }

    #[test]
    fn findings_are_read_from_a_report() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("f.jsonl");
        let mut line = serde_json::to_value(finding("a1")).unwrap();
        line["type"] = "finding".into();
        std::fs::write(&file, format!("{{\"type\":\"rule\"}}\n\n{line}\n")).unwrap();
        assert_eq!(of_file(&file).unwrap(), [finding("a1")]);
        std::fs::write(&file, format!("{line}\nno json\n")).unwrap();
        assert!(of_file(&file).unwrap_err().message.contains("line 2"));
    }
}
