//! Which fields the events have that a rule reads, where that is certain.
//!
//! It is certain where every data source of the rule is one event of Windows, or several, whose fields are known: those of
//! the table of known events, the fields that every event of Windows has, and what the add-ons make of both. What the data
//! sources themselves list counts too: they were written from events that a Splunk add-on had read. So do the events that
//! the search names by id, as data sources are not always complete.

use crate::cx::Cx;
use crate::flow::name_of;
use crate::rule::Rule;
use crate::walk;
use grotto_content::DataSource;
use grotto_events::known::{self, KnownEvent};
use grotto_spl::ast::{Compare, SearchExpr, SearchValue, Word};
use grotto_spl::text;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

/// What events of one channel and id, or of all ids, have; `None` when it is not known.
type Given = Option<BTreeSet<String>>;

/// The fields of events, each kind worked out once in a run.
#[derive(Debug, Default)]
pub struct Provided(Mutex<HashMap<(String, Option<u32>), Given>>);

impl Provided {
    /// The fields that the events of a rule have at most; `None` when that is not certain.
    pub(crate) fn of(&self, rule: &Rule<'_>, cx: &Cx<'_>) -> Given {
        let names = &rule.detection.data_source;
        let sources: Option<Vec<&DataSource>> =
            names.iter().map(|name| cx.content.data_source(name)).collect();
        let sources = sources.filter(|sources| !sources.is_empty())?;
        let named = ids_of(rule)?;
        let channels: Option<Vec<&str>> = sources.iter().map(|source| channel_of(source)).collect();
        let channels = channels?;
        let mut out: BTreeSet<String> = EVERY.iter().map(|name| (*name).to_owned()).collect();
        for (source, channel) in sources.iter().zip(&channels) {
            out.extend(source.fields.iter().cloned());
            if named.is_empty() {
                out.extend(self.event(cx, channel, None)?);
            } else if let Some(id) = id_of(source) {
                out.extend(self.event(cx, channel, Some(id))?);
            }
        }
        // An id that none of the channels has is that of an event which the data sources leave out.
        for id in named {
            let mut found =
                channels.iter().filter_map(|channel| self.event(cx, channel, Some(id))).peekable();
            found.peek()?;
            found.for_each(|fields| out.extend(fields));
        }
        Some(out)
    }

    /// The fields of an event, of all that there are in the channel without an id.
    fn event(&self, cx: &Cx<'_>, channel: &str, id: Option<u32>) -> Given {
        let key = (channel.to_ascii_lowercase(), id);
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        known.unwrap_or_else(|| {
            let made = made(cx, channel, id);
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, made.clone());
            made
        })
    }
}

/// Works out the fields of events.
fn made(cx: &Cx<'_>, channel: &str, id: Option<u32>) -> Given {
    let mut events = channel_events(channel).filter(|event| id.is_none_or(|id| event.id == id)).peekable();
    events.peek()?;
    let mut fields: BTreeSet<String> = SYSTEM.iter().chain(&EVERY).map(|name| (*name).to_owned()).collect();
    for event in events {
        // Events whose data have no names are told apart by their message only.
        event.fields().next()?;
        fields.extend(event.fields().map(str::to_owned));
    }
    let source = format!("XmlWinEventLog:{channel}");
    cx.knowledge.gives(&source, "XmlWinEventLog", &mut fields).then_some(fields)
}

/// The known events of a channel.
fn channel_events(channel: &str) -> impl Iterator<Item = &'static KnownEvent> {
    static CHANNELS: std::sync::LazyLock<BTreeMap<String, Vec<&'static KnownEvent>>> =
        std::sync::LazyLock::new(|| {
            let mut channels: BTreeMap<String, Vec<&KnownEvent>> = BTreeMap::new();
            for event in known::all().filter(|event| !event.channel.is_empty()) {
                channels.entry(event.channel.to_ascii_lowercase()).or_default().push(event);
            }
            channels
        });
    CHANNELS.get(&channel.to_ascii_lowercase()).into_iter().flatten().copied()
}

/// The channel of a data source of Windows in XML.
fn channel_of(source: &DataSource) -> Option<&str> {
    let sourcetype = source.sourcetype.as_deref()?;
    if !sourcetype.eq_ignore_ascii_case("XmlWinEventLog") {
        return None;
    }
    source.source.as_deref()?.split_once(':').map(|(_, channel)| channel.trim())
}

/// The event id of a data source: what it says, or the number at the end of its name.
fn id_of(source: &DataSource) -> Option<u32> {
    let said = source.separator_value.as_deref().and_then(|value| value.trim().parse().ok());
    said.or_else(|| source.name.rsplit(' ').next()?.parse().ok())
}

/// The event ids that the search asks for, in its head and later; `None` when it asks with a pattern.
fn ids_of(rule: &Rule<'_>) -> Option<BTreeSet<u32>> {
    let mut ids = Some(BTreeSet::new());
    let is_id = |field: &Word| matches!(name_of(field).as_str(), "EventCode" | "EventID" | "signature_id");
    walk::search_expressions(rule.tree.as_ref()?, |expr| match expr {
        SearchExpr::Compare { field, op: Compare::Equal, value, .. } if is_id(field) => take(&mut ids, value),
        SearchExpr::Compare { field, .. } if is_id(field) => ids = None,
        SearchExpr::In { field, values, .. } if is_id(field) => {
            for value in values {
                take(&mut ids, value);
            }
        }
        _ => {}
    });
    ids
}

/// Adds an id; what is no number makes it uncertain which ids there are.
fn take(ids: &mut Option<BTreeSet<u32>>, value: &SearchValue) {
    let id = match value {
        SearchValue::Word(word) => text::search(word).parse().ok(),
        _ => None,
    };
    match (id, ids.as_mut()) {
        (Some(id), Some(ids)) => drop(ids.insert(id)),
        _ => *ids = None,
    }
}

/// Fields that every event in Splunk has.
const EVERY: [&str; 29] = [
    "_time",
    "_raw",
    "_indextime",
    "_cd",
    "_sourcetype",
    "host",
    "source",
    "sourcetype",
    "index",
    "splunk_server",
    "splunk_server_group",
    "linecount",
    "punct",
    "timestartpos",
    "timeendpos",
    "eventtype",
    "tag",
    "tag::eventtype",
    "date_hour",
    "date_mday",
    "date_minute",
    "date_month",
    "date_second",
    "date_wday",
    "date_year",
    "date_zone",
    "Message",
    "dest",
    "dvc",
];

/// Fields that events of Windows have in their System section, and the sections as text.
const SYSTEM: [&str; 31] = [
    "Name",
    "Guid",
    "EventSourceName",
    "EventID",
    "EventCode",
    "Qualifiers",
    "Version",
    "Level",
    "Task",
    "Opcode",
    "Keywords",
    "SystemTime",
    "EventRecordID",
    "RecordNumber",
    "ActivityID",
    "RelatedActivityID",
    "ProcessID",
    "ThreadID",
    "Channel",
    "Computer",
    "UserID",
    "System_Props_Xml",
    "EventData_Xml",
    "UserData_Xml",
    "RenderingInfo_Xml",
    "Error_Code",
    "Caller_User_Name",
    "TaskCategory",
    "LogName",
    "SourceName",
    "ComputerName",
];
