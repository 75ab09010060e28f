//! What rules share besides indicators and techniques: stories, macros, lookups, data sources, commands, events, fields.

use super::keys::Keys;
use super::{Read, events as known, rule::links, stages};
use crate::model::{
    CommandEntry, DataSourceEntry, EventEntry, FieldEntry, LookupEntry, LookupUse, MacroEntry, MacroUse,
    RuleId, StoryEntry,
};
use grotto_content::{Content, Lookup, LookupKind};
use grotto_spl::MacroTable;
use std::collections::{BTreeMap, BTreeSet};

/// The rules that have each name, both in the order of names and rules.
fn by_name<'r, K: Ord>(
    reads: &'r [Read<'_>],
    names: impl Fn(&'r Read<'_>) -> BTreeSet<K>,
) -> BTreeMap<K, Vec<RuleId>> {
    let mut all: BTreeMap<K, Vec<RuleId>> = BTreeMap::new();
    for read in reads {
        for name in names(read) {
            all.entry(name).or_default().push(read.page.id.clone());
        }
    }
    all
}

/// `name(2)` for a macro with arguments.
fn macro_name(name: &str, arguments: usize) -> String {
    if arguments == 0 { name.to_owned() } else { format!("{name}({arguments})") }
}

/// Whether a macro is the one that a rule ends in so that users can tune it, and that nobody has defined.
fn is_open_filter(name: &str, definition: &str) -> bool {
    name.ends_with("_filter") && definition == "search *"
}

