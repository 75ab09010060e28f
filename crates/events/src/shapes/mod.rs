//! The shapes in which a record of JSON or CSV can hold an event, each recognised by its members.
//!
//! Windows events of any shape become the XML that Windows renders (see [`windows`]) and go through the one decoder; any
//! other record is an event of its own with its members as fields (see [`generic`]). Exports that carry an event within
//! a frame (Splunk's results, the HTTP event collector, Elastic's `_source`) are opened, and what is in them is looked
//! at again.

mod beats;
mod flat;
mod generic;
mod splunk;
mod system;
mod when;
mod windows;
mod words;

use crate::decode::classic;
use crate::event::Event;
use crate::formats::json::value::{Json, Members, whole};
use crate::part::Output;
use flat::Flavour;
use std::borrow::Cow;
use windows::Windows;

/// Frames in frames.
const MAX_FRAMES: usize = 4;

/// What an export says of an event besides the event; empty where it says nothing.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Meta<'v> {
    pub(crate) host: &'v str,
    pub(crate) source: &'v str,
    pub(crate) sourcetype: &'v str,
    pub(crate) index: &'v str,
    /// Nanoseconds since 1970-01-01 UTC.
    pub(crate) time: Option<i64>,
    /// Fields besides those in the event.
    pub(crate) fields: &'v [(Cow<'v, str>, Json<'v>)],
}

impl Meta<'_> {
    /// Puts what is said into an event; its own time counts.
    pub(crate) fn apply(&self, event: &mut Event<'_>) {
        // A NUL divides the parts of an event type's key.
        let given = |text: &str| Cow::Owned(text.replace('\0', "\u{fffd}"));
        if !self.sourcetype.is_empty() {
            event.sourcetype = given(self.sourcetype);
        }
        if !self.host.is_empty() {
            event.computer = given(self.host);
        }
        event.source = given(self.source);
        event.index = given(self.index);
        event.time = event.time.or(self.time);
    }
}

/// A record of a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record<'v> {
    /// Its members, or its cells under the names of their columns.
    pub(crate) members: &'v Members<'v>,
    /// Its text; written anew where there is none.
    pub(crate) raw: Option<&'v [u8]>,
    /// The sourcetype of one that is of no known kind.
    pub(crate) sourcetype: &'static str,
}

/// What a record is.
enum Shape<'v> {
    /// Elements of XML as members.
    System(&'v Members<'v>),
    Beats,
    Flat(Flavour),
    /// A frame around another record.
    Source(&'v Members<'v>),
    /// A result of a search, in a frame or alone.
    Result(&'v Members<'v>),
    /// What the HTTP event collector takes.
    Collector(&'v Json<'v>),
    /// A text in a member that is the event, as in exports of Microsoft 365's audit log.
    Text(&'v str),
    /// No event: a line that tells Elasticsearch where the next one goes.
    Action,
    Generic,
}

/// Turns records into events.
#[derive(Debug, Default)]
pub(crate) struct Shapes {
    /// The event that is being written.
    xml: String,
    /// Events without a time that could be read.
    timeless: u64,
    /// Events whose time says no zone.
    zoneless: u64,
    /// Values left out of events that have too many.
    dropped: u64,
}

/// Says which record it is.
type Place<'p> = dyn Fn() -> String + 'p;

impl Shapes {
    /// Hands the event of a record on.
    pub(crate) fn record(&mut self, record: Record<'_>, output: &mut Output<'_>, place: &Place<'_>) {
        self.open(record, &Meta::default(), 0, output, place);
    }

    /// Says what was assumed and left out.
    pub(crate) fn finish(&self, output: &mut Output<'_>) {
        if self.zoneless > 0 {
            let message = format!("{} events have times without zone, which were read as UTC", self.zoneless);
            output.note("shapes/no-zone", &message);
        }
        if self.timeless > 0 {
            let message = format!(
                "{} events have no time that grotto can read; it looks at {}",
                self.timeless,
                generic::TIMES.join(", ")
            );
            output.note("shapes/no-time", &message);
        }
        if self.dropped > 0 {
            let message = format!(
                "{} values were left out of events that have more than {} or names longer than {} bytes",
                self.dropped,
                generic::MAX_VALUES,
                crate::json::LONGEST_NAME
            );
            output.note("shapes/too-many-values", &message);
        }
    }

