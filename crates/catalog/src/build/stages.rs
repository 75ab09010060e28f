//! The stages of a search, each with what it reads and gives.

use super::condition;
use crate::model::{FieldsOut, Stage};
use grotto_diag::Span;
use grotto_engine::reference::{self, Kind, Support};
use grotto_lint::flow::{self, Fields};
use grotto_spl::ast::{Aggregate, AggregateArg, Arg, ExprKind, Search, SearchExpr, Stage as Ast};
use grotto_spl::visit::{self, Visit};
use grotto_spl::{Expanded, print, text};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// How deep searches inside searches are shown.
const DEEPEST: usize = 8;

/// Commands whose plain words are fields that they read.
const READS_WORDS: [&str; 23] = [
    "addtotals",
    "bin",
    "bucket",
    "contingency",
    "dedup",
    "eventstats",
    "fillnull",
    "fields",
    "iplocation",
    "makemv",
    "mvcombine",
    "mvexpand",
    "nomv",
    "outputlookup",
    "rare",
    "sort",
    "strcat",
    "table",
    "top",
    "transaction",
    "untable",
    "uniq",
    "xyseries",
];

/// What is known of a command.
struct Known {
    kind: &'static str,
    summary: &'static str,
    unsupported: Option<&'static str>,
}

static COMMANDS: LazyLock<BTreeMap<&'static str, Known>> = LazyLock::new(|| {
    let mut all = BTreeMap::new();
    for entry in reference::entries().into_iter().filter(|entry| entry.kind == Kind::Command) {
        for name in std::iter::once(&entry.name).chain(entry.aliases) {
            let known = match &entry.support {
                Support::Yes(page) => Known { kind: page.group, summary: page.summary, unsupported: None },
                Support::No(reason) => Known { kind: "", summary: "", unsupported: Some(reason) },
            };
            all.insert(*name, known);
        }
    }
    all
});

/// The kind of a command, and why it can't be run.
pub(super) fn command(name: &str) -> (String, Option<String>) {
    match COMMANDS.get(name) {
        Some(known) => (known.kind.to_owned(), known.unsupported.map(str::to_owned)),
        None => (String::new(), Some("grotto does not know it".to_owned())),
    }
}

/// The stages of an expanded search; `written` is the search before.
pub(super) fn of(tree: &Search, expanded: &Expanded, written: &str) -> Vec<Stage> {
    let calls: Vec<Call> = expanded
        .pieces()
        .filter_map(|(place, made, name)| name.map(|_| Call { made, text: place.of(written) }))
        .collect();
    list(tree, &Source { written, expanded, calls }, 0)
}

/// A macro call that was replaced.
struct Call<'a> {
    /// What it became, in the expanded search.
    made: Span,
    text: &'a str,
}

struct Source<'a> {
    written: &'a str,
    expanded: &'a Expanded,
    calls: Vec<Call<'a>>,
}

fn list(search: &Search, source: &Source<'_>, depth: usize) -> Vec<Stage> {
    search.stages.iter().enumerate().map(|(i, stage)| one(i + 1, stage, source, depth)).collect()
}

fn one(number: usize, stage: &Ast, source: &Source<'_>, depth: usize) -> Stage {
    let name = stage.command().unwrap_or_default();
    let known = COMMANDS.get(name.as_str());
    let span = stage.at.0;
    let calls: Vec<&Call<'_>> =
        source.calls.iter().filter(|call| call.made.start < span.end && span.start < call.made.end).collect();
    let whole = calls.iter().any(|call| call.made.start <= span.start && span.end <= call.made.end);
    let written =
        (!calls.is_empty() && !whole).then(|| one_line(source.expanded.origin(span).of(source.written)));
    let inside = if depth < DEEPEST { inner(stage) } else { Vec::new() };
    let (kind, unsupported) = command(&name);
    // What begins a search brings the events.
    let kind = if number == 1 && name == "search" { "generating".to_owned() } else { kind };
    Stage {
        number,
        kind,
        summary: known.map_or_else(String::new, |known| known.summary.to_owned()),
        unsupported,
        written,
        text: one_line(&print::stage(stage)),
        macros: calls.iter().map(|call| one_line(call.text)).collect(),
        reads: reads(stage, &name).into_iter().collect(),
        gives: gives(stage),
        condition: condition::of(stage),
        inside: inside.into_iter().map(|search| list(search, source, depth + 1)).collect(),
        command: name,
    }
}

