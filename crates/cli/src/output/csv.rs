//! Comma-separated values (RFC 4180).

use grotto_detect::record::{Finding, Record, RuleRef};
use grotto_detect::row::{Row, text};
use std::io::Write;

const HEADER: [&str; 14] = [
    "type",
    "rule_id",
    "rule_name",
    "rule_type",
    "severity",
    "mitre_attack_id",
    "title",
    "entity_field",
    "entity_type",
    "entity_value",
    "score",
    "first_time",
    "last_time",
    "row",
];

/// Findings, intermediate findings and hits; the result row as JSON in the last column.
pub(super) fn report(out: &mut dyn Write, records: &[Record]) -> std::io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(HEADER)?;
    for record in records {
        match record {
            Record::Finding(f) => csv.write_record(finding("finding", f))?,
            Record::IntermediateFinding(f) => csv.write_record(finding("intermediate_finding", f))?,
            Record::Hit(h) => {
                let mut line = rule("hit", &h.rule);
                line.extend([const { String::new() }; 5]);
                line.extend(ending(h.first_time.as_ref(), h.last_time.as_ref(), &h.row));
                csv.write_record(line)?;
            }
            Record::Error(_) | Record::Rule(_) | Record::Summary(_) => {}
        }
    }
    csv.flush()
}

fn rule(kind: &str, rule: &RuleRef) -> Vec<String> {
    vec![
        kind.to_owned(),
        rule.id.clone(),
        rule.name.clone(),
        rule.kind.clone(),
        rule.severity.clone(),
        rule.mitre_attack_id.join(" "),
    ]
}

fn finding(kind: &str, f: &Finding) -> Vec<String> {
    let mut line = rule(kind, &f.rule);
    line.extend([
        f.title.clone(),
        f.entity.field.clone(),
        f.entity.kind.clone(),
        text(&f.entity.value, "\n"),
    ]);
    line.push(f.score.to_string());
    line.extend(ending(f.first_time.as_ref(), f.last_time.as_ref(), &f.row));
    line
}

fn ending(first: Option<&String>, last: Option<&String>, row: &Row) -> [String; 3] {
    let row = serde_json::to_string(row).unwrap_or_default();
    [first.cloned().unwrap_or_default(), last.cloned().unwrap_or_default(), row]
}

/// The rows of a search; the values of a multivalue field stand on lines of their own in one cell, as Splunk exports
/// them.
pub(super) fn rows(out: &mut dyn Write, columns: &[String], rows: &[Row]) -> std::io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(columns)?;
    for row in rows {
        csv.write_record(columns.iter().map(|c| row.get(c).map(|v| text(v, "\n")).unwrap_or_default()))?;
    }
    csv.flush()
}
