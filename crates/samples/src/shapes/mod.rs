//! Events in the shapes in which people export them: JSON and CSV of the tools that read or ship Windows logs.
//!
//! Each shape holds what its tool would write, so that some lose parts of an event; [`Shape::lacks`] names the fields.
//! What tools add of their own is there in samples, so that a reader has to tell it from the event.

mod tools;

use crate::event::Event;
use crate::xml;
use serde_json::{Map, Value as Json, json};
use tools::{
    azure, azure_event, dump, elastic, evtx_ecmd, nxlog, powershell, seconds, source, splunk, velociraptor,
    winlogbeat, winlogbeat6,
};

/// A shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `evtx_dump -o jsonl`.
    EvtxDump,
    /// `evtx_dump -o jsonl --separate-json-attributes`.
    EvtxDumpSeparate,
    /// `System` and `EventData` at the top, attributes as members: Velociraptor.
    Velociraptor,
    /// Winlogbeat from version 7 on.
    Winlogbeat,
    /// Winlogbeat 6.
    Winlogbeat6,
    /// Winlogbeat as Elasticsearch exports it, names with dots.
    Elastic,
    /// NXLog's `im_msvistalog` with `to_json()`, through Logstash.
    Nxlog,
    /// Splunk's export of a search in JSON.
    SplunkResult,
    /// What the HTTP event collector takes, with the XML as its event.
    Collector,
    /// The table `WindowsEvent` of Azure Monitor.
    AzureWindowsEvent,
    /// The table `Event` of Azure Monitor.
    AzureEvent,
    /// `Get-WinEvent | ConvertTo-Json`.
    PowerShell,
    /// Splunk's export of a search in CSV.
    SplunkCsv,
    /// EvtxECmd's CSV.
    EvtxECmd,
    /// Azure Monitor's `WindowsEvent` as the portal saves it.
    AzureCsv,
}

impl Shape {
    /// All shapes.
    pub const ALL: [Self; 15] = [
        Self::EvtxDump,
        Self::EvtxDumpSeparate,
        Self::Velociraptor,
        Self::Winlogbeat,
        Self::Winlogbeat6,
        Self::Elastic,
        Self::Nxlog,
        Self::SplunkResult,
        Self::Collector,
        Self::AzureWindowsEvent,
        Self::AzureEvent,
        Self::PowerShell,
        Self::SplunkCsv,
        Self::EvtxECmd,
        Self::AzureCsv,
    ];

    /// Whether it is CSV.
    pub fn is_csv(self) -> bool {
        matches!(self, Self::SplunkCsv | Self::EvtxECmd | Self::AzureCsv)
    }

