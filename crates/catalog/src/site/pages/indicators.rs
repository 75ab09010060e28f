//! What two or more rules look for: the list, and a page for each.

use super::Page;
use crate::model::IndicatorEntry;
use crate::site::article::{Article, Block, Cell, Section, Table, rules_section};
use crate::site::cx::{Cx, counted};
use crate::site::frame::Menu;
use crate::site::links;
use std::collections::BTreeMap;

/// The list and the pages.
pub(super) fn pages(cx: &Cx) -> Vec<Page> {
    let entry = |(i, indicator): (usize, &IndicatorEntry)| {
        let path = format!("{}index.html", links::indicator(&indicator.key));
        Page::html(path.clone(), move |cx| make(cx, &path, &cx.catalog.indicators[i]))
    };
    let mut pages: Vec<_> = cx.catalog.indicators.iter().enumerate().map(entry).collect();
    pages.push(Page::html("indicators/index.html", list));
    pages
}

/// An indicator without its field: `contains -computername`.
pub(super) fn words(indicator: &IndicatorEntry) -> String {
    let not = if indicator.negated { "not " } else { "" };
    let value =
        if indicator.value.is_empty() { String::new() } else { format!(" {}", short(&indicator.value)) };
    format!("{not}{}{value}", indicator.kind.name())
}

/// A value cut to a length that fits a line.
fn short(value: &str) -> String {
    match value.char_indices().nth(120) {
        Some((at, _)) => format!("{}…", &value[..at]),
        None => value.to_owned(),
    }
}

fn make(cx: &Cx, path: &str, indicator: &IndicatorEntry) -> Article {
    let title = format!("{} {}", indicator.field, words(indicator));
    let mut page = Article::new(cx.frame(path, &title, Menu::Indicators), &title)
        .below(&[("Detection rules", ""), ("Indicators", "indicators/")]);
    page.code = true;
    let field = Cell::code(&indicator.field);
    let field = match cx.field(&indicator.field) {
        Some(entry) => field.to(links::field(&entry.key)),
        None => field,
    };
    page.lede = vec![Block::Text(format!("{} look for it.", counted(indicator.rules.len(), "rule")))];
    page.facts = vec![
        ("Field", vec![field]),
        ("Kind", vec![Cell::text(indicator.kind.name())]),
        ("Negated", if indicator.negated { vec![Cell::text("yes")] } else { Vec::new() }),
        ("Value", if indicator.value.is_empty() { Vec::new() } else { vec![Cell::code(&indicator.value)] }),
        ("Letter case", vec![Cell::text(if indicator.case { "counts" } else { "does not count" })]),
    ];
    page.sections =
        vec![rules_section(cx, &indicator.rules, "Rules that look for it"), others(cx, indicator)];
    page
}

/// Other shared indicators of the same field that the same rules look for.
fn others(cx: &Cx, indicator: &IndicatorEntry) -> Section {
    let mut counts: BTreeMap<&str, (usize, String)> = BTreeMap::new();
    for rule in cx.rules(&indicator.rules).take(500) {
        for other in &rule.indicators {
            for value in &other.values {
                let Some(key) = value.key.as_deref().filter(|key| *key != indicator.key) else { continue };
                let words = || {
                    let not = if other.negated { "not " } else { "" };
                    format!("{} {not}{} {}", other.field, value.kind.name(), short(&value.value))
                };
                counts.entry(key).or_insert_with(|| (0, words())).0 += 1;
            }
        }
    }
    let mut list: Vec<_> = counts.into_iter().filter(|(_, (n, _))| *n > 1).collect();
    list.sort_by(|a, b| b.1.0.cmp(&a.1.0).then_with(|| a.0.cmp(b.0)));
    let rows: Vec<_> = list
        .into_iter()
        .take(20)
        .map(|(key, (n, words))| vec![Cell::code(words).to(links::indicator(key)), Cell::number(n)])
        .collect();
    let table = Table {
        caption: "What these rules look for as well".to_owned(),
        head: vec![("Indicator", false), ("Rules", true)],
        rows,
    };
    let blocks = if table.rows.is_empty() { Vec::new() } else { vec![Block::Table(table)] };
    Section::new("together", "Together with", blocks)
}

fn list(cx: &Cx) -> Article {
    let mut by_field: BTreeMap<&str, Vec<&IndicatorEntry>> = BTreeMap::new();
    for indicator in &cx.catalog.indicators {
        by_field.entry(&indicator.field).or_default().push(indicator);
    }
    let mut fields: Vec<_> = by_field.into_iter().collect();
    fields.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.0.cmp(b.0)));
    let rows = fields
        .iter()
        .flat_map(|(field, list)| {
            let mut list = list.clone();
            list.sort_by(|a, b| b.rules.len().cmp(&a.rules.len()).then_with(|| a.key.cmp(&b.key)));
            list.into_iter().map(|i| {
                vec![
                    Cell::code(*field),
                    Cell::code(words(i)).to(links::indicator(&i.key)),
                    Cell::number(i.rules.len()),
                ]
            })
        })
        .collect();
    let frame = cx.frame("indicators/index.html", "Indicators", Menu::Indicators);
    let mut page = Article::new(frame, "Indicators").below(&[("Detection rules", "")]);
    page.lede = vec![Block::Text(format!(
        "{} that two or more rules look for: a field, a way to compare, a value. Fields with most of them come first.",
        counted(cx.catalog.indicators.len(), "thing")
    ))];
    page.sections = vec![Section::new(
        "all",
        "All shared indicators",
        vec![Block::Table(Table {
            caption: "Shared indicators".to_owned(),
            head: vec![("Field", false), ("Looks for", false), ("Rules", true)],
            rows,
        })],
    )];
    page
}
