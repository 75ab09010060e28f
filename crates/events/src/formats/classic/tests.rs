//! Classic text that is made here, in one piece and in several, whole and damaged.

use super::*;
use crate::{Batch, Cell, PartReport, ReadOptions, plan};
use proptest::prelude::*;
use std::fmt::Write as _;

/// An event with `EventCode` and `RecordNumber` as given.
fn event(code: u32, number: usize) -> String {
    format!(
        "03/04/2026 01:02:03 PM\nLogName=Security\nEventCode={code}\nEventType=0\nComputerName=host.example\n\
         SourceName=Test\nType=Information\nRecordNumber={number}\nKeywords=Audit Success\nTaskCategory=Logon\n\
         OpCode=Info\nMessage=Something happened.\n\nSubject:\n\tAccount Name:\t\tann{number}\n\nLogon Type:\t3\n"
    )
}

fn log(n: usize) -> String {
    (0..n).fold(String::new(), |mut out, number| {
        let _ = writeln!(out, "{}", event(4624 + (number % 2) as u32, number));
        out
    })
}

fn read_input(input: &Input) -> (Vec<Batch>, PartReport) {
    let (mut batches, mut report) = (Vec::new(), PartReport::default());
    for part in plan(input).unwrap() {
        report.merge(part.read(&ReadOptions::default(), &mut |batch| batches.push(batch)));
    }
    (batches, report)
}

fn read(text: impl Into<Vec<u8>>) -> (Vec<Batch>, PartReport) {
    read_input(&Input::memory("x", text.into()))
}

fn texts(batches: &[Batch], field: &str) -> Vec<String> {
    let mut out = Vec::new();
    for batch in batches {
        for row in 0..batch.rows() {
            if let Cell::Text(text) = batch.cell(field, row) {
                out.push(text.to_owned());
            }
        }
    }
    out
}

#[test]
fn events_have_source_sourcetype_and_host() {
    let (batches, report) = read(log(4));
    assert_eq!((report.events, report.failed, report.diagnostics), (4, 0, vec![]));
    assert_eq!(batches.len(), 2, "one event type each");
    for (field, expected) in [
        ("source", "WinEventLog:Security"),
        ("sourcetype", "WinEventLog"),
        ("host", "host.example"),
        ("Logon_Type", "3"),
        ("Keywords", "Audit Success"),
    ] {
        assert_eq!(texts(&batches, field), [expected; 4], "{field}");
    }
    assert_eq!(texts(&batches, "Account_Name"), ["ann0", "ann2", "ann1", "ann3"]);
    let raw = &texts(&batches, "_raw")[0];
    assert!(raw.starts_with("03/04/2026") && raw.ends_with("Logon Type:\t3"), "{raw}");
}

#[test]
fn times_are_of_the_zone_that_is_given() {
    let zone = Some(jiff::tz::TimeZone::get("Europe/Berlin").unwrap());
    let labels = std::sync::Arc::new(crate::Labels { zone, ..crate::Labels::default() });
    let hours = |date: &str| {
        let text = event(1, 1).replace("03/04/2026 01:02:03 PM", date);
        let part = plan(&Input::memory("x", text.into_bytes())).unwrap().remove(0).labelled(&labels);
        let mut hour = 0;
        part.read(&ReadOptions::default(), &mut |batch| {
            if let Cell::Time(time) = batch.cell("_time", 0) {
                hour = time / 1_000_000_000 / 3600 % 24;
            }
        });
        hour
    };
    for (date, utc) in [
        ("03/04/2026 01:02:03 PM", 12),
        ("07/04/2026 01:02:03 PM", 11),
        ("2026-07-04T13:02:03Z", 13),
        // Skipped, and shown twice.
        ("03/29/2026 02:30:00 AM", 1),
        ("10/25/2026 02:30:00 AM", 0),
    ] {
        assert_eq!(hours(date), utc, "{date}");
    }
}

#[test]
fn a_date_or_a_log_name_in_a_message_starts_no_event() {
    let text = format!(
        "{}Times:\n01/02/2026 03:04:05 PM\nand\nLogName=Other\n01/02/2026 03:04:05 PM LogName=\n\n{}",
        event(1, 1),
        event(2, 2)
    );
    let (batches, report) = read(text);
    assert_eq!((report.events, texts(&batches, "EventCode")), (2, vec!["1".into(), "2".into()]));
    assert!(texts(&batches, "Message")[0].contains("LogName=Other"));
}

