//! Every example log of the corpus' data sources decodes to the fields that the data source lists.

use crate::{files, read_bytes, shared, values};
use grotto_events::ReadOptions;
use serde::Deserialize;
use std::collections::HashMap;

#[derive(Deserialize)]
struct DataSource {
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    fields: Vec<String>,
    #[serde(default)]
    example_log: Option<String>,
}

/// Fields that the decoder makes besides those of the event itself, where a data source lists them.
const DECODERS: [&str; 11] = [
    "_time",
    "EventCode",
    "RecordNumber",
    "EventData_Xml",
    "UserData_Xml",
    "System_Props_Xml",
    "host",
    "source",
    "sourcetype",
    "index",
    "EventSourceName",
];

/// Names that the fact table counts to the XML but that are not names in it: an attribute that names another field, or
/// what Splunk's add-on derives from the message.
fn is_derived(file: &str, field: &str, log: &str) -> bool {
    let named = [
        format!("'{field}'"),
        format!("\"{field}\""),
        format!("<{field}>"),
        format!("<{field} "),
        format!("{field}="),
    ];
    let spelled = field.replace('_', " ");
    let there = named.iter().any(|n| log.contains(n.as_str())) || log.contains(&format!("'{spelled}'"));
    if !there {
        println!("{file}: {field} is not in the example log");
    }
    !there
}

#[test]
fn example_logs_decode_to_the_listed_fields() {
    let Some(facts) = shared("facts/windows_addon_fields.csv") else { return };
    let mut from_xml: HashMap<String, Vec<String>> = HashMap::new();
    for record in csv::Reader::from_path(facts).unwrap().deserialize::<HashMap<String, String>>() {
        let record = record.unwrap();
        let fields =
            record["xml_field"].split(' ').filter(|f| !f.is_empty()).map(ToOwned::to_owned).collect();
        from_xml.insert(record["file"].clone(), fields);
    }
    let (mut logs, mut cut, mut fields_checked) = (0, 0, 0);
    for path in files("corpus/escu-2024/data_sources", "yml") {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let source: DataSource = serde_saphyr::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let Some(mut log) = source.example_log.filter(|log| log.trim_start().starts_with("<Event")) else {
            continue;
        };
        // Some examples were cut at the first line break inside a value.
        if !log.contains("</Event>") {
            log.push_str("</Data></EventData></Event>");
            cut += 1;
        }
        let (batches, report) = read_bytes(log.as_bytes(), &ReadOptions::default());
        assert_eq!((report.events, report.failed), (1, 0), "{name}: {:?}", report.diagnostics);
        let batch = &batches[0];
        let listed = from_xml.get(&name).map_or(&[][..], Vec::as_slice);
        let own =
            DECODERS.iter().filter(|f| **f != "EventSourceName" && source.fields.iter().any(|l| l == *f));
        for field in listed.iter().map(String::as_str).chain(own.copied()) {
            assert!(
                batch.column(field).is_some() || is_derived(&name, field, &log),
                "{name}: {field} is missing; there is {:?}",
                batch.names().collect::<Vec<_>>()
            );
            fields_checked += 1;
        }
        if let Some(expected) =
            source.source.filter(|s| s.starts_with("XmlWinEventLog:") && !name.contains("linux"))
        {
            assert!(values(batch, "source", 0)[0].eq_ignore_ascii_case(&expected), "{name}: {expected}");
        }
        logs += 1;
    }
    println!("{logs} example logs ({cut} of them cut short), {fields_checked} fields");
    assert!(logs >= 60);
}
