//! Windows events as flat records: members or columns for what `System` says, and for each value of `EventData`.
//!
//! | who | known by |
//! |---|---|
//! | NXLog (`im_msvistalog`), the data sets of OTRF | `EventID`, `Channel` or `SourceName`, `Hostname` |
//! | `Get-WinEvent` with `ConvertTo-Json` or `Export-Csv` | `Id`, `ProviderName`, `LogName` |
//! | EvtxECmd | `EventId`, `Provider`, `Channel`, `Payload` |
//! | Azure Monitor: `SecurityEvent`, `Event`, `WindowsEvent` | `EventID`, `TimeGenerated`, `Computer` |
//!
//! Members that the exporter adds and that Windows's XML does not have (`Severity`, `tags`, `TenantId` …) are left out,
//! unless the event is known to have a field of that name. A channel, a provider or its GUID that the record lacks is taken
//! from the tables of what is known of events, since rules group by them. Facts:
//! <https://docs.nxlog.co/refman/current/im/msvistalog.html#fields>,
//! <https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/windowsevent>.

use super::system::{data_of, system_time, text, user_of};
use super::windows::{Payload, Text, Windows};
use super::words;
use crate::formats::json::value::{Json, Members, get, whole};
use crate::known::{self, KnownEvent};
use std::borrow::Cow;

/// Who wrote a flat record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flavour {
    /// NXLog, and whatever names things like it.
    Nxlog,
    /// `Get-WinEvent`.
    PowerShell,
    /// EvtxECmd.
    EvtxECmd,
    /// Azure Monitor.
    Azure,
}

/// What exporters write as words or numbers.
#[derive(Debug, Default)]
pub(super) struct Words<'v> {
    pub(super) level: Text<'v>,
    pub(super) opcode: Text<'v>,
    pub(super) task: Text<'v>,
    pub(super) keywords: Option<&'v Json<'v>>,
}

impl<'v> Words<'v> {
    /// Puts numbers where XML has numbers; words that stand for none are said as rendered.
    pub(super) fn settle(self, event: &mut Windows<'v>) {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if event.keywords.is_none()
            && let Some(value) = self.keywords
        {
            event.keywords = match value {
                Json::Array(values) => words::keyword_bits(values.iter().filter_map(Json::scalar)),
                _ => value
                    .scalar()
                    .and_then(|text| words::keywords(text).or_else(|| words::keyword_bits([text]))),
            }
            .map(Cow::Owned);
            if event.keywords.is_none()
                && let Some(word) = text(value).filter(|word| !matches!(&**word, "" | "None"))
            {
                event.rendered.push(("Keywords", word));
            }
        }
        // The log service itself has the keyword of audits at another level: 1102, the log was cleared.
        let service = event.provider.as_deref() == Some("Microsoft-Windows-Eventlog");
        let security = event.provider.as_deref() == Some("Microsoft-Windows-Security-Auditing");
        let audit = security
            || event.keywords.as_deref().is_some_and(words::is_audit)
            || self.level.as_deref().is_some_and(words::is_audit_word);
        let audit = audit && !service;
        if event.level.is_none()
            && let Some(level) = self.level.filter(|level| !level.is_empty())
        {
            match words::level(&level, audit) {
                Some(number) => event.level = Some(number.into()),
                None if is_number(&level) => event.level = Some(level),
                None => event.rendered.push(("Level", level)),
            }
        }
        if event.opcode.is_none()
            && let Some(opcode) = self.opcode.filter(|opcode| !opcode.is_empty())
        {
            match words::opcode(&opcode) {
                Some(number) => event.opcode = Some(number.into()),
                None if is_number(&opcode) => event.opcode = Some(opcode),
                None => event.rendered.push(("Opcode", opcode)),
            }
        }
        if event.task.is_none()
            && let Some(task) = self.task.filter(|task| !task.is_empty())
        {
            if is_number(&task) { event.task = Some(task) } else { event.rendered.push(("Task", task)) }
        }
    }
}

