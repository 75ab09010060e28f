//! The `evtx` crate reads what the writer wrote, with checksums checked, and sees the values of the XML text.

use evtx::{EvtxParser, ParserSettings};
use grotto_samples::stream::Stream;
use grotto_samples::{Event, FileTime, Guid, Payload, Provider, Sid, Value, evtx as writer, kinds, xml};
use quick_xml::Reader;
use quick_xml::events::Event as Xml;
use std::collections::BTreeSet;

/// All that an XML text says, without its form: element paths, attributes and texts, in order.
fn flatten(text: &str) -> Vec<String> {
    let mut reader = Reader::from_str(text);
    let (mut path, mut facts) = (Vec::<String>::new(), Vec::new());
    let mut content = String::new();
    loop {
        let event = reader.read_event().unwrap();
        match &event {
            Xml::Start(start) | Xml::Empty(start) => {
                path.push(start.name().as_ref().to_owned());
                content.clear();
                for attribute in start.attributes() {
                    let attribute = attribute.unwrap();
                    let value = quick_xml::escape::unescape(&attribute.value).unwrap();
                    facts.push(format!("{}@{}={value}", path.join("/"), attribute.key.as_ref()));
                }
                if matches!(event, Xml::Empty(_)) {
                    facts.push(format!("{}=", path.join("/")));
                    path.pop();
                }
            }
            Xml::Text(text) => content.push_str(text),
            Xml::GeneralRef(name) => {
                content.push_str(quick_xml::escape::resolve_predefined_entity(name).unwrap());
            }
            Xml::End(_) => {
                facts.push(format!("{}={content}", path.join("/")));
                content.clear();
                path.pop();
            }
            Xml::Eof => return facts,
            _ => {}
        }
    }
}

/// Reads a file back: record numbers and XML.
fn read(bytes: Vec<u8>) -> Vec<(u64, String)> {
    let settings = ParserSettings::new().validate_checksums(true).indent(false);
    let mut parser = EvtxParser::from_buffer(bytes).unwrap().with_configuration(settings);
    parser
        .records()
        .map(|record| {
            let record = record.unwrap();
            (record.event_record_id, record.data)
        })
        .collect()
}

/// An event of a provider that is a name only.
fn plain(text: &str) -> Event {
    Event {
        provider: Provider { name: "Plain".into(), guid: None, source_name: None },
        channel: "Application".into(),
        computer: "pc.example".into(),
        data: Payload::named([("Text", text.to_owned().into())]),
        ..Event::default()
    }
}

fn assert_read_back(events: &[Event]) {
    let records = read(writer::to_bytes(events).unwrap());
    assert_eq!(records.len(), events.len());
    for (event, (_, rendered)) in events.iter().zip(&records) {
        assert_eq!(flatten(rendered), flatten(&xml::to_string(event)), "event {}", event.id);
    }
}

#[test]
fn every_kind_of_event_is_read_back_over_many_chunks() {
    let mut missing: BTreeSet<_> =
        kinds::ALL.iter().map(|kind| (kind.provider().to_owned(), kind.id())).collect();
    // The first 3,000 events fill many chunks; of the rest, those of kinds that have not come up.
    let mut events = Vec::new();
    for (index, event) in Stream::new(99, 6).with_attacks(150).enumerate() {
        let new = missing.remove(&(event.provider.name.clone().into_owned(), event.id));
        if index < 3000 || new {
            events.push(event);
        }
        if index >= 3000 && missing.is_empty() {
            break;
        }
        assert!(index < 300_000, "never written: {missing:?}");
    }
    let bytes = writer::to_bytes(&events).unwrap();
    assert!(bytes.len() > 10 * 65_536, "{} bytes", bytes.len());
    assert_read_back(&events);
}

#[test]
fn values_of_all_types_and_odd_texts_are_read_back() {
    let odd = [
        "",
        " ",
        "-",
        "a\r\n\tb",
        "<&>'\"",
        "ümläut € 𝄞",
        "\u{1}\u{1f}",
        "]]>",
        "%1 %%1842",
        "ends in blank ",
    ];
    let mut fields: Vec<(Option<_>, Value)> =
        odd.iter().map(|text| (Some("Text".into()), Value::from((*text).to_owned()))).collect();
    let values = [
        Value::I32(i32::MIN),
        Value::U8(u8::MAX),
        Value::U16(u16::MAX),
        Value::U32(u32::MAX),
        Value::U64(u64::MAX),
        Value::Bool(true),
        Value::Bool(false),
        Value::Hex32(0),
        Value::Hex64(u64::MAX),
        Value::Guid(Guid::new(1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11])),
        Value::Sid(Sid { authority: 5, parts: vec![21, 1, 2, 3, u32::MAX].into() }),
        Value::Time(FileTime::from_unix(951_782_400).after(1)),
        Value::Binary(vec![0, 0xFF, 0x10]),
    ];
    fields.extend(values.into_iter().map(|value| (None, value)));
    let data = Payload::EventData { name: Some("Everything".into()), fields, binary: Some(vec![1, 2]) };
    let event = Event {
        provider: Provider {
            name: "Ünusual & 'odd'".into(),
            guid: Some(Guid::default()),
            source_name: Some("x".into()),
        },
        id: 65_535,
        qualifiers: Some(49_152),
        activity_id: Some(Guid::new(9, 9, 9, [9; 8])),
        user: Some(Sid::NETWORK_SERVICE),
        channel: "Application".into(),
        computer: "pc.example".into(),
        data,
        ..Event::default()
    };
    let bare = Event { data: Payload::default(), ..plain("") };
    let user_data = Payload::UserData {
        element: "Cleared".into(),
        namespace: "urn:x&y".into(),
        fields: vec![("Who".into(), "eve <eve>".into()), ("Why".into(), "".into())],
    };
    assert_read_back(&[event.clone(), bare.clone(), Event { data: user_data, ..bare.clone() }, bare, event]);
}

#[test]
fn the_longest_value_that_fits_is_read_back() {
    let long = "x".repeat(31_000);
    assert_read_back(&[plain("first"), plain(&long), plain("between"), plain(&long)]);
}

#[test]
fn record_numbers_are_those_of_the_log() {
    let events: Vec<Event> = (500..503).map(|record_id| Event { record_id, ..plain("x") }).collect();
    let ids: Vec<u64> = read(writer::to_bytes(&events).unwrap()).into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, [500, 501, 502]);
}

#[test]
fn a_flipped_bit_breaks_a_checksum() {
    let good = writer::to_bytes(&[plain("a"), plain("b")]).unwrap();
    // In the file: a byte of the chunk's header, of its tables, and of its records.
    for at in [4096 + 16, 4096 + 130, 4096 + 600] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        let settings = ParserSettings::new().validate_checksums(true);
        let mut parser = EvtxParser::from_buffer(bad).unwrap().with_configuration(settings);
        assert!(parser.records().any(|record| record.is_err()), "byte {at}");
    }
}

#[test]
fn an_empty_log_has_no_records() {
    assert!(read(writer::to_bytes(&[]).unwrap()).is_empty());
}
