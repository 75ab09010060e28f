//! Events as Winlogbeat writes them: below `winlog`, nested or with dotted names; before version 7 at the top.
//!
//! Facts: <https://www.elastic.co/guide/en/beats/winlogbeat/current/exported-fields-winlog.html>. What ECS says besides
//! (`host`, `process`, `user` …) is made from the same event and is not read; `event.original` is, when it is the
//! event's XML. `@timestamp` is when the event was logged.

use super::flat::Words;
use super::system::{system_time, text};
use super::windows::{Payload, Windows};
use crate::formats::json::value::{Json, Members, get};
use std::borrow::Cow;

/// The XML of the event, if the beat was told to include it.
pub(super) fn xml<'v>(members: &'v Members<'v>) -> Option<&'v str> {
    let original = match get(members, "event").and_then(Json::members) {
        Some(event) => get(event, "original"),
        None => get(members, "event.original"),
    };
    [original, get(members, "xml")]
        .into_iter()
        .flatten()
        .filter_map(Json::scalar)
        .find(|xml| xml.starts_with("<Event"))
}

/// The event. The second value says whether its time said its zone.
pub(super) fn event<'v>(members: &'v Members<'v>) -> (Windows<'v>, bool) {
    let mut event = Windows::default();
    let mut words = Words::default();
    let mut data = Vec::new();
    let nested = get(members, "winlog").and_then(Json::members);
    let dotted = members.iter().filter_map(|(name, value)| Some((name.strip_prefix("winlog.")?, value)));
    let below = nested.into_iter().flatten().map(|(name, value)| (&**name, value)).chain(dotted);
    let mut any = false;
    for (name, value) in below {
        any = true;
        member(name, value, &mut event, &mut words, &mut data);
    }
    if !any {
        for (name, value) in members {
            match &**name {
                // 6.x has these at the top.
                "process_id" => event.process = text(value),
                "thread_id" => event.thread = text(value),
                name => member(name, value, &mut event, &mut words, &mut data),
            }
        }
    }
    if let Some(value) = nested_or_dotted(members, "log", "level").filter(|_| words.level.is_none()) {
        words.level = text(value);
    }
    if let Some(message) = get(members, "message").and_then(Json::scalar) {
        event.rendered.push(("Message", message.into()));
    }
    if matches!(event.payload, Payload::None) {
        event.payload = Payload::Data(data);
    }
    let mut zoned = true;
    if event.time.is_none()
        && let Some((time, said)) = get(members, "@timestamp").and_then(system_time)
    {
        (event.time, zoned) = (Some(time), said);
    }
    words.settle(&mut event);
    (event, zoned)
}

fn nested_or_dotted<'v>(members: &'v Members<'v>, outer: &str, inner: &str) -> Option<&'v Json<'v>> {
    if let Some(Json::Object(nested)) = get(members, outer) {
        return get(nested, inner);
    }
    let dotted = |name: &str| name.strip_prefix(outer).and_then(|rest| rest.strip_prefix('.')) == Some(inner);
    members.iter().find(|(name, _)| dotted(name)).map(|(_, value)| value)
}

/// Takes one member of `winlog`.
fn member<'v>(
    name: &'v str,
    value: &'v Json<'v>,
    event: &mut Windows<'v>,
    words: &mut Words<'v>,
    data: &mut Vec<(Cow<'v, str>, &'v Json<'v>)>,
) {
    match (name, value) {
        ("event_data", Json::Object(fields)) => {
            data.extend(fields.iter().map(|(n, v)| (Cow::Borrowed(&**n), v)));
        }
        ("user_data", Json::Object(fields)) => {
            let name = get(fields, "xml_name").and_then(Json::scalar).unwrap_or_default();
            let fields = fields.iter().filter(|(n, _)| n != "xml_name");
            event.payload = Payload::User(name, fields.map(|(n, v)| (Cow::Borrowed(&**n), v)).collect());
        }
        // Those of the event; elsewhere the same objects say other things.
        ("process" | "user" | "thread", Json::Object(fields)) => {
            for (inner, value) in fields {
                match (name, &**inner) {
                    ("process", "pid") => event.process = text(value),
                    ("process", "thread") => {
                        event.thread = value.members().and_then(|t| get(t, "id")).and_then(text);
                    }
                    ("user", "identifier") => event.user = text(value),
                    _ => {}
                }
            }
        }
        _ => match name {
            "event_id" => event.id = text(value),
            "channel" | "log_name" => event.channel = text(value),
            "provider_name" | "source_name" => event.provider = text(value),
            "provider_guid" => event.guid = text(value),
            "computer_name" => event.computer = text(value),
            "record_id" | "record_number" => event.record = text(value),
            "version" => event.version = text(value),
            "activity_id" => event.activity = text(value),
            "related_activity_id" => event.related = text(value),
            "process.pid" => event.process = text(value),
            "process.thread.id" => event.thread = text(value),
            "user.identifier" => event.user = text(value),
            "level" => words.level = text(value),
            "opcode" => words.opcode = text(value),
            "task" => words.task = text(value),
            "keywords" => words.keywords = Some(value),
            "time_created" => event.time = system_time(value).map(|(time, _)| time),
            _ => {
                if let Some(name) = name.strip_prefix("event_data.") {
                    data.push((Cow::Borrowed(name), value));
                }
            }
        },
    }
}
