//! Which known events a search can take.
//!
//! A known event is asked as a row that has what is the same in every such event (source, channel, event id, tags) and of
//! whose other fields only the names are known. What a condition says of those is left open.

use super::Read;
use crate::model::{EventCoverage, EventUse};
use crate::site::links::segment;
use grotto_content::Content;
use grotto_engine::pipeline::FieldSet;
use grotto_engine::plan::Plan;
use grotto_engine::predicate::{Formula, Mask, Predicate, Subject};
use grotto_events::known::{self, KnownEvent};
use grotto_events::{Batch, Cell, Column};
use grotto_knowledge::{Knowledge, Node};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Fields that are the same in every event of a kind.
const SAME: [&str; 9] =
    ["Channel", "EventCode", "EventID", "Name", "eventtype", "signature_id", "source", "sourcetype", "tag"];

/// Of these, those that an event without the field certainly does not have.
const CERTAIN: [&str; 7] = ["Channel", "EventCode", "EventID", "eventtype", "source", "sourcetype", "tag"];

/// Fields that every Windows event has, besides those above.
const SYSTEM: [&str; 17] = [
    "Computer",
    "EventRecordID",
    "Guid",
    "Keywords",
    "Level",
    "Opcode",
    "ProcessID",
    "RecordNumber",
    "SystemTime",
    "Task",
    "ThreadID",
    "UserID",
    "Version",
    "_raw",
    "_time",
    "host",
    "index",
];

/// Fields that say nothing about an event.
const OF_NO_EVENT: [&str; 9] =
    ["_raw", "_time", "eventtype", "host", "index", "nodename", "source", "sourcetype", "tag"];

/// With more events than this a search is taken to say nothing about which it reads.
const MOST: usize = 30;

/// With more than this the fields that it needs decide too.
const MANY: usize = 3;

/// The known events of one provider in one channel, and what add-ons make of them.
struct World {
    events: Vec<&'static KnownEvent>,
    derived: Batch,
}

/// Where a predicate holds in each world; `None` where that is not known.
type Answers = Vec<Option<Mask>>;

/// All known events.
pub(super) struct Worlds {
    worlds: Vec<World>,
    /// For predicates on fields that are the same in every event of a kind: where each holds.
    asked: Mutex<FxHashMap<Arc<Predicate>, Arc<Answers>>>,
}

impl Worlds {
    /// Makes them, with these fields of add-ons.
    pub(super) fn new(knowledge: &Knowledge, fields: &BTreeSet<String>) -> Self {
        let mut groups: BTreeMap<(&str, &str), Vec<&'static KnownEvent>> = BTreeMap::new();
        for event in known::all().filter(|event| !event.channel.is_empty()) {
            groups.entry((event.provider, event.channel)).or_default().push(event);
        }
        let mut wanted = FieldSet::of(fields);
        wanted.extend(SAME);
        let world = |events: Vec<&'static KnownEvent>| World {
            derived: knowledge.derive(&rows(&events), &wanted),
            events,
        };
        let groups: Vec<_> = groups.into_values().collect();
        use rayon::prelude::*;
        let worlds = groups.into_par_iter().map(world).collect();
        Self { worlds, asked: Mutex::default() }
    }

    /// Where a predicate holds in each world; `None` where that depends on more than the kind of event.
    fn ask(&self, predicate: &Arc<Predicate>) -> Arc<Answers> {
        let known = |asked: &FxHashMap<_, Arc<Vec<_>>>| asked.get(predicate).map(Arc::clone);
        if let Some(masks) = known(&self.asked.lock().unwrap_or_else(PoisonError::into_inner)) {
            return masks;
        }
        let masks = Arc::new(self.worlds.iter().map(|world| world.ask(predicate)).collect::<Vec<_>>());
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.insert(Arc::clone(predicate), Arc::clone(&masks));
        masks
    }

    /// The events for which a formula may hold: world and row.
    fn take(&self, formulas: &[&Formula]) -> Vec<(usize, usize)> {
        let mut taken = Vec::new();
        for (w, world) in self.worlds.iter().enumerate() {
            let mut may = Mask::All;
            for formula in formulas {
                may = may.and(bounds(formula, &mut |p| self.ask(p).get(w).cloned().flatten()).1);
                if may.is_none() {
                    break;
                }
            }
            taken.extend((0..world.events.len()).filter(|row| may.contains(*row)).map(|row| (w, row)));
        }
        taken
    }

    fn event(&self, (world, row): (usize, usize)) -> Option<&'static KnownEvent> {
        self.worlds.get(world)?.events.get(row).copied()
    }

    /// Whether an event gives a field, itself or by add-ons.
    fn gives(&self, (world, row): (usize, usize), field: &str) -> bool {
        let world = self.worlds.get(world);
        world.is_some_and(|world| !matches!(world.derived.cell(field, row), Cell::Null))
    }

    fn place(&self, event: &KnownEvent) -> Option<(usize, usize)> {
        self.worlds.iter().enumerate().find_map(|(w, world)| {
            let row = world.events.iter().position(|e| e.id == event.id && e.provider == event.provider)?;
            Some((w, row))
        })
    }
}