    fn open(
        &mut self,
        record: Record<'_>,
        meta: &Meta<'_>,
        depth: usize,
        output: &mut Output<'_>,
        place: &Place<'_>,
    ) {
        let shape = if depth < MAX_FRAMES { shape(record.members) } else { Shape::Generic };
        match shape {
            Shape::System(members) => match system::event(members) {
                Some(event) => self.windows(&event, true, meta, output, place),
                None => self.generic(record, meta, output),
            },
            Shape::Beats => {
                if let Some(xml) = beats::xml(record.members) {
                    output.event_of(xml, meta, place);
                } else {
                    let (event, zoned) = beats::event(record.members);
                    self.windows(&event, zoned, meta, output, place);
                }
            }
            Shape::Flat(flavour) => {
                let mut parsed = None;
                let (event, zoned) = flat::event(record.members, flavour, &mut parsed);
                self.windows(&event, zoned, meta, output, place);
            }
            Shape::Source(members) => {
                self.open(Record { members, raw: None, ..record }, meta, depth + 1, output, place);
            }
            Shape::Result(members) => {
                let (meta, zoned) = splunk::result(members, meta);
                self.zoneless += u64::from(!zoned);
                if let Some(raw) = splunk::raw(members) {
                    let extra = splunk::others(members);
                    self.text(raw, &Meta { fields: &extra, ..meta }, depth + 1, output, place);
                } else {
                    let members = splunk::others(members);
                    let raw = record.raw.filter(|_| record.sourcetype == "csv");
                    self.generic(Record { members: &members, raw, ..record }, &meta, output);
                }
            }
            Shape::Collector(event) => {
                let (meta, zoned) = splunk::collector(record.members, meta);
                self.zoneless += u64::from(!zoned);
                match event {
                    Json::Object(members) => {
                        self.open(Record { members, raw: None, ..record }, &meta, depth + 1, output, place);
                    }
                    event => self.text(event.scalar().unwrap_or_default(), &meta, depth + 1, output, place),
                }
            }
            Shape::Text(text) => self.text(text, meta, depth + 1, output, place),
            Shape::Action => {}
            Shape::Generic => self.generic(record, meta, output),
        }
    }

    /// An event that came as a text within a record: read as what it is.
    fn text(
        &mut self,
        text: &str,
        meta: &Meta<'_>,
        depth: usize,
        output: &mut Output<'_>,
        place: &Place<'_>,
    ) {
        let start = text.trim_start();
        if start.starts_with("<Event") {
            return output.event_of(start, meta, place);
        }
        if is_classic(start) {
            return self.classic(start, meta, output);
        }
        let json = if start.starts_with('{') { whole(text) } else { None };
        if let Some(members) = json.as_ref().and_then(Json::members) {
            let record = Record { members, raw: Some(text.as_bytes()), sourcetype: "_json" };
            self.open(record, meta, depth, output, place);
        } else {
            let record = Record { members: &Members::new(), raw: Some(text.as_bytes()), sourcetype: "text" };
            self.generic(record, meta, output);
        }
    }

    /// Classic text; its date says no zone and no fraction, so that the time which an export gives counts.
    fn classic(&mut self, text: &str, meta: &Meta<'_>, output: &mut Output<'_>) {
        let text = if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { text.into() };
        let mut event = classic::event(&text);
        event.time = meta.time.or(event.time);
        meta.apply(&mut event);
        self.timeless += u64::from(event.time.is_none());
        output.decoded(&event);
    }

    fn windows(
        &mut self,
        event: &Windows<'_>,
        zoned: bool,
        meta: &Meta<'_>,
        output: &mut Output<'_>,
        place: &Place<'_>,
    ) {
        self.zoneless += u64::from(!zoned);
        self.timeless += u64::from(event.time.is_none() && meta.time.is_none());
        self.xml.clear();
        event.write(&mut self.xml);
        output.event_of(&self.xml, meta, place);
    }

    fn generic(&mut self, record: Record<'_>, meta: &Meta<'_>, output: &mut Output<'_>) {
        let raw = record.raw.map_or_else(
            || {
                let mut json = String::new();
                generic::write(record.members, &mut json);
                Cow::Owned(json)
            },
            String::from_utf8_lossy,
        );
        let input = output.input().clone();
        let made = generic::event(record, &raw, meta, input.name());
        self.timeless += u64::from(made.event.time.is_none());
        self.zoneless += u64::from(!made.zoned);
        self.dropped += made.dropped;
        output.decoded(&made.event);
    }
}

/// Whether a text is a classic event.
fn is_classic(text: &str) -> bool {
    text.split_once('\n').is_some_and(|(date, rest)| {
        classic::is_date(date.as_bytes())
            && rest.strip_prefix(classic::FIRST).is_some_and(|name| !name.trim_start().is_empty())
    })
}

