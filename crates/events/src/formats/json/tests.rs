use super::*;
use crate::{Batch, PartReport, ReadOptions, plan};

/// What is read of some bytes, and the values of `a`.
fn read(bytes: &[u8]) -> (PartReport, Vec<String>) {
    let mut out = Vec::new();
    let mut report = PartReport::default();
    for part in plan(&Input::memory("<m>", bytes)).unwrap() {
        report.merge(part.read(&ReadOptions::only(["a"]), &mut |batch: Batch| {
            for row in 0..batch.rows() {
                if let crate::Cell::Text(text) = batch.cell("a", row) {
                    out.push(text.to_owned());
                }
            }
        }));
    }
    (report, out)
}

fn said(report: &PartReport) -> Vec<String> {
    let own = report.diagnostics.iter().filter(|d| !d.slug.starts_with("shapes/"));
    own.map(|d| format!("{}: {}", d.slug, d.message)).collect()
}

#[test]
fn bad_records_are_named_with_their_line_and_shown() {
    let (report, found) = read(b"{\"a\":1}\n{\"a\":\x1b[31m}\n[1]\n7\n{\"a\":2}\n{\"a\":\"\xff\"}\n{\"a\"");
    assert_eq!(found, ["1", "2", "\u{fffd}"]);
    assert_eq!((report.events, report.failed), (3, 4));
    let said = said(&report);
    assert_eq!(said.len(), 5, "{said:#?}");
    assert!(
        said[0].starts_with(
            "json/bad-record: line 2 is no JSON (there should be a value): {\\\"a\\\":\\u{1b}[31m"
        ),
        "{}",
        said[0]
    );
    assert!(said[1].starts_with("json/no-object: line 3 holds no object but 1"), "{}", said[1]);
    assert!(said[2].starts_with("json/no-object: line 4 holds no object but 7"), "{}", said[2]);
    assert!(said[3].starts_with("json/cut: the record at line 7 has no end"), "{}", said[3]);
    assert!(said[4].starts_with("json/not-utf8: 1 records"), "{}", said[4]);
}

#[test]
fn an_array_without_end_is_said() {
    let (report, found) = read(b"[{\"a\":1},{\"a\":2}");
    assert_eq!((found.len(), report.failed), (2, 0));
    assert!(said(&report)[0].starts_with("json/open-array"), "{:?}", said(&report));
}

#[test]
fn large_files_of_lines_are_cut_into_parts_that_know_their_lines() {
    let line = format!("{{\"a\":\"x\",\"b\":\"{}\"}}\n", "y".repeat(1000));
    let count = (50 << 20) / line.len();
    let mut text = line.repeat(count);
    text.push_str("{\"a\":}\n");
    let input = Input::memory("<m>", text.as_bytes());
    let parts = plan(&input).unwrap();
    assert_eq!(parts.len(), 3);
    let mut events = 0;
    let mut last = PartReport::default();
    for part in &parts {
        last = part.read(&ReadOptions::only(["a"]), &mut |_| {});
        events += last.events;
    }
    assert_eq!(events, count as u64);
    assert!(said(&last)[0].contains(&format!("line {} is no JSON", count + 1)), "{:?}", said(&last));
}

#[test]
fn what_is_no_line_is_not_cut() {
    for text in ["{\n\"a\":1}", "[{\"a\":1}]", "{\"a\":1}", "{\"a\":1} {\"a\":2}\n{\"a\":3}"] {
        assert!(!is_lines(text), "{text}");
    }
    assert!(is_lines("{\"a\":1}\n{\"a\":2}\n"));
    assert_eq!(certain_start(b"x\"}\n{\"a\":1}"), Some(4));
    assert_eq!(certain_start(b"{\"a\":1}"), None);
}