/// Gives rules their macros and lookups.
pub(super) fn uses(reads: &mut [Read<'_>], content: &Content, table: &MacroTable) {
    let names: BTreeSet<(String, usize)> =
        reads.iter().flat_map(|read| read.macros.iter().cloned()).collect();
    let keys = macro_keys(&names, table);
    let lookups: BTreeSet<String> = reads.iter().flat_map(|read| read.uses.lookups.iter().cloned()).collect();
    let lookup_keys = lookup_keys(&lookups);
    for read in reads {
        read.page.macros = read
            .macros
            .iter()
            .map(|(name, arguments)| MacroUse {
                name: macro_name(name, *arguments),
                definition: table.get(name, *arguments).map_or_else(String::new, |m| m.definition.clone()),
                key: keys.get(&(name.clone(), *arguments)).cloned(),
            })
            .collect();
        read.page.lookups = read
            .uses
            .lookups
            .iter()
            .map(|name| LookupUse {
                name: name.clone(),
                description: content.lookup(name).map_or_else(String::new, |l| l.description.clone()),
                key: lookup_keys.get(name).cloned(),
            })
            .collect();
    }
}

/// Macros that have a page: all but open filters and those that nobody defines.
fn macro_keys(names: &BTreeSet<(String, usize)>, table: &MacroTable) -> BTreeMap<(String, usize), String> {
    let mut keys = Keys::default();
    let shown = |(name, arguments): &&(String, usize)| {
        table.get(name, *arguments).is_some_and(|m| !is_open_filter(name, &m.definition))
    };
    names.iter().filter(shown).map(|name| (name.clone(), keys.of(&macro_name(&name.0, name.1)))).collect()
}

fn lookup_keys(names: &BTreeSet<String>) -> BTreeMap<String, String> {
    let mut keys = Keys::default();
    names.iter().map(|name| (name.clone(), keys.of(name))).collect()
}

/// The macros that rules use.
pub(super) fn macros(reads: &[Read<'_>], content: &Content, table: &MacroTable) -> Vec<MacroEntry> {
    let all = by_name(reads, |read| read.macros.clone());
    let keys = macro_keys(&all.keys().cloned().collect(), table);
    let entry = |((name, arguments), rules): ((String, usize), Vec<RuleId>)| {
        let definition = table.get(&name, arguments)?;
        let said = content.macros.iter().find(|m| m.name == name && m.arguments.len() == arguments);
        Some(MacroEntry {
            key: keys.get(&(name.clone(), arguments))?.clone(),
            name: macro_name(&name, arguments),
            arguments: definition.arguments.clone(),
            definition: definition.definition.clone(),
            description: said.map_or_else(String::new, |m| m.description.clone()),
            rules,
        })
    };
    all.into_iter().filter_map(entry).collect()
}

/// The lookups that rules use.
pub(super) fn lookups(reads: &[Read<'_>], content: &Content) -> Vec<LookupEntry> {
    let all = by_name(reads, |read| read.uses.lookups.clone());
    let keys = lookup_keys(&all.keys().cloned().collect());
    let entry = |(name, rules): (String, Vec<RuleId>)| {
        let lookup = content.lookup(&name);
        LookupEntry {
            key: keys.get(&name).cloned().unwrap_or_default(),
            description: lookup.map_or_else(String::new, |lookup| lookup.description.clone()),
            kind: kind(lookup).to_owned(),
            name,
            rules,
        }
    };
    all.into_iter().map(entry).collect()
}

fn kind(lookup: Option<&Lookup>) -> &'static str {
    match lookup.map(|lookup| &lookup.kind) {
        Some(LookupKind::Csv(_) | LookupKind::CsvText(_)) => "CSV file",
        Some(LookupKind::CsvMissing(_)) => "missing file",
        Some(LookupKind::KvStore(_)) => "key-value store",
        Some(LookupKind::MlModel(_)) => "machine learning model",
        None => "not among the rules' lookups",
    }
}

/// The stories that rules are part of.
pub(super) fn stories(reads: &[Read<'_>], content: &Content) -> Vec<StoryEntry> {
    let all = by_name(reads, |read| read.detection().analytic_story.iter().cloned().collect());
    let mut keys = Keys::default();
    let mut entry = |(name, rules): (String, Vec<RuleId>)| {
        let story = content.story(&name);
        StoryEntry {
            key: keys.of(&name),
            description: story.map_or_else(String::new, |story| story.description.clone()),
            narrative: story.map_or_else(String::new, |story| story.narrative.clone()),
            references: story.map_or_else(Vec::new, |story| links(&story.references)),
            name,
            rules,
        }
    };
    all.into_iter().map(&mut entry).collect()
}

/// The data sources that rules name.
pub(super) fn data_sources(reads: &[Read<'_>], content: &Content) -> Vec<DataSourceEntry> {
    let all = by_name(reads, |read| read.detection().data_source.iter().cloned().collect());
    // Only events that a rule reads have a page.
    let read: BTreeSet<&str> =
        reads.iter().flat_map(|read| &read.page.events.events).map(|event| event.key.as_str()).collect();
    let mut keys = Keys::default();
    let mut entry = |(name, rules): (String, Vec<RuleId>)| {
        let source = content.data_source(&name);
        let events: BTreeSet<String> =
            known::of_data_source(content, &name).into_iter().map(known::key).collect();
        DataSourceEntry {
            key: keys.of(&name),
            description: source.map_or_else(String::new, |source| source.description.clone()),
            source: source.and_then(|source| source.source.clone()),
            sourcetype: source.and_then(|source| source.sourcetype.clone()),
            events: events.into_iter().filter(|key| read.contains(key.as_str())).collect(),
            name,
            rules,
        }
    };
    all.into_iter().map(&mut entry).collect()
}

/// The commands that rules use.
pub(super) fn commands(reads: &[Read<'_>]) -> Vec<CommandEntry> {
    let all = by_name(reads, |read| read.uses.commands.clone());
    let entry = |(name, rules): (String, Vec<RuleId>)| {
        let (kind, unsupported) = stages::command(&name);
        CommandEntry { name, kind, unsupported, rules }
    };
    all.into_iter().map(entry).collect()
}

/// The events that rules read; also counts, in the rules, who else does.
pub(super) fn events(reads: &mut [Read<'_>]) -> Vec<EventEntry> {
    let mut all: BTreeMap<(String, u32), EventEntry> = BTreeMap::new();
    for read in reads.iter() {
        for event in &read.page.events.events {
            let entry = all.entry((event.provider.clone(), event.id)).or_insert_with(|| EventEntry {
                key: event.key.clone(),
                provider: event.provider.clone(),
                id: event.id,
                channel: event.channel.clone(),
                title: event.title.clone(),
                fields: known_fields(&event.provider, event.id),
                rules: Vec::new(),
            });
            entry.rules.push(read.page.id.clone());
            for (name, count) in &mut entry.fields {
                *count += u32::from(event.fields.binary_search(name).is_ok());
            }
        }
    }
    for event in reads.iter_mut().flat_map(|read| &mut read.page.events.events) {
        let entry = all.get(&(event.provider.clone(), event.id));
        event.rules = entry.map_or(0, |entry| entry.rules.len() as u32);
    }
    all.into_values().collect()
}

fn known_fields(provider: &str, id: u32) -> Vec<(String, u32)> {
    let known = grotto_events::known::event(provider, "", id);
    let mut seen = BTreeSet::new();
    let fields = known.iter().flat_map(|event| event.fields()).filter(|name| seen.insert(*name));
    fields.map(|name| (name.to_owned(), 0)).collect()
}

/// The fields that rules read.
pub(super) fn fields(reads: &[Read<'_>], events: &[EventEntry]) -> Vec<FieldEntry> {
    let mut of_event: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for event in events {
        for (name, _) in &event.fields {
            of_event.entry(name).or_default().insert(&event.key);
        }
    }
    for event in reads.iter().flat_map(|read| &read.page.events.events) {
        for name in &event.fields {
            of_event.entry(name).or_default().insert(&event.key);
        }
    }
    let all = by_name(reads, |read| read.fields.clone());
    let mut keys = Keys::default();
    let mut entry = |(name, rules): (String, Vec<RuleId>)| FieldEntry {
        key: keys.of(&name),
        events: of_event.get(name.as_str()).into_iter().flatten().map(|key| (*key).to_owned()).collect(),
        name,
        rules,
    };
    all.into_iter().map(&mut entry).collect()
}
