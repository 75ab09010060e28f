//! `grotto spl help NAME`: the documentation of a command, function or aggregation.

use crate::Ending;
use crate::setup;
use grotto_engine::assumptions;
use grotto_engine::reference::{self, Entry, Kind, Page, Support};
use std::io::{Result, Write};

/// Prints the entries of a name, or the names of all.
pub(super) fn run(out: &mut dyn Write, name: Option<&str>) -> Result<Ending> {
    let Some(name) = name else {
        names(out)?;
        return Ok(Ending::Done);
    };
    let found = reference::find(name);
    if found.is_empty() {
        let meant =
            reference::nearest(name).map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
        setup::say(&format!("error: SPL has no command, function or aggregation called {name}{meant}"));
        return Ok(Ending::Wrong);
    }
    for (at, entry) in found.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        self::entry(out, entry)?;
    }
    Ok(Ending::Done)
}

/// All names that can be asked for.
fn names(out: &mut dyn Write) -> Result<()> {
    let all = reference::entries();
    for kind in [Kind::Command, Kind::Function, Kind::Aggregation] {
        let yes = |e: &&Entry| e.kind == kind && matches!(e.support, Support::Yes(_));
        let names: Vec<&str> = all.iter().filter(yes).map(|e| e.name).collect();
        writeln!(out, "{}s\n    {}\n", kind.name(), wrapped(&names))?;
    }
    writeln!(
        out,
        "`grotto spl help NAME` tells about one, `grotto spl support` also what is left out and why."
    )
}

/// Words, so many on a line that it is no longer than 100 characters.
fn wrapped(words: &[&str]) -> String {
    let (mut text, mut length) = (String::new(), 0);
    for word in words {
        if length > 0 && length + word.len() > 94 {
            text.push_str("\n    ");
            length = 0;
        }
        text.push_str(if length > 0 { " " } else { "" });
        text.push_str(word);
        length += word.len() + 1;
    }
    text
}

fn entry(out: &mut dyn Write, entry: &Entry) -> Result<()> {
    let also = if entry.aliases.is_empty() {
        String::new()
    } else {
        format!(" (also {})", entry.aliases.join(", "))
    };
    match &entry.support {
        Support::No(reason) => {
            writeln!(out, "{}{also}: {}, not supported: {reason}", entry.name, entry.kind.name())
        }
        Support::Yes(page) => {
            let group = if page.group.is_empty() { String::new() } else { format!(", {}", page.group) };
            writeln!(out, "{}{also}: {}{group}\n", entry.name, entry.kind.name())?;
            self::page(out, entry.kind, page)
        }
    }
}

fn page(out: &mut dyn Write, kind: Kind, page: &Page) -> Result<()> {
    writeln!(out, "    {}\n\n    {}", text(page.summary), page.syntax)?;
    if !page.deviations.is_empty() {
        writeln!(out, "\nDiffers from Splunk")?;
        for deviation in page.deviations {
            writeln!(out, "    - {}", text(deviation))?;
        }
    }
    if !page.assumptions.is_empty() {
        writeln!(out, "\nAssumes")?;
        for name in page.assumptions {
            let choice = assumptions::find(name).map_or("", |a| a.choice);
            writeln!(out, "    - {}", text(&format!("{name}: {choice}")))?;
        }
    }
    for example in &page.examples {
        writeln!(out, "\nExample")?;
        writeln!(out, "    {}", example.spl)?;
        let over = match kind {
            Kind::Command => "rows",
            Kind::Function => "row",
            Kind::Aggregation => "values of x",
        };
        json(out, over, example.input)?;
        json(out, "gives", example.output)?;
    }
    writeln!(out, "\nSplunk's documentation\n    {}", page.url)
}

/// JSON under a heading; an array of objects one a line.
fn json(out: &mut dyn Write, heading: &str, text: &str) -> Result<()> {
    let lines = match serde_json::from_str(text) {
        Ok(serde_json::Value::Array(items)) if items.iter().any(serde_json::Value::is_object) => {
            items.iter().map(ToString::to_string).collect()
        }
        _ => vec![text.trim().to_owned()],
    };
    writeln!(out, "    {heading}:")?;
    lines.iter().try_for_each(|line| writeln!(out, "        {line}"))
}

/// Text without the indentation of its source, wrapped.
fn text(text: &str) -> String {
    wrapped(&text.split_whitespace().collect::<Vec<_>>())
}
