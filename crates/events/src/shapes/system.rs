//! Events as trees of the elements that their XML has: `{"Event":{"System":{…},"EventData":{…}}}`, as `evtx_dump -o jsonl`
//! writes them, with attributes in `#attributes` and text in `#text`, or with attributes in members of their own such as
//! `Provider_attributes` (`--separate-json-attributes`). `System` and what follows can also stand at the top, with
//! attributes as plain members, as Velociraptor writes them.

use super::when;
use super::windows::{Payload, Text, Windows};
use super::words;
use crate::formats::json::value::{Json, Members, get};
use std::borrow::Cow;

/// Values of `EventData` by name.
type Data<'v> = Vec<(Cow<'v, str>, &'v Json<'v>)>;

/// The event of a tree whose `System` is among these members.
pub(super) fn event<'v>(members: &'v Members<'v>) -> Option<Windows<'v>> {
    let system = get(members, "System")?.members()?;
    let mut event = Windows::default();
    for (name, value) in system {
        let (element, attributes_only) = match name.strip_suffix("_attributes") {
            Some(element) => (element, true),
            None => (&**name, false),
        };
        match element {
            "Provider" | "EventID" | "TimeCreated" | "Correlation" | "Execution" | "Security" => {
                for (attribute, value) in attributes(value).into_iter().flatten() {
                    set_attribute(&mut event, element, attribute, value);
                }
                if element == "EventID" && !attributes_only {
                    event.id = text(value).or(event.id);
                }
            }
            _ if attributes_only => {}
            "Version" => event.version = text(value),
            "Level" => event.level = text(value),
            "Task" => event.task = text(value),
            "Opcode" => event.opcode = text(value),
            "Keywords" => {
                let bits = value.scalar().and_then(words::keywords).map(Cow::Owned);
                event.keywords = bits.or_else(|| text(value));
            }
            "EventRecordID" => event.record = text(value),
            "Channel" => event.channel = text(value),
            "Computer" => event.computer = text(value),
            _ => event.others.push((element, value)),
        }
    }
    let (data, user) = (get(members, "EventData"), get(members, "UserData"));
    event.payload = match (data, user) {
        (Some(data), _) if *data != Json::Null => Payload::Data(data_of(data)),
        (_, Some(user)) => user_of(user),
        (Some(_), None) => Payload::Data(Vec::new()),
        (None, None) => Payload::None,
    };
    let rendered = get(members, "RenderingInfo").and_then(Json::members);
    let message = rendered.and_then(|rendered| get(rendered, "Message")).or_else(|| get(members, "Message"));
    if let Some(message) = message.and_then(Json::scalar) {
        event.rendered.push(("Message", message.into()));
    }
    Some(event)
}

/// The members that are an element's attributes.
fn attributes<'v>(value: &'v Json<'v>) -> Option<&'v Members<'v>> {
    let members = value.members()?;
    Some(get(members, "#attributes").and_then(Json::members).unwrap_or(members))
}

fn set_attribute<'v>(event: &mut Windows<'v>, element: &'v str, name: &'v str, value: &'v Json<'v>) {
    let slot = match (element, name) {
        ("Provider", "Name") => &mut event.provider,
        ("Provider", "Guid" | "GUID") => &mut event.guid,
        ("Provider", "EventSourceName") => &mut event.source_name,
        ("EventID", "Qualifiers") => &mut event.qualifiers,
        ("Correlation", "ActivityID") => &mut event.activity,
        ("Correlation", "RelatedActivityID") => &mut event.related,
        ("Execution", "ProcessID") => &mut event.process,
        ("Execution", "ThreadID") => &mut event.thread,
        ("Security", "UserID") => &mut event.user,
        ("TimeCreated", "SystemTime") => {
            event.time = system_time(value).map(|(time, _)| time).or_else(|| text(value));
            return;
        }
        _ => {
            if element != "EventID"
                && let Some(value) = value.scalar()
            {
                event.attributes.push((element, name, value.into()));
            }
            return;
        }
    };
    *slot = value.scalar().map(Cow::Borrowed);
}

/// A time as `SystemTime` has it: as it is written, if it says its zone in that form; and whether it said its zone.
pub(super) fn system_time<'v>(value: &'v Json<'v>) -> Option<(Cow<'v, str>, bool)> {
    let when = when::of(value)?;
    let time = match value {
        Json::Text(text) if when.zoned && text.ends_with('Z') => Cow::Borrowed(&**text),
        _ => Cow::Owned(when::system_time(when.nanos)),
    };
    Some((time, when.zoned))
}

/// The text of a value, also of one that has attributes besides.
pub(super) fn text<'v>(value: &'v Json<'v>) -> Text<'v> {
    match value {
        Json::Object(members) => get(members, "#text").or_else(|| get(members, "Value")).and_then(text),
        Json::Array(values) => values.first().and_then(text),
        Json::Null => Some(Cow::Borrowed("")),
        scalar => scalar.scalar().map(Cow::Borrowed),
    }
}

/// The values of an `EventData`.
pub(super) fn data_of<'v>(value: &'v Json<'v>) -> Data<'v> {
    let mut data = Data::new();
    match value {
        Json::Object(members) => {
            for (name, value) in members {
                match &**name {
                    "Data" => unnamed(value, &mut data),
                    "#attributes" | "Data_attributes" | "@xmlns" | "@Name" => {}
                    name => data.push((Cow::Borrowed(name), value)),
                }
            }
        }
        Json::Null => {}
        _ => unnamed(value, &mut data),
    }
    data
}

/// The values of `Data` elements, which may have their names as attributes.
fn unnamed<'v>(value: &'v Json<'v>, data: &mut Data<'v>) {
    match value {
        Json::Array(values) => values.iter().for_each(|value| one_data(value, data)),
        _ => one_data(value, data),
    }
}

fn one_data<'v>(value: &'v Json<'v>, data: &mut Data<'v>) {
    let named = value.members().and_then(|members| {
        let attributes = get(members, "#attributes").and_then(Json::members).unwrap_or(members);
        let name = get(attributes, "@Name").or_else(|| get(attributes, "Name"))?.scalar()?;
        let text = get(members, "#text").or_else(|| get(members, "Value"));
        Some((Cow::Borrowed(name), text.unwrap_or(&Json::Null)))
    });
    data.push(named.unwrap_or((Cow::Borrowed(""), value)));
}

/// What a `UserData` holds.
pub(super) fn user_of<'v>(value: &'v Json<'v>) -> Payload<'v> {
    let Some(members) = value.members() else { return Payload::None };
    let own = |name: &str| name == "#attributes" || name.starts_with('@') || name.ends_with("_attributes");
    let pairs = |members: &'v Members<'v>| -> Data<'v> {
        members.iter().filter(|(n, _)| !own(n)).map(|(n, value)| (Cow::Borrowed(&**n), value)).collect()
    };
    let mut elements = members.iter().filter(|(name, _)| !own(name));
    match (elements.next(), elements.next()) {
        (Some((name, Json::Object(inner))), None) => Payload::User(name, pairs(inner)),
        _ => Payload::User("", pairs(members)),
    }
}
