//! What each tool writes of an event.

use crate::event::{Event, Payload};
use crate::time::FileTime;
use crate::value::Value;
use crate::xml;
use serde_json::{Map, Value as Json, json};

pub(super) fn source(event: &Event) -> String {
    format!("XmlWinEventLog:{}", event.channel)
}

fn milliseconds(time: FileTime) -> u64 {
    time.unix_seconds() * 1000 + time.ticks() / 10_000 % 1000
}

/// Seconds since 1970 with milliseconds, as Splunk writes them.
pub(super) fn seconds(time: FileTime) -> String {
    format!("{}.{:03}", time.unix_seconds(), milliseconds(time) % 1000)
}

/// The time with milliseconds.
fn short(time: FileTime) -> String {
    let text = time.to_string();
    format!("{}Z", text.get(..23).unwrap_or(&text))
}

/// A value with the type that it has in JSON.
fn typed(value: &Value) -> Json {
    match value {
        Value::I32(n) => json!(n),
        Value::U8(n) => json!(n),
        Value::U16(n) => json!(n),
        Value::U32(n) => json!(n),
        Value::U64(n) => json!(n),
        Value::Bool(truth) => json!(truth),
        value => json!(value.to_string()),
    }
}

fn text(value: &Value) -> Json {
    json!(value.to_string())
}

/// The fields of a payload by name; unnamed ones are the values of `Data`.
fn fields(event: &Event, each: fn(&Value) -> Json) -> Map<String, Json> {
    let mut out = Map::new();
    let mut add = |name: &str, value: Json| match out.get_mut(name) {
        None => drop(out.insert(name.to_owned(), value)),
        Some(Json::Array(values)) => values.push(value),
        Some(one) => *one = json!([one.take(), value]),
    };
    match &event.data {
        Payload::EventData { fields, binary, .. } => {
            for (name, value) in fields {
                add(name.as_deref().unwrap_or("Data"), each(value));
            }
            if let Some(bytes) = binary {
                add("Binary", text(&Value::Binary(bytes.clone())));
            }
        }
        Payload::UserData { fields, .. } => fields.iter().for_each(|(name, value)| add(name, each(value))),
    }
    out
}

fn user(event: &Event) -> Option<String> {
    event.user.as_ref().map(ToString::to_string)
}

fn guid(event: &Event) -> Option<String> {
    event.provider.guid.as_ref().map(ToString::to_string)
}

fn activity(event: &Event) -> Option<String> {
    event.activity_id.as_ref().map(ToString::to_string)
}

/// Members without those that are null.
fn known(value: Json) -> Json {
    match value {
        Json::Object(members) => {
            Json::Object(members.into_iter().filter(|(_, value)| !value.is_null()).collect())
        }
        value => value,
    }
}

pub(super) fn dump(event: &Event, separate: bool) -> Json {
    let mut system = Map::new();
    let mut element = |name: &str, attributes: Json, text: Json| {
        let attributes = known(attributes);
        let some = attributes.as_object().is_some_and(|members| !members.is_empty());
        if separate {
            if some {
                system.insert(format!("{name}_attributes"), attributes);
            }
            if !text.is_null() || !some {
                system.insert(name.to_owned(), text);
            }
        } else {
            let value = match (some, text.is_null()) {
                (false, _) => text,
                (true, true) => json!({"#attributes": attributes}),
                (true, false) => json!({"#attributes": attributes, "#text": text}),
            };
            system.insert(name.to_owned(), value);
        }
    };
    let provider = &event.provider;
    element(
        "Provider",
        json!({"Name": provider.name, "Guid": guid(event), "EventSourceName": provider.source_name}),
        Json::Null,
    );
    element("EventID", json!({"Qualifiers": event.qualifiers}), json!(event.id));
    element("Version", json!({}), json!(event.version));
    element("Level", json!({}), json!(event.level));
    element("Task", json!({}), json!(event.task));
    element("Opcode", json!({}), json!(event.opcode));
    element("Keywords", json!({}), json!(format!("{:#x}", event.keywords)));
    element("TimeCreated", json!({"SystemTime": event.time.to_string()}), Json::Null);
    element("EventRecordID", json!({}), json!(event.record_id));
    element("Correlation", json!({"ActivityID": activity(event)}), Json::Null);
    element("Execution", json!({"ProcessID": event.process_id, "ThreadID": event.thread_id}), Json::Null);
    element("Channel", json!({}), json!(event.channel));
    element("Computer", json!({}), json!(event.computer));
    element("Security", json!({"UserID": user(event)}), Json::Null);
    let mut inner = Map::new();
    inner.insert("System".to_owned(), Json::Object(system));
    match &event.data {
        Payload::EventData { .. } => {
            let mut data = fields(event, typed);
            if let Some(Json::Array(values)) = data.get_mut("Data") {
                let values = json!({"#text": values.clone()});
                data.insert("Data".to_owned(), values);
            }
            inner.insert("EventData".to_owned(), Json::Object(data));
        }
        Payload::UserData { element, namespace, .. } => {
            let mut data = fields(event, typed);
            if separate {
                inner.insert(
                    "UserData".to_owned(),
                    json!({format!("{element}_attributes"): {"xmlns": namespace}, element.as_ref(): data}),
                );
            } else {
                data.insert("#attributes".to_owned(), json!({"xmlns": namespace}));
                inner.insert("UserData".to_owned(), json!({element.as_ref(): data}));
            }
        }
    }
    let attributes = json!({"xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"});
    if separate {
        return json!({"Event_attributes": attributes, "Event": inner});
    }
    inner.insert("#attributes".to_owned(), attributes);
    json!({"Event": inner})
}