impl World {
    fn ask(&self, predicate: &Predicate) -> Option<Mask> {
        let field = predicate.field();
        let short = field.rsplit('.').next().unwrap_or(field);
        if *predicate.subject() == Subject::Raw || !SAME.contains(&short) {
            return None;
        }
        match self.derived.column(short) {
            Some(column) => Some(predicate.column_mask(column)),
            None => CERTAIN.contains(&short).then_some(Mask::None),
        }
    }
}

/// The rows in which a formula must hold, and those in which it may.
fn bounds(formula: &Formula, ask: &mut dyn FnMut(&Arc<Predicate>) -> Option<Mask>) -> (Mask, Mask) {
    match formula {
        Formula::Always => (Mask::All, Mask::All),
        Formula::Never => (Mask::None, Mask::None),
        Formula::Leaf(predicate) => match ask(predicate) {
            Some(mask) => (mask.clone(), mask),
            None => (Mask::None, Mask::All),
        },
        Formula::Not(inner) => {
            let (must, may) = bounds(inner, ask);
            (may.negated(), must.negated())
        }
        Formula::And(parts) => parts.iter().fold((Mask::All, Mask::All), |(must, may), part| {
            let (a, b) = bounds(part, ask);
            (must.and(a), may.and(b))
        }),
        Formula::Or(parts) => parts.iter().fold((Mask::None, Mask::None), |(must, may), part| {
            let (a, b) = bounds(part, ask);
            (must.or(a), may.or(b))
        }),
    }
}