/// Text with each run of white space as one blank.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The searches right inside a stage.
fn inner(stage: &Ast) -> Vec<&Search> {
    let mut out = Vec::new();
    stage.args.iter().for_each(|arg| of_arg(arg, &mut out));
    out
}

fn of_arg<'s>(arg: &'s Arg, out: &mut Vec<&'s Search>) {
    match arg {
        Arg::Subsearch(search) => out.push(search),
        Arg::Search(expr) | Arg::Where(expr) => of_expression(expr, out),
        Arg::Option { value, .. } => of_arg(value, out),
        Arg::List(list) => list.iter().for_each(|arg| of_arg(arg, out)),
        _ => {}
    }
}

fn of_expression<'s>(expr: &'s SearchExpr, out: &mut Vec<&'s Search>) {
    use grotto_spl::ast::SearchValue::Subsearch;
    match expr {
        SearchExpr::And(terms, _) | SearchExpr::Or(terms, _) => {
            for term in terms {
                of_expression(term, out);
            }
        }
        SearchExpr::Not(term, _) => of_expression(term, out),
        SearchExpr::Compare { value: Subsearch(search), .. } | SearchExpr::Term(Subsearch(search)) => {
            out.push(search);
        }
        _ => {}
    }
}

/// The fields that rows have after the stage.
fn gives(stage: &Ast) -> FieldsOut {
    let whole = flow::after(stage, Fields::Any);
    let all = whole.only().is_some();
    // Of rows without any field: what is there then, the stage has made.
    let made = if all { whole } else { flow::after(stage, Fields::Only(BTreeSet::new(), stage.at.0)) };
    let names = made.only().map(|(names, _)| names.iter().cloned().collect()).unwrap_or_default();
    FieldsOut { all, names }
}

/// The fields that a stage reads. Not those of searches inside it.
fn reads(stage: &Ast, command: &str) -> BTreeSet<String> {
    let mut found = Reads { names: BTreeSet::new(), inside: 0 };
    let flat = Ast { args: stage.args.iter().filter_map(without_searches).collect(), ..stage.clone() };
    visit::stage(&flat, &mut found);
    for arg in &flat.args {
        of_words(arg, command, &mut found.names);
    }
    if command == "lookup" {
        for arg in super::computed::lookup_words(&flat).1 {
            match arg {
                Arg::Word(word) => found.names.insert(text::field(word)),
                Arg::As { name, .. } => found.names.insert(text::field(name)),
                _ => false,
            };
        }
    }
    found.names.retain(|name| !name.is_empty() && !name.contains('*'));
    found.names
}

fn without_searches(arg: &Arg) -> Option<Arg> {
    match arg {
        Arg::Subsearch(_) => None,
        Arg::Option { value, .. } if matches!(**value, Arg::Subsearch(_)) => None,
        other => Some(other.clone()),
    }
}

struct Reads {
    names: BTreeSet<String>,
    inside: usize,
}

impl Visit for Reads {
    fn subsearch(&mut self, _: &Search) {
        self.inside += 1;
    }

    fn aggregate(&mut self, aggregate: &Aggregate) {
        for arg in &aggregate.args {
            if let AggregateArg::Field(field) = arg {
                self.names.insert(text::field(field));
            }
        }
    }

    fn search_expression(&mut self, expr: &SearchExpr) {
        if self.inside > 0 {
            return;
        }
        match expr {
            SearchExpr::Compare { field, .. } | SearchExpr::In { field, .. } => {
                self.names.insert(text::field(field));
            }
            _ => {}
        }
    }

    fn expression(&mut self, expr: &grotto_spl::ast::Expr) {
        if let (ExprKind::Field(word), 0) = (&expr.kind, self.inside) {
            self.names.insert(text::field(word));
        }
    }
}