pub(super) fn velociraptor(event: &Event) -> Json {
    let data = match &event.data {
        Payload::EventData { .. } => ("EventData", Json::Object(fields(event, typed))),
        Payload::UserData { element, .. } => {
            ("UserData", json!({element.as_ref(): Json::Object(fields(event, typed))}))
        }
    };
    let provider = &event.provider;
    json!({
        "System": {
            "Provider": known(json!({"Name": provider.name, "Guid": guid(event), "EventSourceName": provider.source_name})),
            "EventID": known(json!({"Value": event.id, "Qualifiers": event.qualifiers})),
            "Version": event.version, "Level": event.level, "Task": event.task, "Opcode": event.opcode,
            "Keywords": event.keywords,
            "TimeCreated": {"SystemTime": seconds(event.time).parse::<f64>().unwrap_or_default()},
            "EventRecordID": event.record_id,
            "Correlation": known(json!({"ActivityID": activity(event)})),
            "Execution": {"ProcessID": event.process_id, "ThreadID": event.thread_id},
            "Channel": event.channel, "Computer": event.computer,
            "Security": known(json!({"UserID": user(event)})),
        },
        data.0: data.1,
        "Message": "A message.",
    })
}

/// The keywords as words.
fn words(event: &Event) -> Vec<&'static str> {
    [
        (0x0020_0000_0000_0000, "Audit Success"),
        (0x0010_0000_0000_0000, "Audit Failure"),
        (0x0080_0000_0000_0000, "Classic"),
    ]
    .into_iter()
    .filter(|(bit, _)| event.keywords & bit != 0)
    .map(|(_, word)| word)
    .collect()
}

/// The level as Event Viewer names it: audits are written at level 0, which it calls information.
fn level(event: &Event) -> &'static str {
    match event.level {
        1 => "Critical",
        2 => "Error",
        3 => "Warning",
        5 => "Verbose",
        _ => "Information",
    }
}

/// The operation code as a word, where there is one.
fn opcode(event: &Event) -> Json {
    match event.opcode {
        0 => json!("Info"),
        1 => json!("Start"),
        2 => json!("Stop"),
        other => json!(other.to_string()),
    }
}

fn keyword_list(event: &Event) -> Json {
    let words = words(event);
    if words.is_empty() { json!(["None"]) } else { json!(words) }
}

fn winlog(event: &Event) -> Map<String, Json> {
    let mut winlog = json!({
        "channel": event.channel, "provider_name": event.provider.name, "provider_guid": guid(event),
        "event_id": event.id.to_string(), "version": event.version, "record_id": event.record_id,
        "computer_name": event.computer, "opcode": opcode(event), "keywords": keyword_list(event),
        "activity_id": activity(event), "api": "wineventlog",
        "process": {"pid": event.process_id, "thread": {"id": event.thread_id}},
        "user": user(event).map(|sid| json!({"identifier": sid, "name": "SYSTEM", "type": "User"})),
    });
    if let Some(winlog) = winlog.as_object_mut() {
        payload(event, winlog);
    }
    let winlog = known(winlog);
    if let Json::Object(winlog) = winlog { winlog } else { Map::new() }
}

/// `event_data` or `user_data`.
fn payload(event: &Event, out: &mut Map<String, Json>) {
    let mut data = fields(event, text);
    match &event.data {
        Payload::EventData { .. } => out.insert("event_data".to_owned(), Json::Object(data)),
        Payload::UserData { element, .. } => {
            data.insert("xml_name".to_owned(), json!(element));
            out.insert("user_data".to_owned(), Json::Object(data))
        }
    };
}