    /// The fields of an event's `System` that the shape does not hold, by the names that Splunk gives them; `SystemTime`
    /// where the time is there with milliseconds only, `*` where the fields of `EventData` are there without their names.
    pub fn lacks(self) -> &'static [&'static str] {
        match self {
            Self::EvtxDump
            | Self::EvtxDumpSeparate
            | Self::SplunkResult
            | Self::Collector
            | Self::SplunkCsv => &[],
            Self::Velociraptor => &["SystemTime"],
            Self::Winlogbeat | Self::Elastic | Self::Winlogbeat6 => {
                &["EventSourceName", "Keywords", "Qualifiers", "SystemTime", "Task"]
            }
            Self::Nxlog => &["EventSourceName", "Qualifiers", "SystemTime"],
            Self::AzureWindowsEvent | Self::AzureCsv => {
                &["ActivityID", "EventSourceName", "Qualifiers", "SystemTime"]
            }
            Self::AzureEvent => &[
                "ActivityID",
                "EventRecordID",
                "EventSourceName",
                "Guid",
                "Keywords",
                "Opcode",
                "ProcessID",
                "Qualifiers",
                "RecordNumber",
                "SystemTime",
                "Task",
                "ThreadID",
                "UserID",
                "Version",
            ],
            Self::PowerShell => &["*", "EventSourceName", "SystemTime"],
            Self::EvtxECmd => &[
                "ActivityID",
                "EventSourceName",
                "Guid",
                "Keywords",
                "Opcode",
                "Qualifiers",
                "Task",
                "Version",
            ],
        }
    }

    /// Events as a file: a line each, behind a header in CSV.
    pub fn file(self, events: &[Event]) -> String {
        let mut out = String::new();
        let rows: Vec<Map<String, Json>> = events.iter().map(|event| self.record(event)).collect();
        if !self.is_csv() {
            for row in rows {
                out.push_str(&Json::Object(row).to_string());
                out.push('\n');
            }
            return out;
        }
        if let Some(first) = rows.first() {
            let names: Vec<&str> = first.keys().map(String::as_str).collect();
            line(&names, &mut out);
        }
        for row in rows {
            let cells: Vec<String> = row
                .values()
                .map(|value| match value {
                    Json::String(text) => text.clone(),
                    Json::Null => String::new(),
                    value => value.to_string(),
                })
                .collect();
            line(&cells.iter().map(String::as_str).collect::<Vec<_>>(), &mut out);
        }
        out
    }

    /// The record of one event: a JSON object, or a row's cells under the names of their columns.
    pub fn record(self, event: &Event) -> Map<String, Json> {
        let record = match self {
            Self::EvtxDump => dump(event, false),
            Self::EvtxDumpSeparate => dump(event, true),
            Self::Velociraptor => velociraptor(event),
            Self::Winlogbeat => winlogbeat(event),
            Self::Winlogbeat6 => winlogbeat6(event),
            Self::Elastic => elastic(event),
            Self::Nxlog => nxlog(event),
            Self::SplunkResult => json!({"preview": false, "offset": 0, "result": splunk(event)}),
            Self::Collector => json!({
                "time": seconds(event.time), "host": event.computer, "source": source(event),
                "sourcetype": "XmlWinEventLog", "index": "win", "event": xml::to_string(event),
            }),
            Self::SplunkCsv => splunk(event),
            Self::AzureWindowsEvent => azure(event, false),
            Self::AzureCsv => azure(event, true),
            Self::AzureEvent => azure_event(event),
            Self::PowerShell => powershell(event),
            Self::EvtxECmd => evtx_ecmd(event),
        };
        if let Json::Object(record) = record { record } else { Map::new() }
    }
}

/// A line of CSV.
fn line(cells: &[&str], out: &mut String) {
    for (i, cell) in cells.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        out.push('"');
        out.push_str(&cell.replace('"', "\"\""));
        out.push('"');
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Payload, Provider};
    use crate::time::FileTime;

    fn event() -> Event {
        Event {
            provider: Provider { name: "P".into(), guid: None, source_name: None },
            id: 7,
            channel: "Application".into(),
            computer: "pc".into(),
            time: FileTime::from_unix(1_709_251_199).after(1_234_567),
            data: Payload::named([("a", "x\"y".into()), ("b", "".into()), ("n", 3_u32.into())]),
            ..Event::default()
        }
    }

    #[test]
    fn every_shape_is_json_or_csv_and_names_the_event() {
        for shape in Shape::ALL {
            let text = shape.file(&[event(), event()]);
            let lines: Vec<&str> = text.lines().collect();
            assert_eq!(lines.len(), if shape.is_csv() { 3 } else { 2 }, "{shape:?}: {text}");
            if !shape.is_csv() {
                let _: Json = serde_json::from_str(lines[0]).unwrap();
            }
            assert!(text.contains("Application") && text.contains('7'), "{shape:?}");
        }
    }

    #[test]
    fn times_and_values_are_as_the_tools_write_them() {
        let dump = Shape::EvtxDump.record(&event());
        assert_eq!(
            dump["Event"]["System"]["TimeCreated"]["#attributes"]["SystemTime"],
            "2024-02-29T23:59:59.1234567Z"
        );
        assert_eq!(dump["Event"]["EventData"]["n"], 3);
        assert_eq!(Shape::Winlogbeat.record(&event())["@timestamp"], "2024-02-29T23:59:59.123Z");
        assert_eq!(Shape::PowerShell.record(&event())["TimeCreated"], "/Date(1709251199123)/");
        assert_eq!(Shape::EvtxECmd.record(&event())["TimeCreated"], "2024-02-29 23:59:59.1234567");
        assert!(Shape::SplunkCsv.file(&[event()]).contains("\"_time\",\"_raw\",\"host\""));
    }
}
