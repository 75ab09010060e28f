//! Events written in every shape are read as the same events that their XML holds, as far as the shape goes.

use crate::{read_bytes, values};
use grotto_events::{Batch, Cell, ReadOptions};
use grotto_samples::shapes::Shape;
use grotto_samples::stream::Stream;
use grotto_samples::{Event, Payload, kinds, xml};
use std::collections::{BTreeMap, BTreeSet};

/// What no shape holds as it stood in XML.
const MARKUP: [&str; 6] =
    ["_raw", "_time", "System_Props_Xml", "EventData_Xml", "UserData_Xml", "RenderingInfo_Xml"];

/// The fields that `System` gives.
const SYSTEM: [&str; 26] = [
    "ActivityID",
    "Channel",
    "Computer",
    "EventCode",
    "EventID",
    "EventRecordID",
    "EventSourceName",
    "Guid",
    "Keywords",
    "Level",
    "Name",
    "Opcode",
    "ProcessID",
    "Qualifiers",
    "RecordNumber",
    "RelatedActivityID",
    "SystemTime",
    "Task",
    "ThreadID",
    "UserID",
    "Version",
    "host",
    "index",
    "source",
    "sourcetype",
    "Message",
];

/// Events of all kinds.
fn events() -> Vec<Event> {
    let mut missing: BTreeSet<_> =
        kinds::ALL.iter().map(|kind| (kind.provider().to_owned(), kind.id())).collect();
    let mut events = Vec::new();
    for (index, event) in Stream::new(7, 6).with_attacks(40).enumerate() {
        let new = missing.remove(&(event.provider.name.clone().into_owned(), event.id));
        if index < 250 || new {
            events.push(event);
        }
        if index > 250 && missing.is_empty() {
            break;
        }
        assert!(index < 300_000, "never written: {missing:?}");
    }
    events.push(Event {
        qualifiers: Some(16_384),
        data: Payload::EventData {
            name: None,
            fields: vec![(None, "first".into()), (None, "".into()), (None, "third <3>".into())],
            binary: Some(vec![0, 255]),
        },
        channel: "Application".into(),
        computer: "pc.example".into(),
        provider: grotto_samples::Provider { name: "ESENT".into(), guid: None, source_name: None },
        id: 326,
        ..Event::default()
    });
    events
}

/// The only row of a text: its fields, and its time.
fn row(text: &str) -> (BTreeMap<String, Vec<String>>, i64) {
    let (batches, report) = read_bytes(text.as_bytes(), &ReadOptions::default());
    assert_eq!((report.events, report.failed, batches.len()), (1, 0, 1), "{:?}\n{text}", report.diagnostics);
    let batch: &Batch = &batches[0];
    let time = if let Cell::Time(time) = batch.cell("_time", 0) { Some(time) } else { None }.unwrap();
    (batch.names().map(|name| (name.to_string(), values(batch, name, 0))).collect(), time)
}

#[test]
fn every_shape_gives_the_fields_of_the_xml() {
    let events = events();
    let mut compared = BTreeMap::new();
    for event in &events {
        let (expected, time) = row(&xml::to_string(event));
        for shape in Shape::ALL {
            let text = shape.file(std::slice::from_ref(event));
            let (found, found_time) = row(&text);
            let lacks = shape.lacks();
            let nameless = lacks.contains(&"*");
            let skipped = |name: &str| {
                // Providers that nobody knows.
                let no_guid = name == "Guid" && matches!(shape, Shape::AzureWindowsEvent | Shape::AzureCsv);
                no_guid && !found.contains_key(name)
                    || MARKUP.contains(&name)
                    || lacks.contains(&name)
                    || name == "index"
                    || (nameless && !SYSTEM.contains(&name))
            };
            for (name, values) in expected.iter().filter(|(name, _)| !skipped(name)) {
                assert_eq!(found.get(name), Some(values), "{name} of {shape:?}: {text}");
                *compared.entry(format!("{shape:?}")).or_insert(0) += 1;
            }
            for name in found.keys().filter(|name| !expected.contains_key(*name)) {
                let allowed = ["Message", "RenderingInfo_Xml", "EventData_Xml", "Opcode"];
                assert!(
                    allowed.contains(&&**name) || (nameless && name == "Data"),
                    "{name} of {shape:?}: {text}"
                );
            }
            let exact = !lacks.contains(&"SystemTime");
            let same = if exact { time == found_time } else { time / 1_000_000 == found_time / 1_000_000 };
            assert!(same || (!exact && time == 0), "{shape:?}: {time} {found_time}");
        }
    }
    println!("{} events in {} shapes, values compared: {compared:?}", events.len(), Shape::ALL.len());
}