pub(super) fn winlogbeat(event: &Event) -> Json {
    json!({
        "@timestamp": short(event.time), "message": "A message.",
        "event": {"code": event.id.to_string(), "kind": "event", "created": short(event.time.after(90_000_000))},
        "log": {"level": level(event).to_lowercase()}, "host": {"name": event.computer},
        "agent": {"type": "winlogbeat", "version": "8.0.0"}, "winlog": winlog(event),
    })
}

pub(super) fn winlogbeat6(event: &Event) -> Json {
    let mut record = json!({
        "@timestamp": short(event.time), "beat": {"name": "b", "version": "6.8.0"}, "type": "wineventlog",
        "log_name": event.channel, "source_name": event.provider.name, "provider_guid": guid(event),
        "event_id": event.id, "version": event.version, "record_number": event.record_id.to_string(),
        "computer_name": event.computer, "level": level(event), "opcode": opcode(event),
        "keywords": keyword_list(event), "activity_id": activity(event), "process_id": event.process_id,
        "thread_id": event.thread_id, "message": "A message.",
        "user": user(event).map(|sid| json!({"identifier": sid, "name": "SYSTEM"})),
    });
    if let Some(record) = record.as_object_mut() {
        payload(event, record);
    }
    known(record)
}

pub(super) fn elastic(event: &Event) -> Json {
    let mut source = Map::new();
    source.insert("@timestamp".to_owned(), json!(milliseconds(event.time)));
    source.insert("log.level".to_owned(), json!(level(event).to_lowercase()));
    source.insert("message".to_owned(), json!("A message."));
    for (name, value) in winlog(event) {
        match (name.as_str(), value) {
            ("process", _) => {
                source.insert("winlog.process.pid".to_owned(), json!(event.process_id));
                source.insert("winlog.process.thread.id".to_owned(), json!(event.thread_id));
            }
            ("user", _) => drop(source.insert("winlog.user.identifier".to_owned(), json!(user(event)))),
            ("event_data", Json::Object(data)) => {
                source.extend(
                    data.into_iter().map(|(name, value)| (format!("winlog.event_data.{name}"), value)),
                );
            }
            (name, value) => drop(source.insert(format!("winlog.{name}"), value)),
        }
    }
    json!({"_index": "winlogbeat", "_id": "x", "_source": source})
}

pub(super) fn nxlog(event: &Event) -> Json {
    let audit = words(event).first().copied().unwrap_or_default();
    let kind = match (audit, event.level) {
        ("Audit Success", _) => "AUDIT_SUCCESS",
        ("Audit Failure", _) => "AUDIT_FAILURE",
        (_, 1) => "CRITICAL",
        (_, 2) => "ERROR",
        (_, 3) => "WARNING",
        (_, 5) => "VERBOSE",
        _ => "INFO",
    };
    let mut record = json!({
        "EventTime": short(event.time).replace('T', " ").get(..19), "@timestamp": short(event.time),
        "Hostname": event.computer, "Keywords": event.keywords as i64, "EventType": kind, "SeverityValue": 2,
        "Severity": "INFO", "EventID": event.id, "SourceName": event.provider.name, "ProviderGuid": guid(event),
        "Version": event.version, "Task": event.task, "OpcodeValue": event.opcode, "RecordNumber": event.record_id,
        "ActivityID": activity(event), "ExecutionProcessID": event.process_id, "ThreadID": event.thread_id,
        "Channel": event.channel, "Domain": "NT AUTHORITY", "AccountName": "SYSTEM", "AccountType": "User",
        "UserID": user(event), "Message": "A message.", "Opcode": opcode(event),
        "EventReceivedTime": "2020-01-01 00:00:00", "SourceModuleName": "eventlog",
        "SourceModuleType": "im_msvistalog", "host": "collector", "port": 60_122, "tags": ["t"], "@version": "1",
    });
    if let Some(record) = record.as_object_mut() {
        for (name, value) in fields(event, text) {
            if name == "EventType" {
                record.insert("EventTypeOrignal".to_owned(), json!(kind));
            }
            record.insert(name, value);
        }
    }
    known(record)
}

pub(super) fn splunk(event: &Event) -> Json {
    json!({
        "_time": seconds(event.time), "_raw": xml::to_string(event), "host": event.computer,
        "source": source(event), "sourcetype": "XmlWinEventLog", "index": "win", "user": "found at search time",
    })
}

