//! The JSON that the `evtx` crate writes of a log, as `evtx_dump` does, against the XML of the same records.

use crate::{files, read_bytes, values};
use evtx::{EvtxParser, ParserSettings};
use grotto_events::{Batch, ReadOptions};
use std::collections::BTreeMap;

type Row = BTreeMap<String, Vec<String>>;

/// The row of an event's text.
fn row(text: &str) -> Option<Row> {
    let (batches, _) = read_bytes(text.as_bytes(), &ReadOptions { raw: false, ..ReadOptions::default() });
    let batch: &Batch = batches.first()?;
    Some(batch.names().map(|name| (name.to_string(), values(batch, name, 0))).collect())
}

#[test]
fn json_of_real_logs_gives_the_fields_of_the_xml() {
    let (mut events, mut compared, mut other) = (0, 0, BTreeMap::<String, (usize, String)>::new());
    for path in files("data/evtx-attack-samples", "evtx").into_iter().step_by(6) {
        for separate in [false, true] {
            let settings = || ParserSettings::new().indent(false).separate_json_attributes(separate);
            let open = || EvtxParser::from_path(&path).map(|parser| parser.with_configuration(settings()));
            let (Ok(mut xml), Ok(mut json)) = (open(), open()) else { continue };
            for (xml, json) in xml.records().zip(json.records_json()).take(300) {
                let (Ok(xml), Ok(json)) = (xml, json) else { continue };
                let (expected, found) = (row(&xml.data).unwrap(), row(&json.data).unwrap());
                events += 1;
                for (name, values) in &expected {
                    if name.ends_with("_Xml") {
                        continue;
                    }
                    compared += 1;
                    if found.get(name) != Some(values) {
                        let entry = other.entry(name.clone()).or_insert_with(|| {
                            (0, format!("{values:?} {:?} in {}", found.get(name), json.data))
                        });
                        entry.0 += 1;
                    }
                }
            }
        }
    }
    let differ: usize = other.values().map(|(count, _)| count).sum();
    println!("{events} events, {compared} values, {differ} differ");
    for (name, (count, example)) in &other {
        println!("{count} {name}: {}", example.chars().take(600).collect::<String>());
    }
    assert_eq!(differ, 0, "of {compared}");
}
