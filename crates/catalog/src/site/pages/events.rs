//! The event matrix, providers by event ids, and a page for each event.

use super::Page;
use super::fields::links_block;
use crate::model::EventEntry;
use crate::site::article::{Article, Block, Cell, Heat, Section, Table, level, rules_section};
use crate::site::cx::{Cx, counted};
use crate::site::frame::Menu;
use crate::site::links;
use std::collections::{BTreeMap, BTreeSet};

/// The matrix and the pages.
pub(super) fn pages(cx: &Cx) -> Vec<Page> {
    let entry = |(i, event): (usize, &EventEntry)| {
        let path = format!("{}index.html", links::event(&event.key));
        Page::html(path.clone(), move |cx| make(cx, &path, &cx.catalog.events[i]))
    };
    let mut pages: Vec<_> = cx.catalog.events.iter().enumerate().map(entry).collect();
    pages.push(Page::html("events/index.html", matrix));
    pages
}

fn make(cx: &Cx, path: &str, event: &EventEntry) -> Article {
    let title = format!("Event ID {}", event.id);
    let frame = cx.frame(path, &format!("{} {}", event.provider, event.id), Menu::Events);
    let mut page = Article::new(frame.with_description(&event.title), title)
        .below(&[("Detection rules", ""), ("Events", "events/")]);
    page.badges = vec![("", event.provider.clone())];
    page.lede = if event.title.is_empty() { Vec::new() } else { vec![Block::Text(event.title.clone())] };
    let channel = if event.channel.is_empty() { Vec::new() } else { vec![Cell::text(&event.channel)] };
    let read = event.fields.iter().filter(|(_, n)| *n > 0).count();
    page.facts = vec![
        ("Provider", vec![Cell::text(&event.provider)]),
        ("Event ID", vec![Cell::text(event.id.to_string())]),
        ("Channel", channel),
        ("Fields", vec![Cell::text(format!("{}, {read} of them read", event.fields.len()))]),
        ("Rules", vec![Cell::text(event.rules.len().to_string())]),
    ];
    page.sections = vec![
        Section::new("fields", "Fields", fields(cx, event)),
        rules_section(cx, &event.rules, "Rules that read the event"),
        Section::new("indicators", "What these rules look for", shared(cx, event)),
    ];
    page
}

/// The fields of an event, with the rules that read each.
fn fields(cx: &Cx, event: &EventEntry) -> Vec<Block> {
    let most = event.fields.iter().map(|(_, n)| *n as usize).max().unwrap_or(0);
    let cell = |name: &str| match cx.field(name) {
        Some(entry) => Cell::code(name).to(links::field(&entry.key)),
        None => Cell::code(name),
    };
    let (read, unread): (Vec<_>, Vec<_>) = event.fields.iter().partition(|(_, n)| *n > 0);
    let heat = read
        .iter()
        .map(|(name, n)| Heat {
            text: name.clone(),
            n: *n as usize,
            level: level(*n as usize, most),
            href: cx.field(name).map_or_else(|| "fields/".to_owned(), |entry| links::field(&entry.key)),
            title: format!("{name}: read by {}", counted(*n as usize, "rule")),
        })
        .collect::<Vec<_>>();
    let mut blocks = Vec::new();
    if !heat.is_empty() {
        blocks.push(Block::Text("Read by rules, each with their number:".to_owned()));
        blocks.push(Block::Cells(heat));
    }
    if !unread.is_empty() {
        blocks.push(Block::Text("Read by no rule:".to_owned()));
        blocks.extend(links_block(unread.iter().map(|(name, _)| cell(name)).collect()));
    }
    blocks
}

/// Shared indicators of the rules that read an event, on fields of the event.
fn shared(cx: &Cx, event: &EventEntry) -> Vec<Block> {
    let names: BTreeSet<&str> = event.fields.iter().map(|(name, _)| name.as_str()).collect();
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for rule in cx.rules(&event.rules) {
        let keys: BTreeSet<_> = rule
            .indicators
            .iter()
            .filter(|i| names.contains(i.field.as_str()))
            .flat_map(|i| i.values.iter().filter_map(|v| v.key.as_deref().map(|key| (key, i.field.as_str()))))
            .collect();
        for key in keys {
            *counts.entry(key).or_default() += 1;
        }
    }
    let mut list: Vec<_> = counts.into_iter().filter(|(_, n)| *n > 1).collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let rows: Vec<_> = list
        .into_iter()
        .take(30)
        .filter_map(|((key, field), n)| {
            let words = super::indicators::words(cx.indicator(key)?);
            Some(vec![Cell::code(field), Cell::code(words).to(links::indicator(key)), Cell::number(n)])
        })
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    vec![Block::Table(Table {
        caption: "The most shared indicators of rules that read the event".to_owned(),
        head: vec![("Field", false), ("Looks for", false), ("Rules", true)],
        rows,
    })]
}

fn matrix(cx: &Cx) -> Article {
    let mut providers: BTreeMap<&str, Vec<&EventEntry>> = BTreeMap::new();
    for event in &cx.catalog.events {
        providers.entry(&event.provider).or_default().push(event);
    }
    let most = cx.catalog.events.iter().map(|e| e.rules.len()).max().unwrap_or(0);
    let mut rows: Vec<_> = providers
        .into_iter()
        .map(|(provider, mut events)| {
            events.sort_by_key(|e| e.id);
            let rules: BTreeSet<_> = events.iter().flat_map(|e| e.rules.iter()).collect();
            (rules.len(), provider, events)
        })
        .collect();
    rows.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    let heat = |event: &&EventEntry| Heat {
        text: event.id.to_string(),
        n: event.rules.len(),
        level: level(event.rules.len(), most),
        href: links::event(&event.key),
        title: if event.title.is_empty() { event.provider.clone() } else { event.title.clone() },
    };
    let rows = rows
        .into_iter()
        .map(|(n, provider, events)| {
            let cells = Cell { heat: events.iter().map(heat).collect(), ..Cell::default() };
            vec![Cell::text(provider), Cell::number(n), cells]
        })
        .collect();
    let mut page = Article::new(cx.frame("events/index.html", "Events", Menu::Events), "Events")
        .below(&[("Detection rules", "")]);
    page.lede = vec![Block::Text(format!(
        "{} that rules read, by provider. A cell is an event id with the number of rules that read it.",
        counted(cx.catalog.events.len(), "event")
    ))];
    page.sections = vec![Section::new(
        "matrix",
        "Providers and event ids",
        vec![Block::Table(Table {
            caption: "Providers, by the number of rules that read their events".to_owned(),
            head: vec![("Provider", false), ("Rules", true), ("Event ids", false)],
            rows,
        })],
    )];
    page
}
