//! All of the EVTX samples: as many events as the `evtx` crate itself reads, with their fields.

use crate::{files, read, values};
use grotto_events::{Batch, Format, Input, PartReport, ReadOptions, plan};
use std::collections::BTreeMap;
use std::path::Path;

/// Events and errors as the crate's own iteration over a file gives them.
fn reference(path: &Path) -> (u64, u64) {
    let mut parser = evtx::EvtxParser::from_path(path).unwrap();
    let (mut events, mut errors) = (0, 0);
    for record in parser.records() {
        match record {
            Ok(_) => events += 1,
            Err(_) => errors += 1,
        }
    }
    (events, errors)
}

#[test]
fn every_event_of_the_reference_is_read() {
    let mut total = PartReport::default();
    let mut bytes = 0;
    let paths = files("data/evtx-attack-samples", "evtx");
    for path in &paths {
        let parts = plan(&Input::file(path)).unwrap();
        let (batches, report) = read(&parts, &ReadOptions::default());
        let rows: usize = batches.iter().map(Batch::rows).sum();
        assert_eq!((report.events, report.failed), reference(path), "{}", path.display());
        assert_eq!(rows as u64, report.events);
        assert!(parts.iter().all(|part| part.format() == Some(Format::Evtx)));
        bytes += path.metadata().unwrap().len();
        total.merge(report);
    }
    println!(
        "{} files, {bytes} bytes: {} events, {} failed, {} lost",
        paths.len(),
        total.events,
        total.failed,
        total.lost
    );
    assert_eq!(total.diagnostics, [], "the samples are sound");
}

#[test]
fn batches_are_of_one_event_type_with_constant_columns() {
    let mut types: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    for path in files("data/evtx-attack-samples", "evtx") {
        for batch in read(&plan(&Input::file(&path)).unwrap(), &ReadOptions::default()).0 {
            let constant = |field: &str| {
                batch
                    .column(field)
                    .filter(|c| !c.all_null())
                    .map(|c| c.as_constant().map(ToString::to_string))
            };
            for field in
                ["source", "sourcetype", "index", "EventCode", "EventID", "Name", "Channel", "Version"]
            {
                let Some(value) = constant(field) else {
                    // Classic events have no version, and some events no channel.
                    assert!(
                        ["Version", "Channel"].contains(&field),
                        "{field} is missing in {}",
                        path.display()
                    );
                    continue;
                };
                let clash = (0..batch.rows()).any(|row| values(&batch, field, row).len() > 1);
                assert!(
                    value.is_some() || clash,
                    "{field} differs in {}: {:?}",
                    path.display(),
                    values(&batch, field, 0)
                );
            }
            let key = ["Name", "Channel", "EventCode"].map(|f| values(&batch, f, 0).join("|"));
            *types.entry(key.into()).or_default() += batch.rows();
            let times = batch.column("_time").map(|c| c.array().null_count());
            assert_eq!(times, Some(0), "every event has a time in {}", path.display());
        }
    }
    println!("{} event types", types.len());
}

#[test]
fn wanted_fields_alone_are_what_they_are_with_all() {
    let wanted = ["EventCode", "CommandLine", "ScriptBlockText", "Computer", "_raw", "UserData_Xml"];
    for path in files("data/evtx-attack-samples", "evtx").into_iter().step_by(9) {
        let parts = plan(&Input::file(&path)).unwrap();
        let (all, _) = read(&parts, &ReadOptions::default());
        let (some, _) = read(&parts, &ReadOptions::only(wanted));
        assert_eq!(all.len(), some.len());
        for (all, some) in all.iter().zip(&some) {
            for field in wanted {
                assert_eq!(all.column(field).is_some(), some.column(field).is_some(), "{field}");
                for row in 0..all.rows() {
                    assert_eq!(values(all, field, row), values(some, field, row), "{field}");
                }
            }
            assert!(some.names().all(|n| **n == *"_time" || wanted.contains(&&**n)));
        }
    }
}

#[test]
fn a_log_in_xml_text_gives_the_same_columns_as_in_evtx() {
    for path in files("data/evtx-attack-samples", "evtx").into_iter().step_by(17) {
        let (from_evtx, _) = read(&plan(&Input::file(&path)).unwrap(), &ReadOptions::default());
        let mut parser = evtx::EvtxParser::from_path(&path)
            .unwrap()
            .with_configuration(evtx::ParserSettings::new().indent(false));
        let text: String = parser.records().map(|r| r.unwrap().data + "\n").collect();
        let (from_xml, report) = crate::read_bytes(text.as_bytes(), &ReadOptions::default());
        assert_eq!(report.failed, 0);
        // A log that has wrapped around is read in another order there.
        assert!(rows(&from_evtx) == rows(&from_xml), "{}", path.display());
    }
}

/// Every row with all its fields, sorted.
fn rows(batches: &[Batch]) -> Vec<Vec<(String, Vec<String>)>> {
    let row = |batch: &Batch, row| batch.names().map(|n| (n.to_string(), values(batch, n, row))).collect();
    let mut rows: Vec<_> = batches.iter().flat_map(|b| (0..b.rows()).map(move |at| row(b, at))).collect();
    rows.sort();
    rows
}
