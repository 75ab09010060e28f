//! Whether rows are what a test asks for.

use super::Counts;
use grotto_content::{Detection, RuleTest};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Cell};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a test came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The rows are what it asks for.
    Passed,
    /// They are not.
    Failed,
    /// It could not be run: the rule or its data can't be read, or a limit was passed.
    Error,
    /// It was not run, or does not count: there is no data, or it is no unit test.
    Skipped,
}

impl Outcome {
    /// `passed`, `failed`, `error` or `skipped`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Error => "error",
            Self::Skipped => "skipped",
        }
    }
}

/// What is wrong with the rows of a test; nothing when it passes. Diagnostics have no place yet.
pub(super) fn judge(detection: &Detection, test: &RuleTest, rows: &Batch, counts: Counts) -> Vec<Diagnostic> {
    let expected = u64::from(test.expected_results);
    if expected == 0 {
        return if counts.rows == 0 { Vec::new() } else { vec![unexpected(counts)] };
    }
    let mut problems = Vec::new();
    if counts.rows == 0 {
        return vec![no_rows(expected, counts)];
    }
    if counts.rows < expected {
        let message = format!("{} of {expected} expected rows: {}", counts.rows, taken(counts));
        problems.push(
            Diagnostic::error("test/too-few-rows", message)
                .help("more events must satisfy the rule, or `expected_results` must be lower"),
        );
    }
    for (field, what) in entities(detection) {
        problems.extend(null_entity(rows, field, what));
    }
    for object in &detection.threat_objects {
        if nulls(rows, &object.field).count() == rows.rows() {
            let message = format!("the field {} of a threat object is null in every row", object.field);
            problems.push(
                Diagnostic::error("test/null-threat-object", message).help(has_or_lacks(rows, &object.field)),
            );
        }
    }
    problems
}

fn unexpected(counts: Counts) -> Diagnostic {
    let message = format!("{} rows where the test expects none: {}", counts.rows, taken(counts));
    Diagnostic::error("test/unexpected-rows", message).help("narrow the search, or raise `expected_results`")
}

fn no_rows(expected: u64, counts: Counts) -> Diagnostic {
    let help = if counts.events == 0 {
        "the data holds no events"
    } else if counts.selected == 0 {
        "no event satisfies the head of the search"
    } else {
        "later stages of the search dropped them"
    };
    Diagnostic::error("test/no-rows", format!("no rows of {expected} expected: {}", taken(counts))).help(help)
}

fn taken(counts: Counts) -> String {
    format!("the head of the search took {} of {} events", counts.selected, counts.events)
}

/// The fields that must have a value in each row, each once, with what they belong to.
fn entities(detection: &Detection) -> BTreeMap<&str, &'static str> {
    let of_finding = detection.finding.iter().map(|f| (f.entity.field.as_str(), "the finding"));
    let mut fields: BTreeMap<&str, &'static str> = detection
        .intermediate_findings
        .iter()
        .map(|f| (f.entity.field.as_str(), "an intermediate finding"))
        .collect();
    fields.extend(of_finding);
    fields
}

fn null_entity(rows: &Batch, field: &str, what: &str) -> Option<Diagnostic> {
    let mut nulls = nulls(rows, field);
    let first = nulls.next()?;
    let count = nulls.count() + 1;
    let message = format!(
        "the field {field} of the entity of {what} is null in {count} of {} rows, first in row {}",
        rows.rows(),
        first + 1
    );
    Some(Diagnostic::error("test/null-entity", message).help(has_or_lacks(rows, field)))
}

/// Whether a field is there at all, and what is there instead.
fn has_or_lacks(rows: &Batch, field: &str) -> String {
    if rows.column(field).is_some() {
        return format!("the search makes the field {field}, but its events give no value for it");
    }
    let names: Vec<&str> = rows
        .names()
        .map(|name| -> &str { name })
        .filter(|name| !grotto_engine::pipeline::is_hidden(name) && *name != "_raw")
        .collect();
    let some = names.iter().take(20).copied().collect::<Vec<_>>().join(", ");
    let more = if names.len() > 20 { ", …" } else { "" };
    format!("the result has no field {field}; it has {some}{more}")
}