/// Known events as rows: what is the same in all of them, and a sign in the place of every other field that they have.
fn rows(events: &[&'static KnownEvent]) -> Batch {
    let count = events.len();
    let mut batch = Batch::new(count);
    let Some(first) = events.first() else { return batch };
    let mut set = |name: &str, value: &str| batch.set(name, Column::constant(value, count));
    set("source", &format!("XmlWinEventLog:{}", first.channel));
    set("sourcetype", "XmlWinEventLog");
    set("Channel", first.channel);
    set("Name", first.provider);
    for name in SYSTEM {
        set(name, "x");
    }
    for name in ["EventCode", "EventID"] {
        batch.set(name, Column::text(events.iter().map(|event| Some(event.id.to_string()))));
    }
    let names: BTreeSet<&str> = events.iter().flat_map(|event| event.fields()).collect();
    for name in names.into_iter().filter(|name| !SAME.contains(name)) {
        let has = |event: &&KnownEvent| event.fields().any(|field| field == name);
        batch.set(name, Column::text(events.iter().map(|event| has(event).then_some("x"))));
    }
    batch
}

/// What a search reads of events: a condition, and a data model node with its name.
struct Reading {
    condition: Option<Formula>,
    node: Option<(String, Arc<Node>)>,
}

/// What a plan and the searches inside it read.
fn readings(
    plan: &Plan,
    job: Option<&grotto_detect::job::Job>,
    knowledge: &Knowledge,
    out: &mut Vec<Reading>,
) {
    let model = plan.head().model();
    let node = match job.and_then(|job| job.node.clone()) {
        Some(node) => Some(node),
        None => model.and_then(|model| knowledge.node(&model.name, model.node.as_deref()).ok()),
    };
    let node = node.map(|node| (format!("{}.{}", model.map_or("", |m| m.name.as_str()), node.name()), node));
    let condition = match job {
        Some(job) => job.condition.clone(),
        None => plan.head().formula().cloned(),
    };
    if condition.is_some() || node.is_some() {
        out.push(Reading { condition, node });
    }
    for inner in plan.subsearches() {
        readings(&inner, None, knowledge, out);
    }
}

/// How an event was found to be read.
#[derive(Default)]
#[expect(clippy::struct_field_names, reason = "they are called as in the model")]
struct Found {
    by_search: bool,
    by_model: Option<String>,
    by_data_source: bool,
}

/// What the search and the data sources of a rule say about the events that it reads.
pub(super) fn cover(
    read: &Read<'_>,
    worlds: &Worlds,
    content: &Content,
    knowledge: &Knowledge,
) -> EventCoverage {
    let mut found: BTreeMap<(usize, usize), Found> = BTreeMap::new();
    let mut remarks = Vec::new();
    let mut list = Vec::new();
    if let Some(job) = read.job {
        readings(&job.plan, Some(job), knowledge, &mut list);
    }
    let (mut open, mut modelled) = (false, false);
    for reading in &list {
        let mut taken = taken(reading, read, worlds);
        if taken.len() > MOST {
            open = true;
            taken.clear();
        }
        modelled |= reading.node.is_some();
        for place in taken {
            let entry = found.entry(place).or_default();
            match &reading.node {
                Some((name, _)) => entry.by_model = Some(name.clone()),
                None => entry.by_search = true,
            }
        }
    }
    let mut said = Vec::new();
    for name in &read.detection().data_source {
        for event in of_data_source(content, name) {
            let Some(place) = worlds.place(event) else { continue };
            said.push((name, event, place));
        }
    }
    let by_search = found.len();
    for (name, event, place) in &said {
        let entry = found.entry(*place).or_default();
        let unread = !entry.by_search && entry.by_model.is_none();
        if unread && !open && !list.is_empty() {
            remarks.push(format!(
                "The data source {name} is event {} of {}, which the search does not read.",
                event.id, event.provider
            ));
        }
        entry.by_data_source = true;
    }
    if !said.is_empty() && !modelled && by_search > 0 {
        let more = found.iter().filter(|(_, f)| f.by_search && !f.by_data_source);
        let mut unsaid: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        for event in more.filter_map(|(place, _)| worlds.event(*place)) {
            unsaid.entry(event.provider).or_default().push(event.id);
        }
        remarks.extend(unsaid.into_iter().map(|(provider, ids)| unnamed(provider, &ids)));
    }
    if open {
        remarks.push("The search does not say which events it reads: it can take any of many.".to_owned());
    }
    let mut events: Vec<EventUse> =
        found.into_iter().filter_map(|(place, how)| used(place, how, read, worlds)).collect();
    events.sort_by(|a, b| (&a.provider, a.id).cmp(&(&b.provider, b.id)));
    remarks.dedup();
    EventCoverage { events, remarks }
}

/// Whether a remark says that the search and the data sources of a rule disagree.
pub(super) fn disagrees(remark: &str) -> bool {
    remark.starts_with("The data source ") || remark.starts_with("The search reads ")
}

/// That the search reads events of a provider which no data source of the rule names.
fn unnamed(provider: &str, ids: &[u32]) -> String {
    let words: Vec<String> = ids.iter().map(u32::to_string).collect();
    let events = match words.split_last() {
        Some((last, before @ [_, ..])) => format!("events {} and {last}", before.join(", ")),
        _ => format!("event {}", words.concat()),
    };
    format!("The search reads {events} of {provider}, which no data source of the rule names.")
}

/// The events that a reading can take.
fn taken(reading: &Reading, read: &Read<'_>, worlds: &Worlds) -> Vec<(usize, usize)> {
    let constraint = reading.node.as_ref().map(|(_, node)| &node.constraint);
    let formulas: Vec<&Formula> = constraint.into_iter().chain(&reading.condition).collect();
    let taken = worlds.take(&formulas);
    if taken.len() <= MANY || reading.node.is_some() {
        return taken;
    }
    // A search that names no event id: those that have the fields that it looks at.
    let looked = read.page.indicators.iter().filter(|i| !i.negated && !i.computed && i.field != "_raw");
    let fields: BTreeSet<&str> = looked.map(|i| i.field.as_str()).filter(|f| !SAME.contains(f)).collect();
    let count = |place: &(usize, usize)| fields.iter().filter(|field| worlds.gives(*place, field)).count();
    let most = taken.iter().map(count).max().unwrap_or(0);
    if most == 0 {
        return taken;
    }
    taken.into_iter().filter(|place| count(place) == most).collect()
}

fn used(place: (usize, usize), how: Found, read: &Read<'_>, worlds: &Worlds) -> Option<EventUse> {
    let event = worlds.event(place)?;
    let fields = read.fields.iter().filter(|f| !OF_NO_EVENT.contains(&f.as_str()) && worlds.gives(place, f));
    Some(EventUse {
        key: key(event),
        provider: event.provider.to_owned(),
        id: event.id,
        title: event.title.to_owned(),
        channel: event.channel.to_owned(),
        fields: fields.cloned().collect(),
        rules: 0,
        by_search: how.by_search,
        by_model: how.by_model,
        by_data_source: how.by_data_source,
    })
}

/// The name of an event's page.
pub(super) fn key(event: &KnownEvent) -> String {
    format!("{}-{}", segment(event.provider), event.id)
}

/// The events that a data source stands for: by its source and the event id that it says or that its name ends with.
pub(super) fn of_data_source(content: &Content, name: &str) -> Vec<&'static KnownEvent> {
    let source = content.data_source(name);
    let id = source.and_then(|s| s.separator_value.clone()).and_then(|value| value.trim().parse().ok());
    let Some(id) = id.or_else(|| name.split_whitespace().next_back()?.parse::<u32>().ok()) else {
        return Vec::new();
    };
    let channel = source.and_then(|s| s.source.as_deref()).and_then(|s| s.split_once(':'));
    let channel = match channel {
        Some((form, channel)) if form.to_ascii_lowercase().ends_with("wineventlog") => channel,
        _ => match channel_by_name(name) {
            Some(channel) => channel,
            None => return Vec::new(),
        },
    };
    let of_channel = |e: &&KnownEvent| e.id == id && e.channel.eq_ignore_ascii_case(channel);
    let events: Vec<_> = known::all().filter(of_channel).collect();
    match events.as_slice() {
        // Several providers write to a channel; the one that it is called after is meant.
        [_, _, ..] => {
            let main = |e: &&&KnownEvent| {
                let name = channel.split('/').next().unwrap_or_default();
                e.provider == name || (channel == "Security" && e.provider.ends_with("Security-Auditing"))
            };
            let one: Vec<_> = events.iter().filter(main).copied().collect();
            if one.is_empty() { events } else { one }
        }
        _ => events,
    }
}

