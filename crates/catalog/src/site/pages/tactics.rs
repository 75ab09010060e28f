//! A page for each tactic.

use super::Page;
use crate::model::TacticEntry;
use crate::site::article::{Article, Block, Cell, Section, Table, rules_section};
use crate::site::cx::{Cx, counted};
use crate::site::frame::Menu;
use crate::site::links;

/// The pages.
pub(super) fn pages(cx: &Cx) -> Vec<Page> {
    let entry = |(i, tactic): (usize, &TacticEntry)| {
        let path = format!("{}index.html", links::tactic(&tactic.key));
        Page::html(path.clone(), move |cx| make(cx, &path, &cx.catalog.tactics[i]))
    };
    cx.catalog.tactics.iter().enumerate().map(entry).collect()
}

fn make(cx: &Cx, path: &str, tactic: &TacticEntry) -> Article {
    let mut page = Article::new(cx.frame(path, &tactic.name, Menu::Attack), &tactic.name)
        .below(&[("Detection rules", ""), ("ATT&CK", "attack/")]);
    page.badges = vec![("", tactic.id.clone())];
    let techniques: Vec<_> = tactic.techniques.iter().filter_map(|id| cx.technique(id)).collect();
    let covered = techniques.iter().filter(|t| !t.rules.is_empty()).count();
    page.lede = vec![Block::Text(format!(
        "{} with {}; {covered} of its {} techniques and sub-techniques have a rule.",
        "A tactic of ATT&CK",
        counted(tactic.rules.len(), "rule"),
        techniques.len()
    ))];
    let rows = techniques
        .iter()
        .filter(|t| !t.rules.is_empty())
        .map(|t| {
            vec![
                Cell::text(format!("{} {}", t.id, t.full_name)).to(links::technique(&t.id)),
                Cell::number(t.rules.len()),
                Cell::number(t.running as usize),
                Cell::number(t.proven as usize),
            ]
        })
        .collect::<Vec<_>>();
    let table = Table {
        caption: "Techniques with rules".to_owned(),
        head: vec![("Technique", false), ("Tagged", true), ("Runnable", true), ("Proven", true)],
        rows,
    };
    let blocks = if table.rows.is_empty() { Vec::new() } else { vec![Block::Table(table)] };
    page.sections = vec![
        Section::new("techniques", "Techniques", blocks),
        rules_section(cx, &tactic.rules, "Rules with a technique of the tactic"),
    ];
    page
}