#[test]
fn a_file_of_many_events_holds_them_all() {
    let events: Vec<Event> = Stream::new(3, 4).with_attacks(50).take(400).collect();
    for shape in Shape::ALL {
        let text = shape.file(&events);
        let mut wholes = vec![text.clone().into_bytes(), utf16(&text)];
        if !shape.is_csv() {
            let records: Vec<&str> = text.lines().collect();
            wholes.push(format!("\u{feff}[\n{}\n]", records.join(",\n")).into_bytes());
            wholes.push(format!("{{\"records\":[{}],\"next\":null}}", records.join(",")).into_bytes());
            wholes.push(records.concat().into_bytes());
        }
        for whole in wholes {
            let (batches, report) = read_bytes(&whole, &ReadOptions::only(["EventCode", "Computer"]));
            assert_eq!((report.events, report.failed), (400, 0), "{shape:?} {:?}", report.diagnostics);
            let mut ids: Vec<String> = batches
                .iter()
                .flat_map(|b| (0..b.rows()).flat_map(|row| values(b, "EventCode", row)))
                .collect();
            let mut expected: Vec<String> = events.iter().map(|event| event.id.to_string()).collect();
            ids.sort();
            expected.sort();
            assert_eq!(ids, expected, "{shape:?}");
        }
    }
}

fn utf16(text: &str) -> Vec<u8> {
    format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn damaged_files_never_panic_and_keep_what_is_whole() {
    let events: Vec<Event> = Stream::new(5, 4).take(12).collect();
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for shape in Shape::ALL {
        let text = shape.file(&events).into_bytes();
        for _ in 0..25 {
            let mut bytes = text.clone();
            match random(3) {
                0 => bytes.truncate(random(text.len())),
                1 => bytes[random(text.len())] = random(256) as u8,
                _ => drop(bytes.drain(random(text.len())..).take(random(2000)).count()),
            }
            let (_, report) = read_bytes(&bytes, &ReadOptions::only(["EventCode"]));
            let whole =
                bytes.iter().zip(&text).take_while(|(a, b)| a == b).filter(|(b, _)| **b == b'\n').count();
            let header = u64::from(shape.is_csv());
            // Values of CSV hold line feeds.
            if !shape.is_csv() {
                assert!(report.events + header >= whole as u64, "{shape:?}: {} of {whole}", report.events);
            }
        }
    }
}

#[test]
#[ignore = "measures speed, which says something in optimised builds only"]
fn speed_of_every_shape() {
    let events: Vec<Event> = Stream::new(9, 6).with_attacks(60).take(20_000).collect();
    let generic: String = events
        .iter()
        .map(|event| format!("{{\"e\":{}", Shape::Nxlog.file(std::slice::from_ref(event)).trim_end()) + "}\n")
        .collect();
    let texts = Shape::ALL.map(|shape| (format!("{shape:?}"), shape.file(&events)));
    for (name, text) in texts.into_iter().chain([("generic".to_owned(), generic)]) {
        let input = grotto_events::Input::memory("<m>", text.as_bytes());
        let started = std::time::Instant::now();
        let (_, report) = crate::read(&grotto_events::plan(&input).unwrap(), &ReadOptions::default());
        let seconds = started.elapsed().as_secs_f64();
        println!(
            "{name}: {} events, {:.0} MB/s, {:.0} events/s",
            report.events,
            text.len() as f64 / 1e6 / seconds,
            report.events as f64 / seconds
        );
    }
}
