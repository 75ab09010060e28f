//! EVTX straight to columns is the same as by way of its XML, cell by cell: on real logs, generated ones and damaged ones.

use crate::{files, values};
use grotto_events::{Batch, EventType, FieldName, Input, PartReport, ReadOptions, Wanted, plan};
use grotto_samples::stream::Stream;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

const HEADER: usize = 4096;
const CHUNK: usize = 65_536;

/// Fields that are cut out of XML; records of which they are wanted go that way anyway.
fn is_section(field: &str) -> bool {
    field.ends_with("_Xml")
}

type Row = Vec<(String, Vec<String>)>;

/// Every event by its place in the log, with all the fields that its batch has, and the report.
fn rows(
    bytes: &[u8],
    through_xml: bool,
    batch_rows: usize,
    wanted: fn(&str) -> bool,
) -> (BTreeMap<i64, Row>, PartReport) {
    let options = ReadOptions {
        raw: false,
        through_xml,
        order: Some(FieldName::from("order")),
        batch_rows,
        ..ReadOptions::default()
    };
    let (mut rows, mut report) = (BTreeMap::new(), PartReport::default());
    let parts = plan(&Input::memory("<log>", bytes)).unwrap_or_default();
    for (number, part) in parts.iter().enumerate() {
        let mut take = |batch: Batch| {
            for at in 0..batch.rows() {
                let order = values(&batch, "order", at);
                let place: i64 = order[0].trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap();
                let mut row: Row =
                    batch.names().map(|name| (name.to_string(), values(&batch, name, at))).collect();
                row.sort();
                assert!(rows.insert((number as i64) << 40 | place, row).is_none(), "two events at one place");
            }
        };
        // Of some types everything is wanted, XML too, which then stands among records that go straight.
        let with_xml = |event: &EventType<'_>| wanted("some _raw") && matches!(event.id, Some("1" | "4624"));
        let wants = |event: &EventType<'_>| {
            if with_xml(event) {
                Wanted::Fields(Arc::new(|_: &str| true))
            } else {
                Wanted::Fields(Arc::new(wanted))
            }
        };
        report.merge(part.read_wanted(&options, Some(&wants), &mut take));
    }
    (rows, report)
}

/// Reads bytes both ways and compares everything, with each event alone in its batch, which shows what fields it has; gives
/// the number of events.
fn same(bytes: &[u8], wanted: fn(&str) -> bool, what: &str) -> u64 {
    same_in_batches(bytes, 1, wanted, what)
}

/// As [`same`], with so many events in a batch.
fn same_in_batches(bytes: &[u8], batch_rows: usize, wanted: fn(&str) -> bool, what: &str) -> u64 {
    let (fast, report) = rows(bytes, false, batch_rows, wanted);
    let (slow, reference) = rows(bytes, true, batch_rows, wanted);
    assert_eq!(report, reference, "{what}");
    assert_eq!(fast.len(), slow.len(), "{what}");
    for ((place, fast), (_, slow)) in fast.iter().zip(&slow) {
        assert_eq!(fast, slow, "event {place} of {what}");
    }
    report.events
}

fn all(field: &str) -> bool {
    !is_section(field)
}

fn some(field: &str) -> bool {
    ["EventCode", "Name", "CommandLine", "Computer", "host", "source", "Data"].contains(&field)
}

fn some_with_xml(field: &str) -> bool {
    some(field) || field == "some _raw"
}

/// Makes the checksums of every chunk right again.
fn seal(log: &mut [u8]) {
    for chunk in log[HEADER..].chunks_exact_mut(CHUNK) {
        let free = u32::from_le_bytes(chunk[48..52].try_into().unwrap()) as usize;
        if let Some(records) = chunk.get(512..free) {
            let sum = crc32fast::hash(records);
            chunk[52..56].copy_from_slice(&sum.to_le_bytes());
        }
        let mut header = crc32fast::Hasher::new();
        header.update(&chunk[..120]);
        header.update(&chunk[128..512]);
        chunk[124..128].copy_from_slice(&header.finalize().to_le_bytes());
    }
}

fn generated(seed: u64, events: usize) -> Vec<u8> {
    let events: Vec<_> = Stream::new(seed, 3).with_attacks(50).take(events).collect();
    grotto_samples::evtx::to_bytes(&events).unwrap()
}

#[test]
fn real_logs() {
    let mut events = 0;
    for path in files("data/evtx-attack-samples", "evtx") {
        let mut bytes = std::fs::read(&path).unwrap();
        let what = path.display().to_string();
        events += same(&bytes, all, &what);
        // Logs that were not closed have no checksums, and would go by way of XML.
        if bytes.len() >= HEADER {
            seal(&mut bytes);
            same(&bytes, all, &what);
            same_in_batches(&bytes, 100, all, &what);
            same(&bytes, some, &what);
            same(&bytes, some_with_xml, &what);
        }
    }
    println!("{events} events are the same");
}

#[test]
fn generated_logs() {
    let bytes = generated(7, 3000);
    assert_eq!(same(&bytes, all, "the generated log"), 3000);
    same_in_batches(&bytes, 100, all, "the generated log");
    same(&bytes, some, "the generated log");
    same(&bytes, some_with_xml, "the generated log");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn damaged_logs(seed in 0..4u64, damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let mut bytes = generated(seed, 60);
        let length = bytes.len() - HEADER;
        for (at, byte) in damage {
            // Most of a short log is empty.
            let at = at.index(length.min(24_000));
            bytes[HEADER + at] = byte;
        }
        seal(&mut bytes);
        same(&bytes, all, "a damaged log");
        same(&bytes, some_with_xml, "a damaged log");
    }
}
