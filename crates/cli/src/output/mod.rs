//! The forms of a result, one file each.

mod csv;
pub(crate) mod html;
mod json;
mod jsonl;
mod navigator;
mod sparkline;
pub(crate) mod table;
pub(crate) mod target;
mod timesketch;
pub(crate) mod unwritable;

use crate::args::{Color, Form, Format, ScanForm};
use grotto_detect::Piece;
use grotto_detect::record::Record;
use grotto_detect::row::Row;
use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use target::{ReportForm, Target};
use unwritable::unwritable;

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
        let (format, style) = form_of(form.format, form.output.is_none(), color);
        Ok(Self { writer: writer(form.output.as_deref())?, format, style: Style { show_rules, ..style } })
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

    /// Writes values that are no rows, as JSON unless JSON lines were asked for.
    pub(crate) fn values<T: serde::Serialize>(&mut self, values: &[T]) -> std::io::Result<()> {
        match self.format {
            Format::Jsonl => jsonl::each(&mut self.writer, values)?,
            Format::Table | Format::Json | Format::Csv => json::all(&mut self.writer, values)?,
        }
        self.writer.flush()
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

/// The form of a result for which none was asked, and how tables look, where it goes to standard output or not.
fn form_of(asked: Option<Format>, stdout: bool, color: Color) -> (Format, Style) {
    let terminal = stdout && std::io::stdout().is_terminal();
    let format = asked.unwrap_or(if terminal { Format::Table } else { Format::Jsonl });
    let width = if terminal { comfy_width() } else { 160 };
    (format, Style { color: colored(color, terminal), width, show_rules: false, show_ids: false })
}

/// The places where a scan's report goes. Files are made before the scan, so that one that can't be written is known at
/// once.
pub(crate) struct Reports(Vec<Report>);

struct Report {
    form: ReportForm,
    file: Option<PathBuf>,
    style: Style,
    writer: Box<dyn Write>,
}

impl Reports {
    /// The reports that the arguments ask for.
    pub(crate) fn open(
        form: &ScanForm,
        color: Color,
        show_rules: bool,
        show_ids: bool,
    ) -> std::io::Result<Self> {
        let usual = [Target { form: None, file: None }];
        let targets = if form.output.is_empty() { usual.as_slice() } else { form.output.as_slice() };
        let open = |target: &Target| {
            let (format, style) = form_of(form.format, target.file.is_none(), color);
            Ok(Report {
                form: target.form.unwrap_or(ReportForm::Plain(format)),
                file: target.file.clone(),
                style: Style { show_rules, show_ids, ..style },
                writer: writer(target.file.as_deref())?,
            })
        };
        targets.iter().map(open).collect::<std::io::Result<_>>().map(Self)
    }

    /// Whether they can be written record by record: all are JSON lines.
    pub(crate) fn stream(&self) -> bool {
        self.0.iter().all(|report| report.form == ReportForm::Plain(Format::Jsonl))
    }

    /// Writes [lines] of records to all.
    pub(crate) fn write_lines(&mut self, lines: &[u8]) -> std::io::Result<()> {
        self.0
            .iter_mut()
            .try_for_each(|report| report.writer.write_all(lines).map_err(|e| report.unwritten(e)))
    }

    /// Writes what is still waiting.
    pub(crate) fn flush(&mut self) -> std::io::Result<()> {
        self.0.iter_mut().try_for_each(|report| report.writer.flush().map_err(|e| report.unwritten(e)))
    }

    /// Whether one is to be looked at in a browser.
    pub(crate) fn has_html(&self) -> bool {
        self.0.iter().any(|report| report.form == ReportForm::Html)
    }

    /// A file that all records go to.
    pub(crate) fn file_of_records(&self) -> Option<String> {
        let whole = |form| matches!(form, ReportForm::Plain(Format::Json | Format::Jsonl | Format::Csv));
        let file = self.0.iter().filter(|report| whole(report.form)).find_map(|report| report.file.as_ref());
        file.map(|file| file.display().to_string())
    }

    /// Writes all; `html` is the report for a browser. Gives what is worth saying of it on stderr.
    pub(crate) fn write(&mut self, records: &[Record], html: &str) -> std::io::Result<Vec<String>> {
        let mut said = Vec::new();
        for report in &mut self.0 {
            let written = report.write(records, html);
            said.extend(written.map_err(|error| report.unwritten(error))?);
        }
        Ok(said)
    }

    /// What was passed over, for stderr; only what is an error where every form has a place for the rest.
    pub(crate) fn talk(&self, records: &[Record]) -> String {
        let has_place = |form: ReportForm| matches!(form, ReportForm::Plain(Format::Json | Format::Jsonl));
        table::errors(records, !self.0.iter().all(|report| has_place(report.form)))
    }
}

impl Report {
    /// Why it could not be written.
    fn unwritten(&self, error: std::io::Error) -> std::io::Error {
        match &self.file {
            Some(file) => unwritable(file, &error),
            None => error,
        }
    }

    /// Writes it. Gives what is worth saying of it.
    fn write(&mut self, records: &[Record], html: &str) -> std::io::Result<Option<String>> {
        let out = &mut self.writer;
        let mut said = None;
        match self.form {
            ReportForm::Html => out.write_all(html.as_bytes())?,
            ReportForm::Plain(Format::Table) => table::report(out, records, self.style)?,
            ReportForm::Plain(Format::Json) => json::all(out, records)?,
            ReportForm::Plain(Format::Jsonl) => jsonl::each(out, records)?,
            ReportForm::Plain(Format::Csv) => csv::report(out, records)?,
            ReportForm::Navigator => navigator::report(out, records)?,
            ReportForm::Timesketch => {
                let timeless = timesketch::report(out, records)?;
                said = (timeless > 0)
                    .then(|| format!("{timeless} findings without a time are not in the timeline"));
            }
        }
        out.flush()?;
        Ok(said)
    }
}

/// Writes some of the records of a report as JSON lines.
pub(crate) fn lines(piece: &Piece<'_>, out: &mut Vec<u8>) -> std::io::Result<()> {
    match piece {
        Piece::Records(records) => jsonl::each(out, records),
        Piece::Rows(rows) => rows.write_lines(out),
    }
}

/// The file, or stdout.
pub(crate) fn writer(file: Option<&Path>) -> std::io::Result<Box<dyn Write>> {
    Ok(match file {
        Some(path) => Box::new(BufWriter::new(File::create(path).map_err(|error| unwritable(path, &error))?)),
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

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use grotto_detect::record::{Entity, Finding, Hit, RuleRef};

    fn rule_ref(name: &str, techniques: &[&str]) -> RuleRef {
        RuleRef {
            id: format!("id of {name}"),
            name: name.to_owned(),
            kind: "TTP".to_owned(),
            severity: "high".to_owned(),
            mitre_attack_id: techniques.iter().map(|t| (*t).to_owned()).collect(),
        }
    }

    /// A finding of a rule of this name, at one point in time.
    pub(crate) fn finding(name: &str, techniques: &[&str]) -> Finding {
        let hit = hit(name, techniques);
        Finding {
            id: "0".repeat(32),
            rule: hit.rule,
            title: format!("title of {name}"),
            entity: Entity { field: "dest".to_owned(), kind: "system".to_owned(), value: "ws-1".into() },
            score: 70,
            first_time: hit.first_time,
            last_time: hit.last_time,
            info_min_time: None,
            info_max_time: None,
            fired: None,
            joined_script_block: false,
            seen: None,
            threat_objects: Vec::new(),
            row: hit.row,
            drilldowns: Vec::new(),
        }
    }

    /// A hit of a rule of this name, at one point in time.
    pub(super) fn hit(name: &str, techniques: &[&str]) -> Hit {
        let time = Some("2024-01-02T03:04:05Z".to_owned());
        Hit {
            rule: rule_ref(name, techniques),
            first_time: time.clone(),
            last_time: time,
            fired: None,
            joined_script_block: false,
            row: Row::default(),
        }
    }
}
