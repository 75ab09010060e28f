//! `grotto spl support`: which commands, functions and aggregations there are, and which rules need what is missing.

use crate::Ending;
use crate::args::SupportArgs;
use crate::setup::Setup;
use grotto_detect::RuleSet;
use grotto_detect::usage::{Part, Rules, Usage};
use grotto_engine::reference::{self, Entry, Kind, Support};
use std::io::{Result, Write};

/// How a table is written: a terminal's or Markdown's.
type Print = fn(&mut dyn Write, &[&str], &[Vec<String>]) -> Result<()>;

/// Prints the matrix.
pub(super) fn run(out: &mut dyn Write, args: &SupportArgs) -> Result<Ending> {
    let print: Print = if args.markdown { super::markdown } else { super::table };
    let mut ending = Ending::Done;
    let usage = if args.rules.is_empty() {
        None
    } else {
        let Some(setup) = Setup::new(&args.common, &args.rules, false) else { return Ok(Ending::Wrong) };
        setup.complain();
        if setup.is_faulty() {
            ending = Ending::Wrong;
        }
        Some(Usage::of(&RuleSet::compile(&setup.content, &setup.macros, &setup.knowledge, &setup.context)))
    };
    let entries = reference::entries();
    for kind in [Kind::Command, Kind::Function, Kind::Aggregation] {
        let of: Vec<&Entry> = entries.iter().filter(|e| e.kind == kind).collect();
        supported(out, print, args.markdown, kind, &of, usage.as_ref())?;
        unsupported(out, print, args.markdown, kind, &of, usage.as_ref())?;
    }
    if let Some(usage) = &usage {
        blocked(out, print, args.markdown, usage)?;
    }
    Ok(ending)
}

fn heading(out: &mut dyn Write, markdown: bool, text: &str) -> Result<()> {
    if markdown { writeln!(out, "## {text}\n") } else { writeln!(out, "{text}") }
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Command => "Commands",
        Kind::Function => "Eval functions",
        Kind::Aggregation => "Aggregations",
    }
}

fn supported(
    out: &mut dyn Write,
    print: Print,
    markdown: bool,
    kind: Kind,
    entries: &[&Entry],
    usage: Option<&Usage>,
) -> Result<()> {
    let group = match kind {
        Kind::Command => "Kind",
        Kind::Function => "Chapter",
        Kind::Aggregation => "Syntax",
    };
    let mut header = vec!["Name", group];
    if kind == Kind::Command {
        header.push("Options");
    }
    header.push("Differs from Splunk");
    if usage.is_some() {
        header.push("Rules");
    }
    let mut rows = Vec::new();
    for entry in entries {
        let Support::Yes(page) = &entry.support else { continue };
        let mut row = vec![names(entry)];
        row.push(if kind == Kind::Aggregation { page.syntax } else { page.group }.to_owned());
        if kind == Kind::Command {
            row.push(page.options.join(", "));
        }
        row.push(page.deviations.join("; ").split_whitespace().collect::<Vec<_>>().join(" "));
        if let Some(usage) = usage {
            row.push(rules(entry, usage).using.to_string());
        }
        rows.push(row);
    }
    heading(out, markdown, &format!("{}: {} supported", title(kind), rows.len()))?;
    print(out, &header, &rows)
}

fn unsupported(
    out: &mut dyn Write,
    print: Print,
    markdown: bool,
    kind: Kind,
    entries: &[&Entry],
    usage: Option<&Usage>,
) -> Result<()> {
    let mut header = vec!["Name", "Reason"];
    if usage.is_some() {
        header.push("Rules");
    }
    let mut rows = Vec::new();
    for entry in entries {
        let Support::No(reason) = &entry.support else { continue };
        let mut row = vec![names(entry), (*reason).to_owned()];
        if let Some(usage) = usage {
            row.push(rules(entry, usage).using.to_string());
        }
        rows.push(row);
    }
    if rows.is_empty() {
        return Ok(());
    }
    heading(out, markdown, &format!("{}: {} not supported", title(kind), rows.len()))?;
    print(out, &header, &rows)
}

/// Why rules can't run.
fn blocked(out: &mut dyn Write, print: Print, markdown: bool, usage: &Usage) -> Result<()> {
    let count: usize = usage.reasons.values().sum();
    heading(out, markdown, &format!("Rules: {} of {} can run", usage.rules - count, usage.rules))?;
    let mut reasons: Vec<_> = usage.reasons.iter().collect();
    reasons.sort_by_key(|(reason, count)| (std::cmp::Reverse(**count), reason.as_str()));
    if reasons.is_empty() {
        return Ok(());
    }
    let rows: Vec<Vec<String>> = reasons.iter().map(|(r, n)| vec![n.to_string(), (*r).clone()]).collect();
    print(out, &["Rules", "Reason why they can't"], &rows)
}

fn names(entry: &Entry) -> String {
    std::iter::once(entry.name).chain(entry.aliases.iter().copied()).collect::<Vec<_>>().join(", ")
}

/// The rules that use an entry under any of its names.
fn rules(entry: &Entry, usage: &Usage) -> Rules {
    let mut sum = Rules::default();
    for (part, rules) in &usage.parts {
        let same = match part {
            Part::Command(name) => entry.kind == Kind::Command && is(entry, name),
            Part::Function(name) => entry.kind == Kind::Function && is(entry, name),
            Part::Aggregation(name) => {
                entry.kind == Kind::Aggregation
                    && (is(entry, name)
                        || grotto_engine::aggregations::find(name).is_some_and(|(a, _)| a.name == entry.name))
            }
            Part::Option(..) => false,
        };
        if same {
            sum.using += rules.using;
            sum.not_running += rules.not_running;
        }
    }
    sum
}

fn is(entry: &Entry, name: &str) -> bool {
    entry.name == name || entry.aliases.contains(&name)
}