/// Where a member goes.
enum Slot<'e, 'v> {
    /// A text of the event; what is there already stays.
    Text(&'e mut Text<'v>),
    /// A time; the number says how good it is, the lower the better.
    Time(usize),
    Word(&'static str),
    Message,
    /// A whole `EventData`, `UserData` or both.
    Payload,
    /// Added by the exporter.
    Own,
    Data,
}

/// The event. The second value says whether its time said its zone.
pub(super) fn event<'v>(
    members: &'v Members<'v>,
    flavour: Flavour,
    parsed: &'v mut Option<Json<'v>>,
) -> (Windows<'v>, bool) {
    let mut event = Windows::default();
    let mut words = Words::default();
    let mut data: Vec<(Cow<'v, str>, &'v Json<'v>)> = Vec::new();
    let mut own = Vec::new();
    let mut times: [Option<&'v Json<'v>>; 4] = [None; 4];
    let mut payload = None;
    for (name, value) in members {
        match slot(name, value, flavour, &mut event) {
            Slot::Text(slot) => {
                if slot.as_deref().is_none_or(str::is_empty) {
                    *slot = text(value).filter(|text| !text.is_empty());
                } else if flavour == Flavour::Nxlog {
                    // The second of two names for one thing is a field of the event, such as `ProviderName` of PowerShell.
                    data.push((Cow::Borrowed(&**name), value));
                }
            }
            Slot::Time(at) => times[at] = times[at].or(Some(value)),
            Slot::Word(what) => word(what, value, &mut words),
            Slot::Message => {
                if let Some(message) = value.scalar().filter(|text| !text.is_empty()) {
                    event.rendered.push(("Message", message.into()));
                }
            }
            Slot::Payload => payload = payload.or(Some((&**name, value))),
            Slot::Own => own.push((&**name, value)),
            Slot::Data => data.push((Cow::Borrowed(&**name), value)),
        }
    }
    let id = event.id.as_deref().and_then(|id| id.parse().ok());
    let (provider, channel) =
        (event.provider.as_deref().unwrap_or_default(), event.channel.as_deref().unwrap_or_default());
    let known = id.and_then(|id| known::event(provider, channel, id));
    complete(&mut event, known);
    let declared = |name: &str| known.is_some_and(|known| known.fields().any(|field| field == name));
    for (name, value) in own {
        if declared(name) {
            data.push((Cow::Borrowed(name), value));
        } else if matches!(name, "EventType" | "EventTypeOrignal") {
            // NXLog's word for the level (the second name is what pipelines make of it where an event has an `EventType`).
            word("level word", value, &mut words);
        }
    }
    if flavour == Flavour::Azure {
        // Such tables have a column for every field of every event.
        data.retain(|(name, value)| {
            declared(name) || !matches!(value, Json::Null | Json::Text(Cow::Borrowed("")))
        });
        azure_level(&mut words, &mut event);
    }
    words.settle(&mut event);
    event.payload = match payload {
        Some((_, Json::Text(text))) if text.trim_start().starts_with(['{', '[']) => {
            *parsed = whole(text);
            parsed.as_ref().map_or(Payload::None, inner)
        }
        Some((_, Json::Text(text))) => section(text).unwrap_or_else(|| Payload::Data(data_of(&Json::Null))),
        Some(("UserData", value)) => user_of(value),
        Some(("Properties", Json::Array(values))) => Payload::Data(values.iter().map(property).collect()),
        Some((_, value)) => inner(value),
        None => Payload::None,
    };
    match &mut event.payload {
        Payload::Data(fields) => fields.extend(data),
        payload @ Payload::None => *payload = Payload::Data(data),
        Payload::User(..) | Payload::Xml(_) => {}
    }
    let mut found = times.into_iter().flatten().filter_map(system_time);
    let first = found.next();
    let best = match &first {
        Some((_, false)) => found.find(|(_, zoned)| *zoned).or(first),
        _ => first,
    };
    let zoned = best.as_ref().is_none_or(|(_, zoned)| *zoned);
    event.time = best.map(|(time, _)| time);
    (event, zoned)
}

/// Where a member of this name goes.
fn slot<'e, 'v>(name: &str, value: &Json<'_>, flavour: Flavour, event: &'e mut Windows<'v>) -> Slot<'e, 'v> {
    use Flavour::{Azure, EvtxECmd, Nxlog, PowerShell};
    let own_process = matches!(flavour, PowerShell | EvtxECmd);
    match name {
        "EventID" | "EventId" | "Event ID" | "EventCode" => Slot::Text(&mut event.id),
        "Id" if flavour == PowerShell => Slot::Text(&mut event.id),
        "Channel" | "LogName" | "EventLog" | "Log Name" => Slot::Text(&mut event.channel),
        "SourceName" | "ProviderName" | "Provider" | "EventSourceName" => Slot::Text(&mut event.provider),
        "Source" if flavour == Azure => Slot::Text(&mut event.provider),
        "ProviderGuid" | "ProviderId" => Slot::Text(&mut event.guid),
        "Hostname" | "Computer" | "MachineName" => Slot::Text(&mut event.computer),
        "Version" => Slot::Text(&mut event.version),
        "Qualifiers" => Slot::Text(&mut event.qualifiers),
        "RecordNumber" if flavour == EvtxECmd => Slot::Own,
        "RecordNumber" | "RecordId" | "EventRecordID" | "EventRecordId" => Slot::Text(&mut event.record),
        "ActivityID" | "ActivityId" => Slot::Text(&mut event.activity),
        "RelatedActivityID" | "RelatedActivityId" => Slot::Text(&mut event.related),
        "ExecutionProcessID" | "SystemProcessId" => Slot::Text(&mut event.process),
        "ProcessId" if own_process => Slot::Text(&mut event.process),
        "ThreadID" | "SystemThreadId" => Slot::Text(&mut event.thread),
        "ThreadId" if own_process => Slot::Text(&mut event.thread),
        "UserID" | "SystemUserId" => Slot::Text(&mut event.user),
        "UserId" if own_process => Slot::Text(&mut event.user),
        "Level" | "EventLevel" => Slot::Word("level"),
        "LevelDisplayName" | "EventLevelName" => Slot::Word("level word"),
        "Task" => Slot::Word("task"),
        "TaskDisplayName" => Slot::Word("task word"),
        "Category" if flavour == Nxlog => Slot::Word("task word"),
        "OpcodeValue" => Slot::Word("opcode"),
        "Opcode" | "OpcodeDisplayName" => Slot::Word("opcode word"),
        "Keywords" => Slot::Word("keywords"),
        "KeywordsDisplayNames" => Slot::Word("keyword words"),
        "Message" | "RenderedDescription" => Slot::Message,
        "TimeCreated" => Slot::Time(0),
        "EventTime" => Slot::Time(1),
        "TimeGenerated" => Slot::Time(2),
        "@timestamp" => Slot::Time(3),
        "EventData" | "UserData" if flavour != EvtxECmd && is_section(value) => Slot::Payload,
        "Properties" if flavour == PowerShell => Slot::Payload,
        "Payload" if flavour == EvtxECmd => Slot::Payload,
        _ if is_own(name, flavour) => Slot::Own,
        _ => Slot::Data,
    }
}

/// Whether a value is a whole section; events of PowerShell have a field `UserData`, which is text.
fn is_section(value: &Json<'_>) -> bool {
    match value {
        Json::Object(_) => true,
        Json::Text(text) => text.trim_start().starts_with(['<', '{']),
        _ => false,
    }
}

/// Whether a member is the exporter's own.
fn is_own(name: &str, flavour: Flavour) -> bool {
    if name.starts_with(['_', '@', '#']) {
        return true;
    }
    own_names(flavour).binary_search(&name).is_ok()
}

/// The names of what exporters add, sorted.
pub(super) fn own_names(flavour: Flavour) -> &'static [&'static str] {
    match flavour {
        Flavour::Nxlog => &[
            "AccountName",
            "AccountType",
            "Domain",
            "ERROR_EVT_UNRESOLVED",
            "EventReceivedTime",
            "EventType",
            "EventTypeOrignal",
            "MessageSourceAddress",
            "Severity",
            "SeverityValue",
            "SourceModuleName",
            "SourceModuleType",
            "host",
            "port",
            "tags",
            "type",
        ],
        Flavour::PowerShell => &[
            "Bookmark",
            "ContainerLog",
            "MatchedQueryIds",
            "PSComputerName",
            "PSShowComputerName",
            "PSSourceJobInstanceId",
            "RunspaceId",
        ],
        Flavour::EvtxECmd => &[
            "ChunkNumber",
            "ExecutableInfo",
            "ExtraDataOffset",
            "HiddenRecord",
            "MapDescription",
            "PayloadData1",
            "PayloadData2",
            "PayloadData3",
            "PayloadData4",
            "PayloadData5",
            "PayloadData6",
            "RemoteHost",
            "SourceFile",
            "UserName",
        ],
        Flavour::Azure => &[
            "Account",
            "AccountType",
            "Activity",
            "AzureDeploymentID",
            "Correlation",
            "EventCategory",
            "EventOriginId",
            "MG",
            "ManagementGroupName",
            "ParameterXml",
            "PartitionKey",
            "Process",
            "RawEventData",
            "Role",
            "RowKey",
            "SourceComputerId",
            "SourceSystem",
            "StorageAccount",
            "TenantId",
            "TimeCollected",
            "Type",
            "UserName",
        ],
    }
}

