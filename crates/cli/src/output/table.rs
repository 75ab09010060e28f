//! For people: findings grouped by severity, then the summary.

use super::Style;
use comfy_table::{ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, Width};
use grotto_detect::record::{ErrorRecord, Record, RuleRecord, RuleRef, RuleState, Summary};
use grotto_detect::row::{Row, text};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Result, Write};

/// Severities as they are shown, worst first, each with its ANSI colour.
const SEVERITIES: [(&str, &str); 5] =
    [("critical", "1;31"), ("high", "31"), ("medium", "33"), ("low", "36"), ("info", "2")];

/// Widest cell of a search's table; longer values are cut with a mark, so that one script block does not fill screens.
const WIDEST: usize = 400;

/// A scan's report.
pub(super) fn report(out: &mut dyn Write, records: &[Record], style: Style) -> Result<()> {
    let groups = groups(records);
    for (severity, color) in SEVERITIES {
        let of: Vec<&Group> = groups.iter().filter(|g| g.rule.severity == severity).collect();
        if of.is_empty() {
            continue;
        }
        writeln!(out, "{}", paint(&heading(severity, &of), color, style))?;
        let mut table = new_table(style);
        let mut header = vec!["Title", "Entity", "Technique", "First", "Last", "Count"];
        if style.show_ids {
            header.push("Id");
        }
        table.set_header(header);
        for group in of {
            let mut cells = vec![
                clean(&group.title),
                clean(&group.entity),
                group.rule.mitre_attack_id.join(" "),
                group.first.clone(),
                group.last.clone(),
                group.count.to_string(),
            ];
            if style.show_ids {
                cells.push(group.ids());
            }
            table.add_row(cells);
        }
        narrow(&mut table);
        writeln!(out, "{table}\n")?;
    }
    if style.show_rules {
        rules(out, records, style)?;
    }
    for record in records {
        if let Record::Summary(summary) = record {
            self::summary(out, summary, records, style)?;
        }
    }
    Ok(())
}

/// `HIGH: 3 findings, 2 other`: the same count of findings as in the summary.
fn heading(severity: &str, groups: &[&Group<'_>]) -> String {
    let count =
        |findings: bool| groups.iter().filter(|g| g.finding == findings).map(|g| g.count).sum::<usize>();
    let parts = [(count(true), "findings"), (count(false), "other")];
    let parts: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    format!("{}: {}", severity.to_uppercase(), parts.join(", "))
}

/// Gives the room to the titles.
fn narrow(table: &mut Table) {
    let constraints = [
        (1, ColumnConstraint::UpperBoundary(Width::Fixed(28))),
        (2, ColumnConstraint::UpperBoundary(Width::Fixed(20))),
        (3, ColumnConstraint::ContentWidth),
        (4, ColumnConstraint::ContentWidth),
        (5, ColumnConstraint::ContentWidth),
    ];
    for (number, constraint) in constraints {
        if let Some(column) = table.column_mut(number) {
            column.set_constraint(constraint);
        }
    }
}

/// Findings that say the same of the same entity.
struct Group<'a> {
    rule: &'a RuleRef,
    title: String,
    entity: String,
    first: String,
    last: String,
    count: usize,
    /// The ids of different findings.
    ids: BTreeSet<&'a str>,
    /// Whether these are findings, and not intermediate ones or hits.
    finding: bool,
}

impl Group<'_> {
    /// The beginning of the first id, and how many others there are.
    fn ids(&self) -> String {
        let first = self.ids.first().and_then(|id| id.get(..12)).unwrap_or_default();
        match self.ids.len() {
            0 | 1 => first.to_owned(),
            more => format!("{first} and {} more", more - 1),
        }
    }
}

/// The id of a finding.
fn id(record: &Record) -> Option<&str> {
    match record {
        Record::Finding(f) | Record::IntermediateFinding(f) => Some(&f.id),
        _ => None,
    }
}

