//! The page that tells how two catalogues differ.

use super::article::{Article, Block, Cell, Section, Table};
use super::cx::{Cx, counted, thousands};
use super::frame::Menu;
use super::links;
use crate::diff::{Change, Difference, Named};

/// The page: a site of its own with nothing else in it.
pub(super) fn page(cx: &Cx, difference: &Difference, old: &str, new: &str) -> Article {
    let title = format!("What changed from {old} to {new}");
    let mut frame = cx.frame("index.html", &title, Menu::None);
    frame.alone = true;
    let mut page = Article::new(frame, title);
    page.lede = vec![Block::Text(format!(
        "{} added, {} removed, {} changed, {} the same.",
        counted(difference.added.len(), "rule"),
        thousands(difference.removed.len()),
        thousands(difference.changed.len()),
        thousands(difference.same)
    ))];
    page.sections = vec![
        Section::new("added", titled("Added", difference.added.len()), list(cx, &difference.added)),
        Section::new("removed", titled("Removed", difference.removed.len()), list(cx, &difference.removed)),
        Section::new(
            "changed",
            titled("Changed", difference.changed.len()),
            changes(cx, &difference.changed),
        ),
        Section::new("searches", "Changed searches", difference.changed.iter().flat_map(search).collect()),
    ];
    page
}

/// The title of a section with so many rules.
fn titled(name: &str, n: usize) -> String {
    format!("{name} ({})", thousands(n))
}

/// A rule, with a link when the address of the catalogue is known.
fn rule(cx: &Cx, id: &str, name: &str) -> Cell {
    let cell = Cell::text(name);
    match cx.rule(id).and_then(|rule| cx.absolute(&links::rule(rule))) {
        Some(url) => cell.to(url),
        None => cell,
    }
}

fn list(cx: &Cx, rules: &[Named]) -> Vec<Block> {
    super::pages::links_block(rules.iter().map(|one| rule(cx, &one.id, &one.name)).collect())
}

fn changes(cx: &Cx, changes: &[Change]) -> Vec<Block> {
    let row = |change: &Change| {
        let parts: Vec<_> = change
            .parts
            .iter()
            .map(|part| match (part.old.as_str(), part.new.as_str()) {
                ("", "") => part.name.to_owned(),
                (old, new) => format!("{} {} → {}", part.name, or_none(old), or_none(new)),
            })
            .collect();
        vec![rule(cx, &change.id, &change.name), Cell::text(parts.join("; "))]
    };
    let rows: Vec<_> = changes.iter().map(row).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let head = vec![("Rule", false), ("What changed", false)];
    vec![Block::Table(Table { caption: "Rules that changed".to_owned(), head, rows })]
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

fn search(change: &Change) -> Vec<Block> {
    if change.search.is_empty() {
        return Vec::new();
    }
    let lines = change.search.iter().map(|(mark, line)| (mark.sign(), line.clone())).collect();
    vec![Block::Title(change.name.clone()), Block::Lines(lines)]
}
