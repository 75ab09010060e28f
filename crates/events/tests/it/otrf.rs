//! The data sets of OTRF: archives of JSON lines that NXLog and others wrote.

use crate::{files, read, read_bytes};
use grotto_events::{Input, Limits, ReadOptions};
use std::collections::BTreeMap;
use std::process::Command;
use std::time::Instant;

/// The JSON in an archive, unpacked by another program.
fn unpacked(path: &std::path::Path) -> Option<Vec<u8>> {
    let output =
        Command::new("unzip").arg("-p").arg(path).args(["*.json", "-x", "__MACOSX/*"]).output().ok()?;
    output.status.success().then_some(output.stdout)
}

#[test]
fn every_event_of_every_data_set_is_read() {
    let (mut events, mut bytes) = (0u64, 0);
    let mut sources: BTreeMap<String, usize> = BTreeMap::new();
    let start = Instant::now();
    let mut reading = std::time::Duration::ZERO;
    for path in files("data/otrf", "zip") {
        let Some(json) = unpacked(&path) else {
            println!("skipped: there is no unzip");
            return;
        };
        let count = json
            .split(|b| *b == b'\n')
            .filter(|line| serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(line).is_ok())
            .count();
        let started = Instant::now();
        let (batches, report) = read_bytes(&json, &ReadOptions::default());
        reading += started.elapsed();
        assert_eq!((report.events, report.failed), (count as u64, 0), "{}", path.display());
        let opened = grotto_events::open(&Input::file(&path), Limits::default());
        let (_, zipped) = read(&opened.parts, &ReadOptions::only(["EventCode"]));
        assert_eq!((zipped.events, zipped.failed), (count as u64, 0), "{}", path.display());
        for batch in &batches {
            let constant = |field| batch.column(field).and_then(grotto_events::Column::as_constant);
            let source = constant("source").unwrap();
            assert!(source.starts_with("XmlWinEventLog:"), "{source} in {}", path.display());
            assert!(constant("EventCode").is_some() && batch.column("Computer").is_some());
            *sources.entry(source.to_lowercase()).or_default() += batch.rows();
        }
        events += report.events;
        bytes += json.len();
    }
    println!(
        "{events} events of {} MB, {:.0} MB/s; {:?} in all; {sources:?}",
        bytes >> 20,
        bytes as f64 / 1e6 / reading.as_secs_f64().max(1e-9),
        start.elapsed()
    );
}