/// The rows in which a field has no value: none at all, no values, or the text `null`.
fn nulls(rows: &Batch, field: &str) -> impl Iterator<Item = usize> {
    (0..rows.rows()).filter(move |row| match rows.cell(field, *row) {
        Cell::Null => true,
        Cell::Text(text) => text == "null",
        Cell::List(_, from, to) => from >= to,
        Cell::Int(_) | Cell::Float(_) | Cell::Time(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use grotto_content::Content;
    use grotto_events::Column;

    fn detection(expected: u32) -> Detection {
        let text = format!(
            "name: n\nid: i\nversion: 1\nstatus: production\ntype: TTP\nsearch: a=1\n\
             finding:\n    title: $dest$\n    entity: {{field: dest, type: system, score: 1}}\n\
             intermediate_findings:\n    entities:\n        - {{field: user, type: user, score: 1, message: $user$}}\n\
             threat_objects:\n    - {{field: process_name, type: process_name}}\n\
             tests:\n    - name: t\n      expected_results: {expected}\n      attack_data: []\n"
        );
        let (mut content, _) = Content::embedded(&[("detections/endpoint/n.yml", &text)]);
        content.detections.remove(0)
    }

    /// A column of a result: its name and its values.
    type Values<'a> = (&'a str, &'a [Option<&'a str>]);

    fn slugs(expected: u32, columns: &[Values<'_>]) -> Vec<String> {
        let detection = detection(expected);
        let count = columns.first().map_or(0, |(_, values)| values.len());
        let mut rows = Batch::new(count);
        for (name, values) in columns {
            rows.set(*name, Column::text(values.iter().copied()));
        }
        let counts = Counts { rows: count as u64, events: 9, selected: 3 };
        judge(&detection, &detection.tests[0], &rows, counts)
            .iter()
            .map(|problem| format!("{}: {}", problem.slug, problem.message))
            .collect()
    }

    #[test]
    fn rows_are_judged() {
        let full: [Values<'_>; 3] = [
            ("dest", &[Some("h"), Some("h")]),
            ("user", &[Some("u"), Some("-")]),
            ("process_name", &[None, Some("p")]),
        ];
        assert!(slugs(1, &full).is_empty());
        assert!(slugs(2, &full).is_empty());
        assert_eq!(
            slugs(3, &full),
            ["test/too-few-rows: 2 of 3 expected rows: the head of the search took 3 of 9 events"]
        );
        assert_eq!(
            slugs(0, &full),
            [
                "test/unexpected-rows: 2 rows where the test expects none: the head of the search took 3 of 9 events"
            ]
        );
        assert!(slugs(0, &[]).is_empty());
        assert_eq!(
            slugs(1, &[]),
            ["test/no-rows: no rows of 1 expected: the head of the search took 3 of 9 events"]
        );
    }

    #[test]
    fn entities_have_values_in_every_row_and_threat_objects_in_one() {
        let problems = slugs(
            1,
            &[
                ("dest", &[Some("h"), Some("null"), None]),
                ("process_name", &[None, Some("null"), None]),
                ("other", &[Some("x"), None, None]),
            ],
        );
        assert_eq!(
            problems,
            [
                "test/null-entity: the field dest of the entity of the finding is null in 2 of 3 rows, first in row 2",
                "test/null-entity: the field user of the entity of an intermediate finding is null in 3 of 3 rows, \
                 first in row 1",
                "test/null-threat-object: the field process_name of a threat object is null in every row",
            ]
        );
    }

    #[test]
    fn empty_multivalue_fields_are_null_and_full_ones_are_not() {
        let mut rows = Batch::new(2);
        rows.set("m", Column::list([vec![], vec!["a"]]));
        assert_eq!(nulls(&rows, "m").collect::<Vec<_>>(), [0]);
        assert_eq!(has_or_lacks(&rows, "x"), "the result has no field x; it has m");
        assert!(has_or_lacks(&rows, "m").contains("give no value"));
    }
}
