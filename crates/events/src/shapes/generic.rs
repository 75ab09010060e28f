//! Records of no known kind: events whose fields are their members under the names that Splunk's flattening gives them.
//!
//! A member of a member is behind a dot, the elements of an array are behind `{}` and make the field multivalue, so that
//! `{"a":{"b":1},"c":[{"d":2},{"d":3}]}` has `a.b` = 1 and `c{}.d` = 2, 3. Values are text as they are written; `null` is
//! the text `null`, as in `spath`. Facts:
//! <https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/spath>.

use super::{Meta, Record, when};
use crate::event::{Event, Field, Value};
use crate::formats::json::value::{Json, Members, get, is_number};
use crate::json::LONGEST_NAME;
use rustc_hash::FxHashSet;
use std::borrow::Cow;

/// Values of an event; what is beyond them is left out and counted.
pub(super) const MAX_VALUES: usize = 16_384;

/// Members that say when an event was, the first one that can be read counts.
pub(super) const TIMES: [&str; 21] = [
    "_time",
    "@timestamp",
    "timestamp",
    "Timestamp",
    "TimeGenerated",
    "time",
    "eventTime",
    "EventTime",
    "event_time",
    "eventtime",
    "CreationTime",
    "createdDateTime",
    "activityDateTime",
    "published",
    "datetime",
    "TimeCreated",
    "requestReceivedTimestamp",
    "created_at",
    "createdAt",
    "ts",
    "date",
];

/// Members that say which host an event is of.
const HOSTS: [&str; 8] =
    ["host", "hostname", "Hostname", "Computer", "computer", "DeviceName", "MachineName", "computer_name"];

/// Numbers below this (1973) under the name of a time are durations and the like.
const EARLIEST: i64 = 100_000_000_000_000_000;

/// An event and what it took to make it.
pub(super) struct Made<'v> {
    /// The event.
    pub(super) event: Event<'v>,
    /// False when its time says no zone.
    pub(super) zoned: bool,
    /// Values that were left out.
    pub(super) dropped: u64,
}

/// The event of a record.
pub(super) fn event<'v>(record: Record<'v>, raw: &'v str, meta: &Meta<'v>, input: &'v str) -> Made<'v> {
    let mut flat =
        Flat { fields: Vec::with_capacity(record.members.len() + 8), path: String::new(), dropped: 0 };
    flat.members(record.members);
    // What the event says itself counts.
    let own: FxHashSet<Cow<'_, str>> = match meta.fields {
        [] => FxHashSet::default(),
        _ => flat.fields.iter().map(|field| field.name.clone()).collect(),
    };
    for (name, value) in meta.fields.iter().filter(|(name, _)| !own.contains(name)) {
        flat.member(name, value);
    }
    let found = time(record.members);
    let time = meta.time.or(found.map(|when| when.nanos));
    let sourcetype = match meta.sourcetype {
        "" => known_sourcetype(record.members).unwrap_or(record.sourcetype),
        sourcetype => sourcetype,
    };
    let event = Event {
        sourcetype: plain(sourcetype),
        source: plain(if meta.source.is_empty() { input } else { meta.source }),
        index: plain(meta.index),
        computer: Cow::Borrowed(if meta.host.is_empty() { host(record.members) } else { meta.host }),
        time,
        raw,
        fields: flat.fields,
        ..Event::default()
    };
    let zoned = meta.time.is_some() || found.is_none_or(|when| when.zoned);
    Made { event, zoned, dropped: flat.dropped }
}

/// Writes members as an object.
pub(super) fn write(members: &Members<'_>, out: &mut String) {
    out.push('{');
    for (i, (name, value)) in members.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        crate::formats::json::value::write_text(name, out);
        out.push(':');
        value.write(out);
    }
    out.push('}');
}

/// Without NUL, which divides the parts of an event type's key.
fn plain(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) }
}