/// The fields that stand as words.
fn of_words(arg: &Arg, command: &str, names: &mut BTreeSet<String>) {
    match arg {
        Arg::By(list) => {
            names.extend(list.iter().filter_map(Arg::word).map(text::field));
        }
        Arg::Over(word) => {
            names.insert(text::field(word));
        }
        Arg::As { what, .. } if matches!(command, "rename" | "bin" | "bucket" | "eval") => {
            names.extend(what.word().map(text::field));
        }
        Arg::As { what, .. } if command == "convert" => of_words(what, command, names),
        Arg::Call { args, .. } if matches!(command, "convert" | "sort") => {
            names.extend(args.iter().filter_map(Arg::word).map(text::field));
        }
        Arg::Option { name, value, .. } => {
            let field = match command {
                "regex" => Some(name),
                "rex" if name.is_keyword("field") => value.word(),
                "spath" if name.is_keyword("input") => value.word(),
                _ => None,
            };
            names.extend(field.map(text::field));
        }
        Arg::Word(word) if READS_WORDS.contains(&command) => {
            let name = text::field(word);
            let name = name.trim_start_matches(['-', '+']);
            if !name.bytes().all(|b| b.is_ascii_digit()) && !word.is_keyword("as") {
                names.insert(name.to_owned());
            }
        }
        Arg::List(list) if matches!(command, "replace" | "join") => {
            for arg in list {
                of_words(arg, command, names);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grotto_spl::{MacroDefinition, MacroTable};

    fn stages(spl: &str) -> Vec<Stage> {
        let mut macros = MacroTable::default();
        for (name, arguments, definition) in [
            ("src", &[][..], "(source=x OR source=y)"),
            ("time", &["f"][..], "convert ctime($f$)"),
            ("two", &[][..], "eval a=1 | where a=1"),
        ] {
            macros.insert(MacroDefinition {
                name: name.to_owned(),
                arguments: arguments.iter().map(|a| (*a).to_owned()).collect(),
                definition: definition.to_owned(),
                iseval: false,
            });
        }
        let expanded = macros.expand(spl).unwrap();
        of(&grotto_spl::parse(&expanded.text).unwrap(), &expanded, spl)
    }

    #[test]
    fn macros_are_named_where_they_stand() {
        let all = stages("`src` a=1\n  | fillnull\n  | `time(t)` | `two` | stats count");
        let shown: Vec<_> = all
            .iter()
            .map(|s| (s.command.as_str(), s.text.as_str(), s.written.as_deref(), s.macros.join(" ")))
            .collect();
        let none = String::new;
        assert_eq!(
            shown,
            [
                ("search", "(source=x OR source=y) a=1", Some("`src` a=1"), "`src`".to_owned()),
                ("fillnull", "fillnull", None, none()),
                ("convert", "convert ctime(t)", None, "`time(t)`".to_owned()),
                ("eval", "eval a=1", None, "`two`".to_owned()),
                ("where", "where a = 1", None, "`two`".to_owned()),
                ("stats", "stats count", None, none()),
            ]
        );
        assert_eq!(all.iter().map(|s| s.number).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
        assert_eq!(all[5].kind, "transforming");
    }

    #[test]
    fn fields_in_and_out() {
        for (spl, reads, gives, all) in [
            ("a=1 b!=2 NOT c IN (x)", "a b c", "", false),
            ("* | stats count values(a) as b by c", "a c", "b c count", true),
            ("* | eval x=if(a=1, b, 2)", "a b", "x", false),
            ("* | rename a as b", "a", "", false),
            ("* | rex field=a \"(?<b>x)\"", "a", "b", false),
            ("* | lookup t k as a OUTPUT v as w", "a", "w", false),
            ("* | convert ctime(a)", "a", "", false),
            ("* | table a b", "a b", "a b", true),
            ("* | join a [search b=1]", "", "", false),
            ("* | sort - a", "a", "", false),
        ] {
            let all_stages = stages(spl);
            let stage = all_stages.last().unwrap();
            assert_eq!(stage.reads.join(" "), reads, "{spl}");
            assert_eq!((stage.gives.names.join(" ").as_str(), stage.gives.all), (gives, all), "{spl}");
        }
    }

    #[test]
    fn searches_inside_have_stages() {
        let all = stages("a=1 | append [search b=2 | stats count by c [search x] ]");
        let inside = &all[1].inside;
        assert_eq!(inside.len(), 1);
        assert_eq!(inside[0].iter().map(|s| s.command.as_str()).collect::<Vec<_>>(), ["search", "stats"]);
    }
}
