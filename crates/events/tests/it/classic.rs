//! Generated events as classic text and as XML say the same where both have a field.

use crate::{read_bytes, values};
use grotto_events::{Batch, Cell, ReadOptions};
use grotto_samples::stream::Stream;
use grotto_samples::{Event, Payload, classic, xml};
use std::collections::{BTreeMap, BTreeSet};

/// The one batch of one row that a text holds.
fn one(text: &str) -> Batch {
    let (batches, report) = read_bytes(text.as_bytes(), &ReadOptions::default());
    assert_eq!((report.events, &report.diagnostics), (1, &vec![]), "{text}");
    batches.into_iter().next().unwrap()
}

fn seconds(batch: &Batch) -> i64 {
    let Cell::Time(time) = batch.cell("_time", 0) else { unreachable!("every event has a time") };
    time.div_euclid(1_000_000_000)
}

/// The name of the field that a label makes.
fn field(label: &str) -> String {
    label.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}

fn compare(event: &Event) {
    let text = classic::to_string(event).unwrap();
    let (plain, marked) = (one(&text), one(&xml::to_string(event)));
    for (ours, theirs) in [
        ("EventCode", "EventCode"),
        ("LogName", "Channel"),
        ("ComputerName", "Computer"),
        ("RecordNumber", "RecordNumber"),
        ("host", "host"),
    ] {
        assert_eq!(values(&plain, ours, 0), values(&marked, theirs, 0), "{ours} of {text}");
    }
    assert_eq!(seconds(&plain), seconds(&marked));
    let mut expected: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (label, name) in classic::layout(event).unwrap().labels() {
        // A label has one line of the value.
        let lines = values(&marked, name, 0);
        let first = lines.iter().filter_map(|v| v.lines().next()).map(str::to_owned);
        expected.entry(field(label)).or_default().extend(first.filter(|v| !v.is_empty()));
    }
    for (name, expected) in expected {
        let found = values(&plain, &name, 0);
        // Lines of a script or a task can look like further fields.
        assert!(
            found.starts_with(&expected) || found.ends_with(&expected),
            "{name}: {found:?} {expected:?} of {text}"
        );
    }
}

#[test]
fn classic_text_and_xml_say_the_same() {
    let mut seen = BTreeSet::new();
    let events = Stream::new(11, 6).with_attacks(40).take(12_000);
    let mut last: BTreeMap<u16, usize> = BTreeMap::new();
    for event in events.filter(|event| classic::layout(event).is_some()) {
        let count = last.entry(event.id).or_default();
        *count += 1;
        if *count <= 30 {
            compare(&event);
            seen.insert(event.id);
        }
    }
    let cleared = Event {
        id: 1102,
        channel: "Security".into(),
        computer: "host.example".into(),
        data: Payload::UserData {
            element: "LogFileCleared".into(),
            namespace: "urn:x".into(),
            fields: vec![("SubjectUserName".into(), "ann".into()), ("SubjectLogonId".into(), "0x7".into())],
        },
        ..Event::default()
    };
    compare(&cleared);
    seen.insert(cleared.id);
    let known: BTreeSet<u16> = classic::LAYOUTS.iter().map(|layout| layout.id).collect();
    assert_eq!(seen, known, "there is an event of every kind that has a layout");
}

#[test]
fn a_log_of_many_events_is_read_whole() {
    let mut text = String::new();
    let mut count = 0;
    for event in Stream::new(3, 4).with_attacks(50).take(3000) {
        if let Some(event) = classic::to_string(&event) {
            text.push_str(&event);
            count += 1;
        }
    }
    let (batches, report) = read_bytes(text.as_bytes(), &ReadOptions::only(["source", "Message"]));
    assert_eq!((report.events, report.diagnostics), (count, vec![]));
    let sources: BTreeSet<String> = batches.iter().flat_map(|batch| values(batch, "source", 0)).collect();
    assert!(
        sources.contains("WinEventLog:Security") && sources.contains("WinEventLog:System"),
        "{sources:?}"
    );
}