fn time(members: &Members<'_>) -> Option<when::When> {
    let plausible = |value: &Json<'_>, when: &when::When| {
        // In CSV, numbers are texts.
        let number = value.scalar().is_some_and(|text| is_number(text.as_bytes()));
        !number || when.nanos >= EARLIEST
    };
    let read = |value: &Json<'_>| when::of(value).filter(|when| plausible(value, when));
    let top = TIMES.iter().find_map(|name| get(members, name).and_then(read));
    // Google Workspace has it here.
    top.or_else(|| get(members, "id").and_then(Json::members).and_then(|id| get(id, "time")).and_then(read))
}

fn host<'v>(members: &'v Members<'v>) -> &'v str {
    let name = |value: &'v Json<'v>| match value {
        Json::Text(text) => Some(&**text),
        Json::Object(host) => get(host, "name").and_then(Json::scalar),
        _ => None,
    };
    HOSTS.iter().find_map(|host| get(members, host).and_then(name)).unwrap_or_default()
}

/// The sourcetype of kinds of records that can't be mistaken, as the add-ons of their makers name it.
fn known_sourcetype(members: &Members<'_>) -> Option<&'static str> {
    let has = |name: &str| get(members, name).is_some();
    let text = |name: &str| get(members, name).and_then(Json::scalar).unwrap_or_default();
    let starts = |name: &str, start: &str| {
        text(name).get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
    };
    Some(match () {
        () if has("eventVersion")
            && has("awsRegion")
            && has("eventName")
            && text("eventSource").ends_with(".amazonaws.com") =>
        {
            "aws:cloudtrail"
        }
        () if has("CreationTime")
            && has("Operation")
            && has("Workload")
            && has("RecordType")
            && has("OrganizationId") =>
        {
            "o365:management:activity"
        }
        () if has("legacyEventType") && has("published") && has("actor") && has("outcome") && has("uuid") => {
            "OktaIM2:log"
        }
        () if has("operationName")
            && has("category")
            && starts("resourceId", "/tenants/")
            && text("resourceId").to_ascii_lowercase().ends_with("microsoft.aadiam") =>
        {
            "azure:monitor:aad"
        }
        () if text("kind") == "Event" && text("apiVersion").starts_with("audit.k8s.io/") => "kube:audit",
        () => return None,
    })
}

/// Fields on their way.
struct Flat<'v> {
    fields: Vec<Field<'v>>,
    path: String,
    dropped: u64,
}

impl<'v> Flat<'v> {
    fn members(&mut self, members: &'v Members<'v>) {
        for (name, value) in members {
            self.member(name, value);
        }
    }

    /// A member of the record itself, whose name needs no path.
    fn member(&mut self, name: &'v str, value: &'v Json<'v>) {
        match value {
            Json::Object(_) | Json::Array(_) => {
                self.path.clear();
                self.path.push_str(name);
                self.walk(value);
            }
            // These are what Splunk says of an event itself.
            _ if matches!(name, "_time" | "_raw") => {}
            _ => self.add(Cow::Borrowed(name), value),
        }
    }

    fn walk(&mut self, value: &'v Json<'v>) {
        let length = self.path.len();
        if length > LONGEST_NAME {
            self.dropped += 1;
            return;
        }
        match value {
            Json::Object(members) => {
                for (name, value) in members {
                    self.path.push('.');
                    self.path.push_str(name);
                    self.walk(value);
                    self.path.truncate(length);
                }
            }
            Json::Array(elements) => {
                self.path.push_str("{}");
                for element in elements {
                    self.walk(element);
                }
                self.path.truncate(length);
            }
            scalar => {
                let name = match self.fields.last() {
                    Some(last) if *last.name == *self.path => last.name.clone(),
                    _ => Cow::Owned(self.path.clone()),
                };
                self.add(name, scalar);
            }
        }
    }

    fn add(&mut self, name: Cow<'v, str>, value: &'v Json<'v>) {
        if self.fields.len() >= MAX_VALUES || name.is_empty() || name.len() > LONGEST_NAME {
            self.dropped += 1;
            return;
        }
        let value = match value {
            Json::Null => Value::Text(Cow::Borrowed("null")),
            value => Value::plain(value.scalar().unwrap_or_default()),
        };
        self.fields.push(Field { name, value });
    }
}