fn word<'v>(what: &str, value: &'v Json<'v>, words: &mut Words<'v>) {
    let said = text(value).filter(|text| !text.is_empty());
    match what {
        "level" => words.level = said.or(words.level.take()),
        "level word" => words.level = words.level.take().or(said),
        "task" => words.task = said.or(words.task.take()),
        "task word" => words.task = words.task.take().or(said),
        "opcode" => words.opcode = said.or(words.opcode.take()),
        "opcode word" => words.opcode = words.opcode.take().or(said),
        "keywords" => words.keywords = said.map(|_| value).or(words.keywords),
        _ => words.keywords = words.keywords.or(said.map(|_| value)),
    }
}

/// Adds what the table of known events says, and gives GUIDs their braces.
fn complete(event: &mut Windows<'_>, known: Option<&'static KnownEvent>) {
    if let Some(known) = known {
        if event.provider.is_none() {
            event.provider = Some(known.provider.into());
        }
        if event.channel.is_none() && !known.channel.is_empty() {
            event.channel = Some(known.channel.into());
        }
    }
    if event.guid.is_none() {
        event.guid = event.provider.as_deref().and_then(known::provider_guid).map(Cow::Borrowed);
    }
    for guid in [&mut event.guid, &mut event.activity, &mut event.related] {
        if let Some(text) = guid.as_deref().filter(|text| text.len() == 36) {
            *guid = Some(Cow::Owned(format!("{{{text}}}")));
        }
    }
}

