//! Macros: the list, and a page for each.

use super::Page;
use super::stories::{listing, prose};
use crate::model::MacroEntry;
use crate::site::article::{Article, Block, Cell, Section, rules_section};
use crate::site::cx::Cx;
use crate::site::frame::Menu;
use crate::site::links;

/// The list and the pages.
pub(super) fn pages(cx: &Cx) -> Vec<Page> {
    let entry = |(i, one): (usize, &MacroEntry)| {
        let path = format!("{}index.html", links::macro_page(&one.key));
        Page::html(path.clone(), move |cx| make(cx, &path, &cx.catalog.macros[i]))
    };
    let mut pages: Vec<_> = cx.catalog.macros.iter().enumerate().map(entry).collect();
    pages.push(Page::html("macros/index.html", list));
    pages
}

fn make(cx: &Cx, path: &str, one: &MacroEntry) -> Article {
    let frame = cx.frame(path, &one.name, Menu::Browse).with_description(&one.description);
    let mut page = Article::new(frame, &one.name).below(&[("Detection rules", ""), ("Macros", "macros/")]);
    page.code = true;
    page.lede = prose(&one.description);
    page.facts = vec![("Arguments", one.arguments.iter().map(Cell::code).collect())];
    page.sections = vec![
        Section::new("definition", "Definition", vec![Block::Code(one.definition.clone())]),
        rules_section(cx, &one.rules, "Rules that use the macro, also through others"),
    ];
    page
}

fn list(cx: &Cx) -> Article {
    let cells = cx
        .catalog
        .macros
        .iter()
        .map(|m| Cell::code(&m.name).to(links::macro_page(&m.key)).more(m.rules.len().to_string()))
        .collect();
    listing(
        cx,
        "macros/index.html",
        "Macros",
        "Pieces of searches that rules share, each with the number of rules.",
        cells,
    )
}