pub(super) fn azure(event: &Event, csv: bool) -> Json {
    let data = Json::Object(fields(event, text));
    let zone = if csv { "TimeGenerated [UTC]" } else { "TimeGenerated" };
    json!({
        "TenantId": "t", zone: short(event.time), "SourceSystem": "OpsManager", "Computer": event.computer,
        "Provider": event.provider.name, "Channel": event.channel, "EventID": event.id, "Version": event.version,
        "EventLevel": event.level, "EventLevelName": level(event), "Task": event.task, "Opcode": event.opcode.to_string(),
        "Keywords": format!("{:#x}", event.keywords), "EventRecordId": event.record_id.to_string(),
        "SystemProcessId": event.process_id, "SystemThreadId": event.thread_id, "SystemUserId": user(event),
        "EventData": if csv { json!(data.to_string()) } else { data }, "ManagementGroupName": "", "Type": "WindowsEvent",
    })
}

pub(super) fn azure_event(event: &Event) -> Json {
    let text = xml::to_string(event);
    let start = text.find("</System>").map_or(0, |at| at + "</System>".len());
    let payload = text.get(start..).and_then(|rest| rest.strip_suffix("</Event>")).unwrap_or_default();
    json!({
        "TimeGenerated": short(event.time), "Source": event.provider.name, "EventLog": event.channel,
        "Computer": event.computer, "EventCategory": 1, "EventLevel": event.level, "EventLevelName": level(event),
        "EventID": event.id, "ParameterXml": "<Param>x</Param>", "RenderedDescription": "A message.",
        "UserName": "NT AUTHORITY\\SYSTEM", "EventData": format!("<DataItem type=\"System.XmlData\">{payload}</DataItem>"),
        "Type": "Event",
    })
}

pub(super) fn powershell(event: &Event) -> Json {
    let values: Vec<Json> = fields(event, typed)
        .into_iter()
        .flat_map(|(_, value)| if let Json::Array(values) = value { values } else { vec![value] })
        .map(|value| json!({"Value": value}))
        .collect();
    let plain = |guid: Option<String>| guid.map(|guid| guid.trim_matches(['{', '}']).to_owned());
    json!({
        "Id": event.id, "Version": event.version, "Qualifiers": event.qualifiers, "Level": event.level,
        "Task": event.task, "Opcode": event.opcode, "Keywords": event.keywords as i64, "RecordId": event.record_id,
        "ProviderName": event.provider.name, "ProviderId": plain(guid(event)), "LogName": event.channel,
        "ProcessId": event.process_id, "ThreadId": event.thread_id, "MachineName": event.computer,
        "UserId": user(event).map(|sid| json!({"BinaryLength": 12, "AccountDomainSid": null, "Value": sid})),
        "TimeCreated": format!("/Date({})/", milliseconds(event.time)), "ActivityId": plain(activity(event)),
        "RelatedActivityId": null, "ContainerLog": "C:\\x.evtx", "MatchedQueryIds": [], "Bookmark": {},
        "LevelDisplayName": level(event), "OpcodeDisplayName": opcode(event), "TaskDisplayName": "A task",
        "KeywordsDisplayNames": keyword_list(event), "Properties": values, "Message": "A message.",
    })
}

pub(super) fn evtx_ecmd(event: &Event) -> Json {
    let level = match event.level {
        0 => "LogAlways",
        4 => "Info",
        _ => level(event),
    };
    let payload = match &event.data {
        Payload::EventData { fields, binary, .. } => {
            let data: Vec<Json> = fields
                .iter()
                .map(|(name, value)| match name {
                    Some(name) => json!({"@Name": name, "#text": value.to_string()}),
                    None => json!(value.to_string()),
                })
                .collect();
            let binary = binary.as_ref().map(|bytes| Value::Binary(bytes.clone()).to_string());
            json!({"EventData": known(json!({"Data": data, "Binary": binary}))})
        }
        Payload::UserData { element, namespace, .. } => {
            let mut data = fields(event, text);
            data.insert("@xmlns".to_owned(), json!(namespace));
            json!({"UserData": {element.as_ref(): data}})
        }
    };
    json!({
        "RecordNumber": 1, "EventRecordId": event.record_id,
        "TimeCreated": event.time.to_string().replace('T', " ").trim_end_matches('Z'), "EventId": event.id,
        "Level": level, "Provider": event.provider.name, "Channel": event.channel, "ProcessId": event.process_id,
        "ThreadId": event.thread_id, "Computer": event.computer, "ChunkNumber": 0, "UserId": user(event),
        "MapDescription": "An event", "UserName": "a\\b", "RemoteHost": "", "PayloadData1": "Target: x",
        "ExecutableInfo": "", "HiddenRecord": false, "SourceFile": "C:\\x.evtx",
        "Keywords": if words(event).is_empty() { format!("{:#x}", event.keywords) } else { words(event).join(", ") },
        "ExtraDataOffset": 0, "Payload": payload.to_string(),
    })
}