fn groups(records: &[Record]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut index: BTreeMap<(&str, String, String), usize> = BTreeMap::new();
    for record in grotto_detect::record::said_once(records) {
        let (rule, title, entity, first, last) = match record {
            Record::Finding(f) => (
                &f.rule,
                joined(f.title.clone(), f.joined_script_block),
                text(&f.entity.value, ", "),
                &f.first_time,
                &f.last_time,
            ),
            Record::IntermediateFinding(f) => (
                &f.rule,
                format!("{} (intermediate)", f.title),
                text(&f.entity.value, ", "),
                &f.first_time,
                &f.last_time,
            ),
            Record::Hit(h) => (
                &h.rule,
                format!("{} (hunting)", h.rule.name),
                hit_entity(&h.row),
                &h.first_time,
                &h.last_time,
            ),
            Record::Error(_) | Record::Rule(_) | Record::Summary(_) => continue,
        };
        let (first, last) = (first.clone().unwrap_or_default(), last.clone().unwrap_or_default());
        let at = *index.entry((rule.id.as_str(), title.clone(), entity.clone())).or_insert(groups.len());
        if let Some(group) = groups.get_mut(at) {
            group.count += 1;
            group.ids.extend(id(record));
            if !first.is_empty() && (group.first.is_empty() || first < group.first) {
                group.first = first;
            }
            if last > group.last {
                group.last = last;
            }
        } else {
            let finding = matches!(record, Record::Finding(_));
            let ids = id(record).into_iter().collect();
            groups.push(Group { rule, title, entity, first, last, count: 1, ids, finding });
        }
    }
    groups
}

/// Says that a finding comes from a script block that was put together from its parts.
fn joined(title: String, joined: bool) -> String {
    if joined { format!("{title} (joined script block)") } else { title }
}

/// The host that a row without entity is about, if it names one.
fn hit_entity(row: &Row) -> String {
    ["dest", "Computer", "host"].iter().find_map(|f| row.get(*f)).map(|v| text(v, ", ")).unwrap_or_default()
}

/// What was passed over, in lines for people; empty when nothing was. Files of a folder that are no logs are only
/// counted. `all` is false where the result has its own place for what is less than an error.
pub(super) fn errors(records: &[Record], all: bool) -> String {
    const SHOWN: usize = 20;
    let errors: Vec<&ErrorRecord> = records
        .iter()
        .filter_map(|r| if let Record::Error(e) = r { Some(e) } else { None })
        .filter(|e| e.severity == "error" || (all && e.slug != "input/unrecognised"))
        .collect();
    let mut lines: Vec<String> = errors.iter().take(SHOWN).map(|e| error(e)).collect();
    if errors.len() > SHOWN {
        lines.push(format!("… and {} more; --format jsonl lists all", errors.len() - SHOWN));
    }
    lines.join("\n")
}

fn error(e: &ErrorRecord) -> String {
    let place = match (&e.file, e.line, e.column) {
        (Some(file), Some(line), Some(column)) => format!("{file}:{line}:{column}: "),
        (Some(file), ..) => format!("{file}: "),
        _ => String::new(),
    };
    let help = e.help.as_ref().map(|help| format!("\n    {help}")).unwrap_or_default();
    format!("{place}{}[{}]: {}{help}", e.severity, e.slug, clean(&e.message))
}

fn not_run(records: &[Record]) -> impl Iterator<Item = &RuleRecord> {
    records.iter().filter_map(|r| match r {
        Record::Rule(rule) if rule.state != RuleState::Run => Some(rule),
        _ => None,
    })
}

fn rules(out: &mut dyn Write, records: &[Record], style: Style) -> Result<()> {
    let mut table = new_table(style);
    table.set_header(["Rule that did not run", "State", "Reason"]);
    for rule in not_run(records) {
        let state = if rule.state == RuleState::Invalid { "invalid" } else { "unsupported" };
        let place = match (&rule.file, rule.line, rule.column) {
            (Some(file), Some(line), Some(column)) => format!("\n{file}:{line}:{column}"),
            (Some(file), ..) => format!("\n{file}"),
            _ => String::new(),
        };
        let reason = clean_lines(&format!("{}{place}", rule.reason.as_deref().unwrap_or_default()));
        table.add_row([clean(&rule.name), state.to_owned(), reason]);
    }
    if table.row_count() > 0 {
        writeln!(out, "{table}\n")?;
    }
    notes(out, records, style)
}

/// What there is to say about rules that ran.
fn notes(out: &mut dyn Write, records: &[Record], style: Style) -> Result<()> {
    let mut table = new_table(style);
    table.set_header(["Rule that ran", "Note"]);
    for record in records {
        let Record::Rule(rule) = record else { continue };
        for note in &rule.notes {
            table.add_row([clean(&rule.name), clean_lines(&error(note))]);
        }
    }
    if table.row_count() > 0 {
        writeln!(out, "{table}\n")?;
    }
    Ok(())
}

