//! What grotto knows of SPL: the support matrix, and a page for each command, function and aggregation.

use super::Page;
use crate::model::{CommandEntry, RuleId};
use crate::site::article::{Article, Block, Cell, Section, Table, rules_section};
use crate::site::cx::Cx;
use crate::site::frame::Menu;
use crate::site::links;
use grotto_engine::reference::{Entry, Kind, Page as Reference, Shown, Support, entries};

/// The folder of a kind, and its name for many.
fn folder(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Command => ("commands", "Commands"),
        Kind::Function => ("functions", "Eval functions"),
        Kind::Aggregation => ("aggregations", "Aggregations"),
    }
}

/// The address of an entry.
fn href(kind: Kind, name: &str) -> String {
    format!("language/{}/{}/", folder(kind).0, links::segment(name))
}

/// The matrix and the pages. Commands that rules use and that nobody knows have a page too.
pub(super) fn pages(cx: &Cx) -> Vec<Page> {
    let all = entries();
    let unknown = |command: &&CommandEntry| {
        !all.iter().any(|e| {
            e.kind == Kind::Command && (e.name == command.name || e.aliases.contains(&command.name.as_str()))
        })
    };
    let mut pages: Vec<_> = cx
        .catalog
        .commands
        .iter()
        .filter(unknown)
        .map(|command| {
            let (path, name) = (format!("{}index.html", links::command(&command.name)), command.name.clone());
            Page::html(path.clone(), move |cx| unknown_command(cx, &path, &name))
        })
        .collect();
    for entry in all {
        // An alias that rules use leads to a page of its own, as rules name it.
        let used = |alias: &&&'static str| cx.catalog.commands.iter().any(|c| c.name == ***alias);
        let aliases: Vec<_> = if entry.kind == Kind::Command {
            entry.aliases.iter().filter(used).copied().collect()
        } else {
            Vec::new()
        };
        for name in std::iter::once(entry.name).chain(aliases) {
            let (path, entry) = (format!("{}index.html", href(entry.kind, name)), entry.clone());
            pages.push(Page::html(path.clone(), move |cx| make(cx, &path, name, &entry)));
        }
    }
    pages.push(Page::html("language/index.html", matrix));
    pages
}

/// The rules that use a command.
fn users<'a>(cx: &'a Cx, kind: Kind, name: &str) -> &'a [RuleId] {
    let command =
        (kind == Kind::Command).then(|| cx.catalog.commands.iter().find(|c| c.name == name)).flatten();
    command.map_or(&[], |c| &c.rules)
}

fn make(cx: &Cx, path: &str, name: &str, entry: &Entry) -> Article {
    let mut page = Article::new(cx.frame(path, name, Menu::Language), name)
        .below(&[("Detection rules", ""), ("Language", "language/")]);
    page.code = true;
    page.badges = vec![("", entry.kind.name().to_owned())];
    let rules = users(cx, entry.kind, name);
    match &entry.support {
        Support::No(reason) => {
            page.badges.push(("poor", "can't run".to_owned()));
            page.lede = vec![Block::Text(format!("grotto can't run it: {reason}."))];
        }
        Support::Yes(reference) => describe(&mut page, entry, reference),
    }
    if entry.kind == Kind::Command {
        page.sections.push(rules_section(cx, rules, "Rules that use the command"));
    }
    page
}

fn describe(page: &mut Article, entry: &Entry, reference: &Reference) {
    page.badges.push(("good", "runs".to_owned()));
    page.lede = vec![Block::Text(reference.summary.to_owned())];
    let code = |names: &[&str]| names.iter().map(|name| Cell::code(*name)).collect::<Vec<_>>();
    let group = if reference.group.is_empty() { Vec::new() } else { vec![Cell::text(reference.group)] };
    page.facts = vec![
        ("Kind", group),
        ("Also called", code(entry.aliases)),
        ("Options", code(&reference.options)),
        ("Splunk's page", vec![Cell::text("documentation").to(&reference.url)]),
    ];
    let notes =
        |texts: &[&str]| texts.iter().map(|text| Block::Note("fair", (*text).to_owned())).collect::<Vec<_>>();
    page.sections = vec![
        Section::new("syntax", "Syntax", vec![Block::Code(reference.syntax.to_owned())]),
        Section::new("deviations", "Where it differs from Splunk", notes(reference.deviations)),
        Section::new("assumptions", "What it assumes", assumptions(reference.assumptions)),
        Section::new(
            "examples",
            "Examples",
            reference.examples.iter().enumerate().flat_map(example).collect(),
        ),
    ];
}