/// `SecurityEvent` has 8 and 16 in its `Level` for audits that succeeded and failed.
fn azure_level<'v>(words: &mut Words<'v>, event: &mut Windows<'v>) {
    let bits = match words.level.as_deref() {
        Some("8") => "0x8020000000000000",
        Some("16") => "0x8010000000000000",
        _ => return,
    };
    if words.keywords.is_none() {
        event.keywords = Some(bits.into());
    }
    words.level = Some("0".into());
}

/// What a payload in JSON holds, which may be in `EventData` or `UserData` once more.
fn inner<'v>(value: &'v Json<'v>) -> Payload<'v> {
    let members = value.members();
    let member =
        |name| members.and_then(|members| get(members, name)).filter(|value| value.members().is_some());
    match (member("EventData"), member("UserData")) {
        (Some(data), _) => Payload::Data(data_of(data)),
        (None, Some(user)) => user_of(user),
        (None, None) => Payload::Data(data_of(value)),
    }
}

/// A value of `Properties`, which has no name.
fn property<'v>(value: &'v Json<'v>) -> (Cow<'v, str>, &'v Json<'v>) {
    let value = value.members().and_then(|members| get(members, "Value")).unwrap_or(value);
    (Cow::Borrowed(""), value)
}

/// The section `EventData` or `UserData` of some XML.
fn section(xml: &str) -> Option<Payload<'_>> {
    for (open, close) in [("<EventData", "</EventData>"), ("<UserData", "</UserData>")] {
        if let (Some(start), Some(end)) = (xml.find(open), xml.rfind(close))
            && start < end
        {
            return Some(Payload::Xml(Cow::Borrowed(&xml[start..end + close.len()])));
        }
    }
    None
}