fn summary(out: &mut dyn Write, s: &Summary, records: &[Record], style: Style) -> Result<()> {
    let failed = |n: u64| if n > 0 { format!(", {n} could not be read") } else { String::new() };
    writeln!(out, "{}", paint("Summary", "1", style))?;
    writeln!(
        out,
        "  files      {}{}{}, {:.1} MB",
        s.files,
        if s.files_skipped > 0 { format!(", {} are no logs", s.files_skipped) } else { String::new() },
        failed(s.files_failed as u64),
        s.bytes as f64 / 1e6
    )?;
    let lost =
        if s.chunks_lost > 0 { format!(", {} chunks were lost", s.chunks_lost) } else { String::new() };
    writeln!(out, "  events     {}{}{lost}", s.events, failed(s.events_failed))?;
    writeln!(
        out,
        "  rules      {} ran, {} had hits; {} unsupported, {} invalid",
        s.rules_run, s.rules_with_hits, s.rules_unsupported, s.rules_invalid
    )?;
    if s.content_failed > 0 {
        writeln!(out, "             {} files of rules, macros or apps could not be used", s.content_failed)?;
    }
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in not_run(records) {
        *reasons.entry(rule.reason.as_deref().unwrap_or("unknown")).or_default() += 1;
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(reason, count)| (std::cmp::Reverse(*count), *reason));
    for (reason, count) in reasons.iter().take(10) {
        writeln!(out, "             {count:>4} × {}", clean(reason))?;
    }
    if reasons.len() > 10 {
        writeln!(out, "             … and {} other reasons (--show-rules lists all)", reasons.len() - 10)?;
    }
    let total: usize = s.findings.values().sum();
    let by: Vec<String> = SEVERITIES
        .iter()
        .filter_map(|(name, _)| s.findings.get(*name).map(|n| format!("{n} {name}")))
        .collect();
    let by = if by.is_empty() { String::new() } else { format!(" ({})", by.join(", ")) };
    writeln!(
        out,
        "  findings   {total}{by}; {} intermediate; {} hits of hunting rules",
        s.intermediate_findings, s.hits
    )?;
    if s.throttled > 0 {
        writeln!(out, "  throttled  {} rows (--no-throttle raises them)", s.throttled)?;
    }
    if s.spilled_bytes > 0 {
        writeln!(out, "  disk       {:.1} MB went through temporary files", s.spilled_bytes as f64 / 1e6)?;
    }
    writeln!(out, "  elapsed    {:.2} s", s.elapsed)
}

/// The rows of a search as a table.
pub(super) fn rows(out: &mut dyn Write, columns: &[String], rows: &[Row], style: Style) -> Result<()> {
    let mut table = new_table(style);
    table.set_header(columns.iter().map(|c| clean(c)));
    for row in rows {
        table.add_row(columns.iter().map(|c| row.get(c).map(|v| cell(c, v)).unwrap_or_default()));
    }
    writeln!(out, "{table}")?;
    writeln!(out, "{} rows", rows.len())
}

/// A value for people: `_time` as a date, a sparkline drawn, everything else as it stands.
fn cell(column: &str, value: &serde_json::Value) -> String {
    if let Some(line) = super::sparkline::drawn(value) {
        return line;
    }
    match value.as_f64() {
        Some(seconds) if column == "_time" => grotto_detect::finding::rfc3339(seconds),
        _ => clean_lines(&text(value, "\n")),
    }
}

/// Events: time, host and raw text, one a line.
pub(super) fn events(out: &mut dyn Write, rows: &[Row]) -> Result<()> {
    for row in rows {
        let field = |name: &str| row.get(name).map(|v| text(v, " ")).unwrap_or_default();
        let time = row
            .get("_time")
            .and_then(serde_json::Value::as_f64)
            .map_or_else(|| "-".to_owned(), grotto_detect::finding::rfc3339);
        let raw = field("_raw");
        let rest = if raw.is_empty() {
            row.iter()
                .filter(|(k, _)| *k != "_time")
                .map(|(k, v)| format!("{k}={}", text(v, ",")))
                .collect::<Vec<_>>()
                .join(" ")
        } else {
            raw
        };
        writeln!(out, "{time}  {}  {}", field("host"), rest.replace(['\n', '\r'], " "))?;
    }
    writeln!(out, "{} events", rows.len())
}

/// An empty table of this style.
pub(crate) fn new_table(style: Style) -> Table {
    let mut table = Table::new();
    table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─')));
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(style.width);
    table
}

/// Control characters of log content must not reach the terminal.
pub(crate) fn clean(value: &str) -> String {
    clean_lines(&value.replace('\n', " "))
}

fn clean_lines(value: &str) -> String {
    let mut out: String =
        value.chars().take(WIDEST).map(|c| if c == '\n' { c } else { printable(c) }).collect();
    if value.chars().nth(WIDEST).is_some() {
        out.push('…');
    }
    out
}

/// A character, or another one in the place of one that steers terminals.
pub(crate) fn printable(c: char) -> char {
    if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }
}

/// Text in a colour, by the number of ANSI.
pub(crate) fn paint(text: &str, code: &str, style: Style) -> String {
    if style.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}
