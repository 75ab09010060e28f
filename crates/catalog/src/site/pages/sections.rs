//! The sections of the catalogue, and the corpora in them: each a page that lists its rules.
//!
//! A section is what rules of one language are; a corpus that is called as its section and alone in it has no other page.

use super::Page;
use crate::model::{Corpus, RuleId};
use crate::site::article::{Article, Block, Cell, Section, Table, rules_section};
use crate::site::cx::{Cx, counted, proof, thousands};
use crate::site::frame::Menu;
use crate::site::links;

/// The pages.
pub(super) fn pages(cx: &Cx) -> Vec<Page> {
    let corpora = &cx.catalog.corpora;
    let mut pages = Vec::new();
    for (i, corpus) in corpora.iter().enumerate() {
        if corpora[..i].iter().all(|earlier| earlier.section != corpus.section) {
            let name = corpus.section.clone();
            let path = format!("{}index.html", links::section(&name));
            pages.push(Page::html(path.clone(), move |cx| section(cx, &path, &name)));
        }
        if !is_section(cx, corpus) {
            let path = format!("{}index.html", links::corpus(&corpus.key));
            pages.push(Page::html(path.clone(), move |cx| one(cx, &path, &cx.catalog.corpora[i])));
        }
    }
    pages
}

/// The addresses of all of them.
pub(super) fn addresses(cx: &Cx) -> Vec<String> {
    let of = |corpus: &Corpus| [links::section(&corpus.section), href(cx, corpus)];
    let all: std::collections::BTreeSet<String> = cx.catalog.corpora.iter().flat_map(of).collect();
    all.into_iter().collect()
}

/// The corpora of a section.
fn of_section<'a>(cx: &'a Cx, name: &str) -> impl Iterator<Item = &'a Corpus> {
    let name = name.to_owned();
    cx.catalog.corpora.iter().filter(move |corpus| corpus.section == name)
}

/// Whether a corpus is all that its section is.
fn is_section(cx: &Cx, corpus: &Corpus) -> bool {
    corpus.name == corpus.section && of_section(cx, &corpus.section).count() == 1
}

/// The page of a corpus, which is that of its section where there is no other in it.
pub(super) fn href(cx: &Cx, corpus: &Corpus) -> String {
    if is_section(cx, corpus) { links::section(&corpus.section) } else { links::corpus(&corpus.key) }
}

/// The way to what is in a corpus: names and addresses, from the top.
pub(in crate::site) fn way(cx: &Cx, section: &str, corpus: &str) -> Vec<(String, String)> {
    let mut way = vec![("Detection rules".to_owned(), String::new())];
    way.push((section.to_owned(), links::section(section)));
    let found = of_section(cx, section).find(|one| one.name == corpus);
    if let Some(found) = found.filter(|found| !is_section(cx, found)) {
        way.push((found.name.clone(), links::corpus(&found.key)));
    }
    way
}

fn section(cx: &Cx, path: &str, name: &str) -> Article {
    let corpora: Vec<&Corpus> = of_section(cx, name).collect();
    let frame = cx.frame(path, name, Menu::Rules);
    let mut page = Article::new(frame, name).below(&[("Detection rules", "")]);
    let sum = |of: fn(&Corpus) -> u32| corpora.iter().map(|corpus| of(corpus) as usize).sum::<usize>();
    page.lede = vec![Block::Text(says(sum(|c| c.rules), sum(|c| c.running), sum(|c| c.proven)))];
    if let [only] = corpora.as_slice()
        && is_section(cx, only)
    {
        page.facts = facts(only);
    } else {
        let row = |corpus: &&Corpus| {
            vec![
                Cell::text(&corpus.name).to(href(cx, corpus)),
                Cell::number(corpus.rules as usize),
                Cell::number(corpus.running as usize),
                Cell::number(corpus.proven as usize),
                Cell::text(corpus.licence.as_deref().unwrap_or("unknown")),
            ]
        };
        let head =
            vec![("Corpus", false), ("Rules", true), ("Run", true), ("Fire", true), ("Licence", false)];
        let table = Table {
            caption: "Where the rules come from".to_owned(),
            head,
            rows: corpora.iter().map(row).collect(),
        };
        page.sections.push(Section::new("corpora", "Corpora", vec![Block::Table(table)]));
    }
    let in_section = cx.catalog.rules.iter().filter(|rule| rule.section == name);
    let ids: Vec<RuleId> = in_section.map(|rule| rule.id.clone()).collect();
    page.sections.push(rules_section(cx, &ids, "Rules of the section"));
    page
}

fn one(cx: &Cx, path: &str, corpus: &Corpus) -> Article {
    let mut page = Article::new(cx.frame(path, &corpus.name, Menu::Rules), &corpus.name)
        .below(&[("Detection rules", ""), (&corpus.section, &links::section(&corpus.section))]);
    page.lede =
        vec![Block::Text(says(corpus.rules as usize, corpus.running as usize, corpus.proven as usize))];
    page.facts = facts(corpus);
    let of_corpus = cx.catalog.rules.iter().filter(|rule| rule.corpus == corpus.name);
    let ids: Vec<RuleId> = of_corpus.map(|rule| rule.id.clone()).collect();
    page.sections.push(rules_section(cx, &ids, "Rules of the corpus"));
    page
}

/// How many rules there are, run and fire, in a sentence.
fn says(rules: usize, running: usize, proven: usize) -> String {
    format!("{}, {}.", counted(rules, "rule"), proof(rules, running, proven))
}

fn facts(corpus: &Corpus) -> Vec<(&'static str, Vec<Cell>)> {
    let licence = corpus.licence.iter().map(Cell::text).collect();
    vec![
        ("Section", vec![Cell::text(&corpus.section)]),
        ("Rules", vec![Cell::text(thousands(corpus.rules as usize))]),
        ("Run", vec![Cell::text(thousands(corpus.running as usize))]),
        ("Fire", vec![Cell::text(thousands(corpus.proven as usize))]),
        ("Licence", licence),
    ]
}