/// What a record is, by its members.
fn shape<'v>(members: &'v Members<'v>) -> Shape<'v> {
    let mut seen = Seen::default();
    for (name, value) in members {
        match (&**name, value) {
            ("Event" | "System", Json::Object(inner)) => {
                let inner = if name == "Event" { inner } else { members };
                if inner.iter().any(|(name, value)| name == "System" && value.members().is_some()) {
                    return Shape::System(inner);
                }
            }
            ("_source", Json::Object(inner)) => return Shape::Source(inner),
            ("AuditData", Json::Text(text)) if text.starts_with('{') => return Shape::Text(text),
            ("index" | "create", Json::Object(inner)) if members.len() == 1 && is_action(inner) => {
                return Shape::Action;
            }
            ("result", Json::Object(inner)) => seen.result = Some(inner),
            ("preview" | "offset" | "lastrow", _) => seen.preview = true,
            ("_raw", _) => return Shape::Result(members),
            ("_time", _) => seen.splunk_time = true,
            ("_cd" | "_serial" | "_bkt" | "_si" | "splunk_server", _) => seen.splunk = true,
            ("event", value) => seen.event = Some(value),
            ("time" | "host" | "fields", _) => seen.collector += 1,
            ("source" | "sourcetype" | "index", _) => {
                seen.collector += 1;
                seen.metadata = true;
            }
            ("winlog", Json::Object(_)) => return Shape::Beats,
            ("event_id", _) => seen.event_id = true,
            ("log_name" | "source_name", _) => seen.log_name = true,
            ("beat" | "event_data" | "record_number", _) => seen.old_beat = true,
            (name, value) => {
                if name.starts_with("winlog.event_id") {
                    return Shape::Beats;
                }
                seen.flat(name, value);
            }
        }
    }
    seen.shape(members)
}

/// Whether these are the members of a line of Elasticsearch's bulk format that says where the next record goes.
fn is_action(members: &Members<'_>) -> bool {
    !members.is_empty() && members.iter().all(|(name, _)| name.starts_with('_'))
}

/// What was seen of a record.
#[derive(Default)]
struct Seen<'v> {
    result: Option<&'v Members<'v>>,
    preview: bool,
    splunk_time: bool,
    splunk: bool,
    event: Option<&'v Json<'v>>,
    collector: usize,
    metadata: bool,
    event_id: bool,
    log_name: bool,
    old_beat: bool,
    id: bool,
    short_id: bool,
    channel: bool,
    log: bool,
    provider: bool,
    provider_name: bool,
    computer: bool,
    payload: bool,
    azure: bool,
}

impl<'v> Seen<'v> {
    /// Looks at the names of flat Windows events.
    fn flat(&mut self, name: &str, value: &Json<'_>) {
        match name {
            "EventID" | "EventId" => {
                self.id = system::text(value)
                    .is_some_and(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()));
            }
            "Id" => self.short_id = true,
            "Channel" | "EventLog" => self.channel = true,
            "LogName" => self.log = true,
            "SourceName" | "Provider" | "EventSourceName" | "Source" => self.provider = true,
            "ProviderName" => self.provider_name = true,
            "Hostname" | "Computer" | "MachineName" => self.computer = true,
            "MapDescription" | "PayloadData1" | "ChunkNumber" | "ExtraDataOffset" => self.payload = true,
            "TimeGenerated" => self.azure = true,
            _ => {}
        }
    }

    fn shape(&self, members: &'v Members<'v>) -> Shape<'v> {
        if let Some(result) = self.result.filter(|_| self.preview || members.len() == 1) {
            return Shape::Result(result);
        }
        // Nothing but what the collector takes: other logs have an `event`, too.
        if let Some(event) = self.event.filter(|_| self.collector > 0 && self.collector + 1 == members.len())
        {
            return Shape::Collector(event);
        }
        if self.event_id && self.log_name && self.old_beat {
            return Shape::Beats;
        }
        if self.splunk_time && (self.splunk || self.metadata) {
            return Shape::Result(members);
        }
        let channel = self.channel || self.log;
        if self.short_id && self.provider_name && self.log {
            return Shape::Flat(Flavour::PowerShell);
        }
        if !self.id || !(channel || (self.computer && (self.provider || self.provider_name))) {
            return Shape::Generic;
        }
        Shape::Flat(match () {
            () if self.payload => Flavour::EvtxECmd,
            () if self.azure => Flavour::Azure,
            () if self.provider_name && self.log => Flavour::PowerShell,
            () => Flavour::Nxlog,
        })
    }
}

#[cfg(test)]
mod tests;