#[test]
fn a_large_log_is_cut_where_events_start() {
    let text = log(140_000);
    assert!(text.len() as u64 > 2 * super::super::PART);
    let input = Input::memory("x", text.into_bytes());
    let parts = plan(&input).unwrap();
    assert!(parts.len() > 1);
    let (batches, report) = read_input(&input);
    assert_eq!((report.events, report.failed), (140_000, 0));
    let numbers: std::collections::BTreeSet<String> = texts(&batches, "RecordNumber").into_iter().collect();
    assert_eq!(numbers.len(), 140_000);
}

#[test]
fn utf_16_and_line_ends_of_windows() {
    let text = log(3).replace('\n', "\r\n");
    let utf16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [text.into_bytes(), utf16] {
        let (batches, report) = read(bytes);
        assert_eq!((report.events, report.diagnostics), (3, vec![]));
        assert_eq!(texts(&batches, "OpCode"), ["Info"; 3]);
    }
}

#[test]
fn what_is_wrong_is_said() {
    let text = event(1, 1).replace("03/04/2026", "13/14/2026");
    let (batches, report) = read(text);
    assert_eq!((report.events, report.diagnostics[0].slug), (1, "classic/no-time"));
    assert!(matches!(batches[0].cell("_time", 0), Cell::Null));
    let mut bytes = event(1, 1).into_bytes();
    bytes.extend(b"\xff\xfe\0 and more");
    let (batches, report) = read(bytes);
    assert_eq!((report.events, report.diagnostics[0].slug), (1, "classic/not-utf8"));
    assert!(texts(&batches, "Message")[0].ends_with("\u{fffd}\u{fffd}\u{fffd} and more"));
}

#[test]
fn an_event_without_end_is_passed_over() {
    for more in [5, 3 << 20] {
        let text = format!("{}{}\n{}", event(1, 1), "x".repeat(MAX_EVENT + more), event(2, 2));
        let (batches, report) = read(text);
        assert_eq!((report.events, report.failed, report.diagnostics[0].slug), (1, 1, "classic/too-long"));
        assert_eq!(texts(&batches, "EventCode"), ["2"]);
    }
}

#[test]
fn other_texts_are_not_this_format() {
    for text in [
        "TimeCreated  : 1/2/2026 3:04:05 PM\nProviderName : x\nId : 1\nMessage : m\n",
        "LogName=Security\nEventCode=1\n",
        "01/02/2026 03:04:05 PM\nEventCode=1\n",
        "01/02/2026 03:04:05 PM something LogName=Security\n",
        "",
    ] {
        let head = Head::new(text.as_bytes().to_vec());
        assert!(!ClassicText.matches(&head), "{text}");
    }
    assert!(ClassicText.matches(&Head::new(format!("\u{feff}\r\n{}", event(1, 1)).into_bytes())));
}

/// Gives a few bytes at a time.
struct Slow(Vec<u8>, usize);

impl Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.0.len().min(self.1).min(buffer.len());
        buffer[..n].copy_from_slice(&self.0[..n]);
        self.0.drain(..n);
        Ok(n)
    }
}

proptest! {
    #[test]
    fn how_the_text_arrives_does_not_matter(
        pieces in proptest::collection::vec(proptest::sample::select(vec![
            "01/02/2026 03:04:05 PM\n", "2026-01-02 03:04:05\r\n", "LogName=A\n", "LogName=", "EventCode=1\n", "Message=m\n",
            "\tName:\tv\n", "\n", "x", "\u{0}", "é", ": ", "=",
        ]), 0..40),
        size in 1usize..50,
    ) {
        let text = format!("{}{}", event(1, 1), pieces.concat());
        let (whole, whole_report) = read(text.clone());
        let (slow, slow_report) = read_input(&Input::stream("x", Slow(text.into_bytes(), size)));
        prop_assert_eq!(texts(&whole, "_raw"), texts(&slow, "_raw"));
        prop_assert_eq!(whole_report.events, slow_report.events);
    }

    #[test]
    fn damage_never_panics(mut bytes in Just(log(5).into_bytes()), flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..30), keep in 0.0f64..1.0) {
        for (at, value) in flips {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        bytes.truncate((bytes.len() as f64 * keep) as usize);
        if let Ok(parts) = plan(&Input::memory("x", bytes)) {
            let events: u64 = parts.iter().map(|p| p.read(&ReadOptions::default(), &mut |_| {}).events).sum();
            prop_assert!(events <= 5);
        }
    }
}
