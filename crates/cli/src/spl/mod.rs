//! `grotto spl`: the language itself. What a command does, what is supported, which choices were made.

mod assumptions;
mod help;
mod support;

use crate::Ending;
use crate::args::{SplArgs, SplCommand};
use std::io::Write;

/// Runs the command.
pub(crate) fn run(args: &SplArgs) -> std::io::Result<Ending> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let ending = match &args.command {
        SplCommand::Help { name } => help::run(&mut out, name.as_deref())?,
        SplCommand::Support(args) => support::run(&mut out, args)?,
        SplCommand::Assumptions { markdown } => assumptions::run(&mut out, *markdown)?,
    };
    out.flush()?;
    Ok(ending)
}

/// A table in Markdown: the header, and the rows.
fn markdown(out: &mut dyn Write, header: &[&str], rows: &[Vec<String>]) -> std::io::Result<()> {
    writeln!(out, "| {} |", header.join(" | "))?;
    writeln!(out, "|{}", "---|".repeat(header.len()))?;
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect();
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    writeln!(out)
}

/// The same for a terminal.
fn table(out: &mut dyn Write, header: &[&str], rows: &[Vec<String>]) -> std::io::Result<()> {
    let mut table = crate::output::plain_table();
    table.set_header(header);
    for row in rows {
        table.add_row(row);
    }
    writeln!(out, "{table}\n")
}
