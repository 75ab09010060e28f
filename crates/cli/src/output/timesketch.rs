//! A timeline for Timesketch: CSV with the columns that it asks for and more of each finding.
//!
//! Columns `message`, `datetime` and `timestamp_desc` are asked for, others become attributes:
//! <https://timesketch.org/guides/user/import-from-json-csv/>.

use grotto_detect::record::{Finding, Record, RuleRef, said_once};
use grotto_detect::row::{Row, text};
use std::io::Write;

const HEADER: [&str; 13] = [
    "datetime",
    "timestamp_desc",
    "message",
    "tag",
    "rule_id",
    "rule_name",
    "rule_type",
    "severity",
    "mitre_attack_id",
    "entity",
    "entity_type",
    "score",
    "row",
];

/// Writes a line for the beginning of each finding or hit, and one for its end when that is another time. Gives the
/// number of those that have no time, which a timeline can't hold.
pub(super) fn report(out: &mut dyn Write, records: &[Record]) -> std::io::Result<usize> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(HEADER)?;
    let mut timeless = 0;
    for record in said_once(records) {
        let times = match record {
            Record::Finding(f) | Record::IntermediateFinding(f) => [&f.first_time, &f.last_time],
            Record::Hit(h) => [&h.first_time, &h.last_time],
            Record::Error(_) | Record::Rule(_) | Record::Summary(_) => continue,
        };
        let [first, last] = times.map(|time| time.as_deref().filter(|time| is_time(time)));
        let Some(begin) = first.or(last) else {
            timeless += 1;
            continue;
        };
        csv.write_record(line(record, begin, "First event"))?;
        if let Some(end) = last.filter(|end| *end != begin) {
            csv.write_record(line(record, end, "Last event"))?;
        }
    }
    csv.flush()?;
    Ok(timeless)
}

fn is_time(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
}

fn line(record: &Record, time: &str, what: &str) -> Vec<String> {
    let mut line = vec![time.to_owned(), what.to_owned()];
    match record {
        Record::Finding(f) => line.extend(finding(f, "finding")),
        Record::IntermediateFinding(f) => line.extend(finding(f, "intermediate_finding")),
        Record::Hit(h) => {
            line.extend([h.rule.name.clone(), tags(&h.rule, "hit")]);
            line.extend(rule(&h.rule));
            line.extend([const { String::new() }; 3]);
            line.push(json(&h.row));
        }
        Record::Error(_) | Record::Rule(_) | Record::Summary(_) => {}
    }
    line
}

fn finding(f: &Finding, kind: &str) -> Vec<String> {
    let mut line = vec![f.title.clone(), tags(&f.rule, kind)];
    line.extend(rule(&f.rule));
    line.extend([text(&f.entity.value, ", "), f.entity.kind.clone(), f.score.to_string(), json(&f.row)]);
    line
}

/// Timesketch reads tags as a list in brackets.
fn tags(rule: &RuleRef, kind: &str) -> String {
    serde_json::to_string(&["grotto", kind, &rule.severity]).unwrap_or_default()
}

fn rule(rule: &RuleRef) -> [String; 5] {
    let techniques = rule.mitre_attack_id.join(" ");
    [rule.id.clone(), rule.name.clone(), rule.kind.clone(), rule.severity.clone(), techniques]
}

fn json(row: &Row) -> String {
    serde_json::to_string(row).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{finding, hit};
    use super::*;

    #[test]
    fn each_finding_is_a_line_and_one_more_for_its_end() {
        let mut long = finding("one", &["T1059"]);
        long.last_time = Some("2024-01-02T03:05:00Z".to_owned());
        let records = [
            Record::Finding(long.clone()),
            Record::IntermediateFinding(long),
            Record::Hit(hit("two", &[])),
            Record::Hit(grotto_detect::record::Hit {
                first_time: Some("yesterday".to_owned()),
                last_time: None,
                ..hit("three", &[])
            }),
        ];
        let mut out = Vec::new();
        assert_eq!(report(&mut out, &records).unwrap(), 1);
        let mut csv = csv::Reader::from_reader(out.as_slice());
        assert_eq!(
            csv.headers().unwrap().iter().take(3).collect::<Vec<_>>(),
            ["datetime", "timestamp_desc", "message"]
        );
        let lines: Vec<Vec<String>> =
            csv.records().map(|r| r.unwrap().iter().take(4).map(str::to_owned).collect()).collect();
        let tag = |kind| format!("[\"grotto\",\"{kind}\",\"high\"]");
        let line = |time: &str, what: &str, message: &str, kind| {
            vec![time.to_owned(), what.to_owned(), message.to_owned(), tag(kind)]
        };
        assert_eq!(
            lines,
            [
                line("2024-01-02T03:04:05Z", "First event", "title of one", "finding"),
                line("2024-01-02T03:05:00Z", "Last event", "title of one", "finding"),
                line("2024-01-02T03:04:05Z", "First event", "two", "hit"),
            ]
        );
    }
}
