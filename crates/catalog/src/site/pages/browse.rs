//! The page that leads to the lists of all that rules share.

use super::Page;
use crate::site::article::{Article, Block, Cell};
use crate::site::cx::Cx;
use crate::site::frame::Menu;

/// The page.
pub(super) fn pages(_: &Cx) -> Vec<Page> {
    vec![Page::html("browse/index.html", make)]
}

fn make(cx: &Cx) -> Article {
    let c = &cx.catalog;
    let lists = [
        (
            "Tactics and techniques",
            "attack/",
            c.techniques.iter().filter(|t| !t.rules.is_empty()).count(),
            "that a rule is tagged with",
        ),
        ("Events", "events/", c.events.len(), "that rules read"),
        ("Indicators", "indicators/", c.indicators.len(), "that two or more rules look for"),
        ("Fields", "fields/", c.fields.len(), "that rules read"),
        ("Stories", "stories/", c.stories.len(), "that rules belong to"),
        ("Data sources", "data-sources/", c.data_sources.len(), "that rules name"),
        ("Macros", "macros/", c.macros.len(), "that rules use"),
        ("Lookups", "lookups/", c.lookups.len(), "that rules use"),
        ("Commands", "language/", c.commands.len(), "that rules use"),
    ];
    let rows = lists
        .into_iter()
        .map(|(name, href, n, what)| vec![Cell::text(name).to(href), Cell::number(n), Cell::text(what)])
        .collect();
    let frame = cx.frame("browse/index.html", "Browse", Menu::Browse);
    let mut page = Article::new(frame, "Browse").below(&[("Detection rules", "")]);
    page.lede = vec![Block::Text("Each of these has a page that lists the rules behind it.".to_owned())];
    page.sections = vec![crate::site::article::Section::new(
        "lists",
        "Lists",
        vec![Block::Table(crate::site::article::Table {
            caption: "What rules share".to_owned(),
            head: vec![("List", false), ("Entries", true), ("What it holds", false)],
            rows,
        })],
    )];
    page
}