/// Named assumptions with what they say.
fn assumptions(names: &[&str]) -> Vec<Block> {
    let text = |name: &&str| {
        let says = grotto_engine::assumptions::find(name).map_or("", |assumption| assumption.choice);
        Block::Note("", format!("{name}: {says}"))
    };
    names.iter().map(text).collect()
}

fn example((number, shown): (usize, &Shown)) -> Vec<Block> {
    let mut blocks = vec![Block::Code(shown.spl.to_owned())];
    for (label, json) in [("Sees", shown.input), ("Gives", shown.output)] {
        blocks.extend(rows_of(label, &format!("Example {}: {}", number + 1, label.to_lowercase()), json));
    }
    blocks
}

/// Rows in JSON as a table, which no other of the page has the name of; other JSON as it is.
fn rows_of(label: &str, name: &str, json: &str) -> Option<Block> {
    if json.is_empty() {
        return None;
    }
    let plain = || Some(Block::Text(format!("{label}: {json}")));
    let Ok(value) = serde_json::from_str::<serde_json::Value>(json) else { return plain() };
    let rows: Vec<_> = match &value {
        serde_json::Value::Array(rows) if rows.is_empty() => {
            return Some(Block::Text(format!("{label} no rows.")));
        }
        serde_json::Value::Object(row) => vec![row],
        serde_json::Value::Array(rows) if rows.iter().all(serde_json::Value::is_object) => {
            rows.iter().filter_map(serde_json::Value::as_object).collect()
        }
        _ => return plain(),
    };
    let mut names: Vec<&String> = Vec::new();
    for name in rows.iter().flat_map(|row| row.keys()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        return plain();
    }
    let cell = |value: Option<&serde_json::Value>| match value {
        None | Some(serde_json::Value::Null) => String::new(),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let lines = std::iter::once(names.iter().map(|name| (*name).clone()).collect::<Vec<_>>())
        .chain(rows.iter().map(|row| names.iter().map(|name| cell(row.get(*name))).collect()));
    Some(Block::Grid(label.to_owned(), name.to_owned(), lines.collect()))
}

fn unknown_command(cx: &Cx, path: &str, name: &str) -> Article {
    let mut page = Article::new(cx.frame(path, name, Menu::Language), name)
        .below(&[("Detection rules", ""), ("Language", "language/")]);
    page.code = true;
    page.badges = vec![("", "command".to_owned()), ("poor", "can't run".to_owned())];
    page.lede = vec![Block::Text("grotto does not know the command.".to_owned())];
    page.sections = vec![rules_section(cx, users(cx, Kind::Command, name), "Rules that use the command")];
    page
}

fn matrix(cx: &Cx) -> Article {
    let all = entries();
    let mut page = Article::new(cx.frame("language/index.html", "Language", Menu::Language), "Language")
        .below(&[("Detection rules", "")]);
    let runs = all.iter().filter(|e| matches!(e.support, Support::Yes(_))).count();
    page.lede = vec![Block::Text(format!(
        "What grotto knows of SPL: it runs {runs} of the {} commands, eval functions and aggregations that it knows.",
        all.len()
    ))];
    page.sections =
        [Kind::Command, Kind::Function, Kind::Aggregation].map(|kind| table(cx, &all, kind)).into();
    page
}

fn table(cx: &Cx, all: &[Entry], kind: Kind) -> Section {
    let (id, title) = folder(kind);
    let row = |entry: &Entry| {
        let name = Cell::code(entry.name).to(href(kind, entry.name));
        let (tone, word, text) = match &entry.support {
            Support::Yes(reference) => ("good", "runs", reference.summary),
            Support::No(reason) => ("poor", "can't run", *reason),
        };
        let mut row = vec![name, Cell { tone, ..Cell::text(word) }];
        if kind == Kind::Command {
            row.push(Cell::number(users(cx, kind, entry.name).len()));
        }
        row.push(Cell::sentence(text));
        row
    };
    let rows: Vec<_> = all.iter().filter(|e| e.kind == kind).map(row).collect();
    let mut head = vec![("Name", false), ("Support", false)];
    if kind == Kind::Command {
        head.push(("Rules", true));
    }
    head.push(("What it does, or why it can't run", false));
    let caption = format!("{title} of SPL");
    Section::new(id, format!("{title} ({})", rows.len()), vec![Block::Table(Table { caption, head, rows })])
}
