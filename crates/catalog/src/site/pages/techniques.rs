//! A page for each technique that a rule is tagged with.

use super::Page;
use super::fields::links_block;
use crate::model::TechniqueEntry;
use crate::site::article::{Article, Block, Cell, Section, rules_section};
use crate::site::cx::{Cx, counted, proof};
use crate::site::frame::Menu;
use crate::site::links;

/// The pages.
pub(super) fn pages(cx: &Cx) -> Vec<Page> {
    let entry = |(i, technique): (usize, &TechniqueEntry)| {
        let path = format!("{}index.html", links::technique(&technique.id));
        Page::html(path.clone(), move |cx| make(cx, &path, &cx.catalog.techniques[i]))
    };
    cx.catalog.techniques.iter().enumerate().map(entry).collect()
}

fn make(cx: &Cx, path: &str, technique: &TechniqueEntry) -> Article {
    let name = if technique.full_name.is_empty() { "Unknown technique" } else { &technique.full_name };
    let mut page = Article::new(cx.frame(path, &format!("{} {name}", technique.id), Menu::Attack), name)
        .below(&[("Detection rules", ""), ("ATT&CK", "attack/")]);
    page.badges = vec![("", technique.id.clone())];
    if technique.state != "current" {
        page.badges.push(("poor", format!("{} in ATT&CK {}", technique.state, cx.catalog.versions.attack)));
    }
    let n = technique.rules.len();
    page.lede = vec![Block::Text(if n == 0 {
        "No rule is tagged with it.".to_owned()
    } else {
        let are = if n == 1 { "is" } else { "are" };
        let proof = proof(n, technique.running as usize, technique.proven as usize);
        format!("{} {are} tagged with it, {proof}.", counted(n, "rule"))
    })];
    let tactics = technique
        .tactics
        .iter()
        .filter_map(|id| cx.catalog.tactics.iter().find(|t| &t.id == id))
        .map(|t| Cell::text(&t.name).to(links::tactic(&t.key)))
        .collect();
    let address = format!("https://attack.mitre.org/techniques/{}/", technique.id.replace('.', "/"));
    let known = if technique.state == "unknown" {
        Vec::new()
    } else {
        vec![Cell::text("attack.mitre.org").to(address)]
    };
    page.facts = vec![("Id", vec![Cell::text(&technique.id)]), ("Tactics", tactics), ("ATT&CK", known)];
    page.sections = vec![
        rules_section(cx, &technique.rules, "Rules that are tagged with the technique"),
        Section::new("family", "Technique and sub-techniques", links_block(family(cx, technique))),
    ];
    page
}

/// The technique that a sub-technique belongs to, and all sub-techniques of it.
fn family(cx: &Cx, technique: &TechniqueEntry) -> Vec<Cell> {
    let parent = technique.id.split('.').next().unwrap_or(&technique.id);
    let of_family =
        |id: &str| id == parent || id.strip_prefix(parent).is_some_and(|rest| rest.starts_with('.'));
    let cells: Vec<_> = cx
        .catalog
        .techniques
        .iter()
        .filter(|t| of_family(&t.id) && t.id != technique.id)
        .map(|t| {
            Cell::text(format!("{} {}", t.id, t.name))
                .to(links::technique(&t.id))
                .more(t.rules.len().to_string())
        })
        .collect();
    cells
}
