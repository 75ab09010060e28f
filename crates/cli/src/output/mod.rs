//! The forms of a result, one file each.

mod csv;
mod json;
mod jsonl;
mod sparkline;
pub(crate) mod table;

use crate::args::{Color, Form, Format};
use grotto_detect::record::Record;
use grotto_detect::row::Row;
use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::Path;

/// Where a result goes and how it looks.
pub(crate) struct Output {
    writer: Box<dyn Write>,
    format: Format,
    style: Style,
}

/// How a table looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// Whether ANSI colours are used.
    pub(crate) color: bool,
    /// Width of the terminal in characters.
    pub(crate) width: u16,
    /// Whether the rules that did not run are listed.
    pub(crate) show_rules: bool,
    /// Whether findings are shown with their ids.
    pub(crate) show_ids: bool,
}

impl Output {
    /// The output that the arguments ask for.
    pub(crate) fn open(form: &Form, color: Color, show_rules: bool) -> std::io::Result<Self> {
        let terminal = form.output.is_none() && std::io::stdout().is_terminal();
        let format = form.format.unwrap_or(if terminal { Format::Table } else { Format::Jsonl });
        let writer = writer(form.output.as_deref())?;
        let width = if terminal { comfy_width() } else { 160 };
        let style = Style { color: colored(color, terminal), width, show_rules, show_ids: false };
        Ok(Self { writer, format, style })
    }

    /// The same output, with the ids of findings.
    #[must_use]
    pub(crate) fn with_ids(mut self, show: bool) -> Self {
        self.style.show_ids = show;
        self
    }

    /// The form that the arguments ask for.
    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// Where it goes, for results that have a form of their own.
    pub(crate) fn writer(&mut self) -> &mut dyn Write {
        &mut self.writer
    }

    /// Whether it is coloured.
    pub(crate) fn has_color(&self) -> bool {
        self.style.color
    }

    /// Writes a scan's report.
    pub(crate) fn report(&mut self, records: &[Record]) -> std::io::Result<()> {
        let out = &mut self.writer;
        match self.format {
            Format::Table => table::report(out, records, self.style)?,
            Format::Json => json::all(out, records)?,
            Format::Jsonl => jsonl::each(out, records)?,
            Format::Csv => csv::report(out, records)?,
        }
        out.flush()
    }

    /// What was passed over, for stderr, where the form of the result has no place for it.
    pub(crate) fn talk(&self, records: &[Record]) -> String {
        table::errors(records, matches!(self.format, Format::Table | Format::Csv))
    }

    /// Writes the rows of a search; `columns` are the fields in order, `events` says that the rows are events.
    pub(crate) fn rows(&mut self, columns: &[String], rows: &[Row], events: bool) -> std::io::Result<()> {
        let out = &mut self.writer;
        match self.format {
            Format::Table if events => table::events(out, rows)?,
            Format::Table => table::rows(out, columns, rows, self.style)?,
            Format::Json => json::all(out, rows)?,
            Format::Jsonl => jsonl::each(out, rows)?,
            Format::Csv => csv::rows(out, columns, rows)?,
        }
        out.flush()
    }
}

/// The file, or stdout.
pub(crate) fn writer(file: Option<&Path>) -> std::io::Result<Box<dyn Write>> {
    Ok(match file {
        Some(path) => {
            let named = |e: std::io::Error| std::io::Error::new(e.kind(), format!("{}: {e}", path.display()));
            Box::new(BufWriter::new(File::create(path).map_err(named)?))
        }
        None => Box::new(BufWriter::new(std::io::stdout())),
    })
}

/// Whether to use colours: `always` and `never` say so; otherwise on a terminal unless `NO_COLOR` is set
/// (<https://no-color.org>).
pub(crate) fn colored(color: Color, terminal: bool) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
    }
}

/// A table of texts, as wide as the terminal.
pub(crate) fn plain_table() -> comfy_table::Table {
    let width = if std::io::stdout().is_terminal() { comfy_width() } else { 160 };
    table::new_table(Style { color: false, width, show_rules: false, show_ids: false })
}

/// The width of the terminal.
pub(crate) fn comfy_width() -> u16 {
    comfy_table::Table::new().width().unwrap_or(120).max(60)
}
