//! `grotto spl assumptions`: what grotto does where Splunk's documentation leaves it open.

use crate::Ending;
use grotto_engine::assumptions::ASSUMPTIONS;
use grotto_engine::reference::{self, Support};
use std::io::{Result, Write};

/// Lists them.
pub(super) fn run(out: &mut dyn Write, markdown: bool) -> Result<Ending> {
    let rows: Vec<Vec<String>> = ASSUMPTIONS
        .iter()
        .map(|a| {
            vec![a.name.to_owned(), a.choice.to_owned(), a.reason.to_owned(), users(a.name), a.url.to_owned()]
        })
        .collect();
    if markdown {
        super::markdown(out, &["Name", "Choice", "Why", "Made by", "Documentation"], &rows)?;
        return Ok(Ending::Done);
    }
    for row in &rows {
        let [name, choice, reason, users, url] = row.as_slice() else { continue };
        writeln!(out, "{name}\n    {choice}\n    Why: {reason}")?;
        if !users.is_empty() {
            writeln!(out, "    Made by: {users}")?;
        }
        writeln!(out, "    {url}\n")?;
    }
    writeln!(out, "{} assumptions", rows.len())?;
    Ok(Ending::Done)
}

/// The commands, functions and aggregations that say that they make an assumption.
fn users(name: &str) -> String {
    let makes = |entry: &reference::Entry| match &entry.support {
        Support::Yes(page) => page.assumptions.contains(&name),
        Support::No(_) => false,
    };
    let names: Vec<&str> = reference::entries().iter().filter(|e| makes(e)).map(|e| e.name).collect();
    names.join(", ")
}
