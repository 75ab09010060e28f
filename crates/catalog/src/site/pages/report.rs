//! The page about the corpora: what is odd in them.

use super::Page;
use super::fields::links_block;
use crate::model::{Pair, RuleNote};
use crate::site::article::{Article, Block, Cell, Section, Table, rule_cell};
use crate::site::cx::Cx;
use crate::site::frame::Menu;
use crate::site::links;

/// The page.
pub(super) fn pages(_: &Cx) -> Vec<Page> {
    vec![Page::html("report/index.html", make)]
}

fn make(cx: &Cx) -> Article {
    let r = &cx.catalog.report;
    let mut page =
        Article::new(cx.frame("report/index.html", "Corpus report", Menu::Report), "Corpus report")
            .below(&[("Detection rules", "")]);
    page.lede = vec![Block::Text(
        "What is odd in the rules: those that say the same, those that can never fire or can't run, and what no rule looks for.".to_owned(),
    )];
    let section = |id, title: &str, n: usize, blocks| Section::new(id, format!("{title} ({n})"), blocks);
    page.sections = vec![
        Section::new("corpora", "Corpora", corpora(cx)),
        section(
            "duplicates",
            "Duplicates",
            r.duplicates.len(),
            pairs(cx, &r.duplicates, "Rules that are the same search, but for the macros that tune them"),
        ),
        section(
            "near-duplicates",
            "Near duplicates",
            r.near_duplicates.len(),
            pairs(
                cx,
                &r.near_duplicates,
                "Rules that look for the same and do other things with it, or share most of what they look for",
            ),
        ),
        section(
            "never",
            "Can never fire",
            r.never.len(),
            notes(cx, &r.never, "Rules whose predicates contradict each other", "Why"),
        ),
        section(
            "cannot-run",
            "Can't run",
            r.cannot_run.len(),
            notes(cx, &r.cannot_run, "Rules that grotto can't run", "Why"),
        ),
        section(
            "disagreements",
            "Search and data source disagree",
            r.disagreements.len(),
            notes(cx, &r.disagreements, "Rules that read other events than they say", "How"),
        ),
        section("fields", "Fields that no event has", r.fields_without_event.len(), fields(cx)),
        section("shared", "The most shared indicators", r.most_shared.len(), shared(cx)),
        section("uncovered", "Techniques with no rule", r.uncovered.len(), uncovered(cx)),
    ];
    page
}

fn table(caption: &str, head: Vec<(&'static str, bool)>, rows: Vec<Vec<Cell>>) -> Vec<Block> {
    if rows.is_empty() {
        return Vec::new();
    }
    vec![Block::Table(Table { caption: caption.to_owned(), head, rows })]
}

fn corpora(cx: &Cx) -> Vec<Block> {
    let rows = cx.catalog.corpora.iter().map(|c| {
        vec![
            Cell::text(&c.name).to(super::sections::href(cx, c)),
            Cell::text(&c.section).to(links::section(&c.section)),
            Cell::number(c.rules as usize),
            Cell::number(c.running as usize),
            Cell::number(c.proven as usize),
            Cell::text(c.licence.as_deref().unwrap_or("not said")),
        ]
    });
    let head = vec![
        ("Corpus", false),
        ("Section", false),
        ("Rules", true),
        ("Run", true),
        ("Fire", true),
        ("Licence", false),
    ];
    table("Where the rules come from", head, rows.collect())
}

fn pairs(cx: &Cx, pairs: &[Pair], caption: &str) -> Vec<Block> {
    let row = |pair: &Pair| {
        let (first, second) = (cx.rule(&pair.first)?, cx.rule(&pair.second)?);
        let likeness = Cell { number: true, ..Cell::text(format!("{} %", pair.score / 10)) };
        Some(vec![rule_cell(first), rule_cell(second), likeness])
    };
    table(
        caption,
        vec![("Rule", false), ("Like", false), ("Likeness", true)],
        pairs.iter().filter_map(row).collect(),
    )
}

fn notes(cx: &Cx, notes: &[RuleNote], caption: &str, why: &'static str) -> Vec<Block> {
    let row = |note: &RuleNote| Some(vec![rule_cell(cx.rule(&note.rule)?), Cell::text(&note.note)]);
    table(caption, vec![("Rule", false), (why, false)], notes.iter().filter_map(row).collect())
}

fn fields(cx: &Cx) -> Vec<Block> {
    let row = |(name, rules): &(String, Vec<crate::model::RuleId>)| {
        let field = Cell::code(name);
        let field = match cx.field(name) {
            Some(entry) => field.to(links::field(&entry.key)),
            None => field,
        };
        let first = cx.rule(rules.first()?).map_or_else(|| Cell::text(""), rule_cell);
        Some(vec![field, Cell::number(rules.len()), first])
    };
    let rows = cx.catalog.report.fields_without_event.iter().filter_map(row).collect();
    table(
        "Fields that rules read and that none of their events has",
        vec![("Field", false), ("Rules", true), ("Such as", false)],
        rows,
    )
}

fn shared(cx: &Cx) -> Vec<Block> {
    let row = |key: &String| {
        let indicator = cx.indicator(key)?;
        Some(vec![
            Cell::code(&indicator.field),
            Cell::code(super::indicators::words(indicator)).to(links::indicator(key)),
            Cell::number(indicator.rules.len()),
        ])
    };
    let rows = cx.catalog.report.most_shared.iter().filter_map(row).collect();
    table("What most rules look for", vec![("Field", false), ("Looks for", false), ("Rules", true)], rows)
}

fn uncovered(cx: &Cx) -> Vec<Block> {
    let cell = |id: &String| {
        let technique = cx.technique(id)?;
        Some(Cell::text(format!("{id} {}", technique.full_name)).to(links::technique(id)))
    };
    links_block(cx.catalog.report.uncovered.iter().filter_map(cell).collect())
}
