//! Fields that rules read: the list, and a page for each.

use super::Page;
use crate::model::FieldEntry;
use crate::site::article::{Article, Block, Cell, Section, rules_section};
use crate::site::cx::{Cx, counted};
use crate::site::frame::Menu;
use crate::site::links;

/// The list and the pages.
pub(super) fn pages(cx: &Cx) -> Vec<Page> {
    let entry = |(i, field): (usize, &FieldEntry)| {
        let path = format!("{}index.html", links::field(&field.key));
        Page::html(path.clone(), move |cx| make(cx, &path, &cx.catalog.fields[i]))
    };
    let mut pages: Vec<_> = cx.catalog.fields.iter().enumerate().map(entry).collect();
    pages.push(Page::html("fields/index.html", list));
    pages
}

fn make(cx: &Cx, path: &str, field: &FieldEntry) -> Article {
    let mut page = Article::new(cx.frame(path, &field.name, Menu::Browse), &field.name)
        .below(&[("Detection rules", ""), ("Fields", "fields/")]);
    page.code = true;
    let events: Vec<_> = field
        .events
        .iter()
        .filter_map(|key| cx.event(key))
        .map(|event| {
            Cell::text(format!("{} {}", event.provider, event.id))
                .to(links::event(&event.key))
                .more(&event.title)
        })
        .collect();
    let shared: Vec<_> = cx
        .catalog
        .indicators
        .iter()
        .filter(|indicator| indicator.field == field.name)
        .map(|indicator| {
            Cell::code(super::indicators::words(indicator))
                .to(links::indicator(&indicator.key))
                .more(indicator.rules.len().to_string())
        })
        .collect();
    page.lede = vec![Block::Text(format!("A field that {} from events.", read_by(field.rules.len())))];
    page.sections = vec![
        Section::new("events", "Events that have it", links_block(events)),
        Section::new("indicators", "Values that rules share", links_block(shared)),
        rules_section(cx, &field.rules, "Rules that read the field"),
    ];
    page
}

fn read_by(n: usize) -> String {
    format!("{} {}", counted(n, "rule"), if n == 1 { "reads" } else { "read" })
}

/// Links in columns; nothing when there are none.
pub(in crate::site) fn links_block(cells: Vec<Cell>) -> Vec<Block> {
    if cells.is_empty() { Vec::new() } else { vec![Block::Links(cells)] }
}

fn list(cx: &Cx) -> Article {
    let mut entries: Vec<_> = cx.catalog.fields.iter().collect();
    entries
        .sort_by(|a, b| a.name.to_lowercase().cmp(&b.name.to_lowercase()).then_with(|| a.name.cmp(&b.name)));
    let cells = entries
        .into_iter()
        .map(|f| Cell::code(&f.name).to(links::field(&f.key)).more(f.rules.len().to_string()))
        .collect();
    super::stories::listing(
        cx,
        "fields/index.html",
        "Fields",
        "Fields that rules read from events, each with the number of rules.",
        cells,
    )
}
