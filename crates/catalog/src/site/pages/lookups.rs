//! Lookups: the list, and a page for each.

use super::Page;
use super::stories::{listing, prose};
use crate::model::LookupEntry;
use crate::site::article::{Article, Cell, rules_section};
use crate::site::cx::Cx;
use crate::site::frame::Menu;
use crate::site::links;

/// The list and the pages.
pub(super) fn pages(cx: &Cx) -> Vec<Page> {
    let entry = |(i, lookup): (usize, &LookupEntry)| {
        let path = format!("{}index.html", links::lookup(&lookup.key));
        Page::html(path.clone(), move |cx| make(cx, &path, &cx.catalog.lookups[i]))
    };
    let mut pages: Vec<_> = cx.catalog.lookups.iter().enumerate().map(entry).collect();
    pages.push(Page::html("lookups/index.html", list));
    pages
}

fn make(cx: &Cx, path: &str, lookup: &LookupEntry) -> Article {
    let frame = cx.frame(path, &lookup.name, Menu::Browse).with_description(&lookup.description);
    let mut page =
        Article::new(frame, &lookup.name).below(&[("Detection rules", ""), ("Lookups", "lookups/")]);
    page.code = true;
    page.lede = prose(&lookup.description);
    page.facts = vec![("Kind", vec![Cell::text(&lookup.kind)])];
    page.sections = vec![rules_section(cx, &lookup.rules, "Rules that use the lookup")];
    page
}

fn list(cx: &Cx) -> Article {
    let cells = cx
        .catalog
        .lookups
        .iter()
        .map(|l| Cell::code(&l.name).to(links::lookup(&l.key)).more(l.rules.len().to_string()))
        .collect();
    listing(
        cx,
        "lookups/index.html",
        "Lookups",
        "Tables that rules look things up in, each with the number of rules.",
        cells,
    )
}
