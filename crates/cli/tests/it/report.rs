//! The report of a scan for a browser.

use crate::{examples, grotto, text, two_processes};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::path::Path;

/// Scans the examples; gives the report, and the records beside it.
fn scan(folder: &Path, more: &[&str]) -> (String, Vec<Value>) {
    let (html, jsonl) = (folder.join("report.html"), folder.join("all.jsonl"));
    let (to_html, to_jsonl) = (format!("html:{}", html.display()), format!("jsonl:{}", jsonl.display()));
    let logs = examples();
    let args = [&["scan", logs.to_str().unwrap(), "-o", &to_html, "-o", &to_jsonl], more].concat();
    let output = grotto(&args, b"");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
    let records = std::fs::read_to_string(jsonl).unwrap();
    let records = records.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (std::fs::read_to_string(html).unwrap(), records)
}

/// The records of a type.
fn all<'a>(records: &'a [Value], kind: &'a str) -> impl Iterator<Item = &'a Value> {
    records.iter().filter(move |r| r["type"] == kind)
}

#[test]
fn a_report_holds_what_the_records_hold() {
    let folder = tempfile::tempdir().unwrap();
    let (html, records) = scan(folder.path(), &["--catalog-url", "https://rules.example"]);
    let raised: BTreeSet<&str> = all(&records, "finding").filter_map(|f| f["rule"]["id"].as_str()).collect();
    let alone =
        all(&records, "intermediate_finding").filter(|f| !raised.contains(f["rule"]["id"].as_str().unwrap()));
    let things: Vec<&Value> = all(&records, "finding").chain(all(&records, "hit")).chain(alone).collect();
    let rules: BTreeSet<&str> = things.iter().map(|t| t["rule"]["id"].as_str().unwrap()).collect();
    assert!(things.len() > 3);
    assert_eq!(html.matches("<details class=\"finding\">").count(), things.len());
    assert_eq!(html.matches("<details class=\"rule\"").count(), rules.len());
    for rule in rules {
        assert!(html.contains(&format!("href=\"https://rules.example/rules/{rule}/\"")), "{rule}");
    }
    // Marked text of the events, as `grotto explain` marks it.
    assert!(html.contains("<figure class=\"event\">") && html.contains("<mark>"));
    assert!(html.contains("<mark>4104</mark>"));
    // The manifest has a hash of each log that was read.
    let row =
        r#"<th scope="row" class="mono"><bdi>([^<]*)</bdi></th>.*?class="mono hash">([0-9a-f]{64})</td>"#;
    let files = regex::Regex::new(row).unwrap();
    let mut hashed = 0;
    for file in files.captures_iter(&html) {
        let digest = Sha256::digest(std::fs::read(&file[1]).unwrap());
        let digits = digest.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        assert_eq!(digits, file[2], "{}", &file[1]);
        hashed += 1;
    }
    let summary = records.last().unwrap();
    assert_eq!(summary["files"], hashed, "{summary}");
    assert!(html.contains("all.jsonl"), "the command is there");
}

#[test]
fn a_report_loads_nothing_and_is_the_same_again() {
    let folder = tempfile::tempdir().unwrap();
    let (first, _) = scan(folder.path(), &[]);
    let (again, _) = scan(folder.path(), &[]);
    let times = regex::Regex::new(r#"<dd class="run-time">[^<]*</dd>"#).unwrap();
    assert_eq!(times.replace_all(&first, ""), times.replace_all(&again, ""));
    assert_eq!(times.find_iter(&first).count(), 2);
    let loads = regex::Regex::new(r"(?i)<(script|link|img|iframe|object|embed|video|audio)|\s(src|srcset|action|style|on\w+)=|url\(|@import").unwrap();
    // Nothing of it stands inside of a tag; in the text of events it may, escaped.
    let tags = regex::Regex::new(r#"<[a-zA-Z/!](?:[^<>"]|"[^"]*")*>"#).unwrap();
    let values = regex::Regex::new(r#""[^"]*""#).unwrap();
    for tag in tags.find_iter(&first) {
        let without_values = values.replace_all(tag.as_str(), "\"\"");
        assert!(!loads.is_match(&without_values), "{}", tag.as_str());
        assert!(!tag.as_str().contains("href=\"http"), "{}", tag.as_str());
    }
    let style = first.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    assert!(!style.contains("url(") && !style.contains("@import"));
}

#[test]
fn standard_input_has_no_hash_and_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.html");
    let to = format!("html:{}", file.display());
    let output = grotto(&["scan", "-", "-o", &to], two_processes().as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let html = std::fs::read_to_string(file).unwrap();
    assert!(html.contains("a stream is read once"));
    assert!(html.contains("Standard input can be read only once"));
}

#[test]
fn only_web_addresses_are_catalogues() {
    let output = grotto(&["scan", ".", "-o", "html:x.html", "--catalog-url", "javascript:alert(1)"], b"");
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("https://"));
}

#[test]
fn a_report_that_cannot_be_written_is_said_before_the_scan_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(at("file"), "").unwrap();
    let logs = examples();
    for (path, remedy) in [
        (at("none/report"), "make the folder"),
        (folder.path().display().to_string(), "name a file in it"),
        (at("file/report"), "is a file"),
    ] {
        for form in ["html:", "jsonl:", "csv:", "navigator:", "timesketch:", ""] {
            let output =
                grotto(&["scan", logs.to_str().unwrap(), "-o", &format!("{form}{path}"), "-o", "-"], b"");
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{said}");
            assert!(output.stdout.is_empty(), "nothing was scanned");
            assert!(said.contains("cli/unwritable") && said.contains(&path), "{said}");
            assert!(said.contains("help: ") && said.contains(remedy), "{form}{path}: {said}");
        }
    }
}