/// The channel of a data source that nobody describes, by its name.
fn channel_by_name(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let known = [
        ("sysmon", "Microsoft-Windows-Sysmon/Operational"),
        ("powershell script block", "Microsoft-Windows-PowerShell/Operational"),
        ("windows event log security", "Security"),
        ("windows security", "Security"),
        ("windows event log system", "System"),
    ];
    known.iter().find(|(start, _)| name.starts_with(start)).map(|(_, channel)| *channel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_that_no_data_source_names_are_said_once() {
        for (ids, words) in
            [(&[7][..], "event 7 of"), (&[1, 2], "events 1 and 2 of"), (&[1, 2, 3], "events 1, 2 and 3 of")]
        {
            let remark = unnamed("Sysmon", ids);
            assert!(remark.starts_with(&format!("The search reads {words} Sysmon,")) && disagrees(&remark));
        }
    }

    #[test]
    fn bounds_leave_open_what_is_not_known() {
        let leaf = |name: &str| Formula::from(Predicate::equal(name.into(), "1", false));
        let known = |p: &Arc<Predicate>| match p.field() {
            "yes" => Some(Mask::All),
            "no" => Some(Mask::None),
            _ => None,
        };
        let (yes, no, open) = (leaf("yes"), leaf("no"), leaf("open"));
        for (formula, must, may) in [
            (Formula::and([yes.clone(), open.clone()]), false, true),
            (Formula::and([no.clone(), open.clone()]), false, false),
            (Formula::or([yes.clone(), open.clone()]), true, true),
            (Formula::or([no.clone(), open.clone()]), false, true),
            (open.clone().negated(), false, true),
            (yes.negated(), false, false),
            (no.negated(), true, true),
        ] {
            let found = bounds(&formula, &mut |p| known(p));
            assert_eq!((found.0.contains(0), found.1.contains(0)), (must, may), "{formula:?}");
        }
    }

    #[test]
    fn data_sources_stand_for_events() {
        let (content, _) = Content::embedded(&[(
            "data_sources/a.yml",
            "name: Some Log 4104\nsource: XmlWinEventLog:Microsoft-Windows-PowerShell/Operational\nsourcetype: XmlWinEventLog\n",
        )]);
        for (name, provider, id) in [
            ("Some Log 4104", "Microsoft-Windows-PowerShell", 4104),
            ("Sysmon EventID 1", "Microsoft-Windows-Sysmon", 1),
            ("Windows Event Log Security 4688", "Microsoft-Windows-Security-Auditing", 4688),
        ] {
            let events = of_data_source(&content, name);
            assert_eq!(
                events.iter().map(|e| (e.provider, e.id)).collect::<Vec<_>>(),
                [(provider, id)],
                "{name}"
            );
        }
        assert!(of_data_source(&content, "AWS CloudTrail 1").is_empty());
        assert!(of_data_source(&content, "Sysmon").is_empty());
    }
}
