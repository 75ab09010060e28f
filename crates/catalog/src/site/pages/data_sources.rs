//! Data sources: the list, and a page for each.

use super::Page;
use super::fields::links_block;
use super::stories::{listing, prose};
use crate::model::DataSourceEntry;
use crate::site::article::{Article, Cell, Section, rules_section};
use crate::site::cx::Cx;
use crate::site::frame::Menu;
use crate::site::links;

/// The list and the pages.
pub(super) fn pages(cx: &Cx) -> Vec<Page> {
    let entry = |(i, source): (usize, &DataSourceEntry)| {
        let path = format!("{}index.html", links::data_source(&source.key));
        Page::html(path.clone(), move |cx| make(cx, &path, &cx.catalog.data_sources[i]))
    };
    let mut pages: Vec<_> = cx.catalog.data_sources.iter().enumerate().map(entry).collect();
    pages.push(Page::html("data-sources/index.html", list));
    pages
}

fn make(cx: &Cx, path: &str, source: &DataSourceEntry) -> Article {
    let frame = cx.frame(path, &source.name, Menu::Browse).with_description(&source.description);
    let mut page = Article::new(frame, &source.name)
        .below(&[("Detection rules", ""), ("Data sources", "data-sources/")]);
    page.lede = prose(&source.description);
    page.facts = vec![
        ("Source", source.source.iter().map(Cell::code).collect()),
        ("Source type", source.sourcetype.iter().map(Cell::code).collect()),
    ];
    let events = source
        .events
        .iter()
        .filter_map(|key| cx.event(key))
        .map(|e| Cell::text(format!("{} {}", e.provider, e.id)).to(links::event(&e.key)).more(&e.title))
        .collect();
    page.sections = vec![
        Section::new("events", "Events", links_block(events)),
        rules_section(cx, &source.rules, "Rules that name the data source"),
    ];
    page
}

fn list(cx: &Cx) -> Article {
    let cells = cx
        .catalog
        .data_sources
        .iter()
        .map(|d| Cell::text(&d.name).to(links::data_source(&d.key)).more(d.rules.len().to_string()))
        .collect();
    listing(cx, "data-sources/index.html", "Data sources", "Where events come from, as rules name it.", cells)
}
