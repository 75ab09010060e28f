//! CSV with a header: each row is an event with its cells under the names of their columns. What a row is, is for
//! [`shapes`](crate::shapes) to say.

mod rows;

use super::LogFormat;
use crate::Input;
use crate::detect::Head;
use crate::formats::json::value::{Json, Members};
use crate::part::{Extent, Output};
use crate::shapes::{Record, Shapes};
use crate::text::Encoding;
use grotto_diag::Diagnostic;
use rows::{Dialect, MAX_ROW, Row, Rows};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::io::{self, Read};

/// How much is looked at to know the encoding and the dialect.
const HEAD: u64 = 64 << 10;

/// How many characters of a bad row are shown.
const SHOWN: usize = 80;

/// Columns that are read; a header of more is none.
const MAX_COLUMNS: usize = 4096;

/// The format.
pub(super) struct Csv;

impl LogFormat for Csv {
    fn name(&self) -> &'static str {
        "CSV"
    }

    fn shape(&self) -> &'static str {
        "CSV with a header (exports of Splunk, Get-WinEvent, EvtxECmd and Azure Monitor, and any other)"
    }

    fn matches(&self, head: &Head) -> bool {
        Dialect::detect(head.text.as_bytes()).is_some()
    }

    fn split(&self, _input: &Input, _head: &Head, len: u64) -> Result<Vec<Extent>, Diagnostic> {
        Ok(vec![Extent { start: 0, end: Some(len), lack: None }])
    }

    fn read(&self, reader: &mut dyn Read, _extent: Extent, output: &mut Output<'_>) -> io::Result<()> {
        let mut head = Vec::new();
        (&mut *reader).take(HEAD).read_to_end(&mut head)?;
        let encoding = Encoding::detect(&head);
        let Some(dialect) = Dialect::detect(encoding.decode(&head).as_bytes()) else { return Ok(()) };
        let mut reader = encoding.reader(head.as_slice().chain(reader));
        events(&mut Rows::new(&mut *reader, dialect), output)
    }
}

/// Reads all rows.
fn events(rows: &mut Rows<'_>, output: &mut Output<'_>) -> io::Result<()> {
    let mut shapes = Shapes::default();
    let mut not_text = 0u64;
    let mut header: Option<Columns> = None;
    rows.each(&mut |row, line| match row {
        Row::Cells { cells, text } => {
            let Some(columns) = &header else {
                header = Some(Columns::new(&cells));
                return;
            };
            if cells.len() != columns.names.len() {
                let message = format!(
                    "line {line} has {} cells where the header has {}: {}",
                    cells.len(),
                    columns.names.len(),
                    crate::detect::shown(text, SHOWN)
                );
                return output.failed("csv/bad-row", &message);
            }
            not_text += u64::from(std::str::from_utf8(text).is_err());
            let members = columns.members(&cells);
            let record = Record { members: &members, raw: Some(text), sourcetype: "csv" };
            shapes.record(record, output, &|| format!("the row at line {line}"));
        }
        Row::Open { text } => {
            let message =
                format!("a quote at line {line} is not closed: {}", crate::detect::shown(text, SHOWN));
            output.failed("csv/bad-row", &message);
        }
        Row::TooLong => {
            output.failed("csv/too-long", &format!("the row at line {line} is longer than {MAX_ROW} bytes"));
        }
    })?;
    if not_text > 0 {
        let message = format!("{not_text} rows hold bytes that are not UTF-8; they are read as U+FFFD");
        output.note("csv/not-utf8", &message);
    }
    shapes.finish(output);
    Ok(())
}

/// The name of a column. Azure's portal writes the zone behind it.
fn column(cell: &str) -> String {
    let name = cell.trim();
    name.strip_suffix(" [UTC]").unwrap_or(name).to_owned()
}

/// The columns of a file.
struct Columns {
    names: Vec<String>,
    /// For each column: where the values of its field stand apart, if they do. Splunk writes them into a column of its own
    /// before whose name is `__mv_`: `$a$;$b$`, with `$$` for a dollar.
    values: Vec<Option<usize>>,
}

impl Columns {
    fn new(header: &[Cow<'_, str>]) -> Self {
        let names: Vec<String> = header.iter().map(|cell| column(cell)).collect();
        let apart: FxHashMap<&str, usize> = names
            .iter()
            .enumerate()
            .filter_map(|(at, name)| Some((name.strip_prefix("__mv_")?, at)))
            .collect();
        let values = names.iter().map(|name| apart.get(name.as_str()).copied()).collect();
        Self { names, values }
    }

    /// The cells of a row under their names.
    fn members<'v>(&'v self, cells: &[Cow<'v, str>]) -> Members<'v> {
        let fields = self.names.iter().zip(&self.values).zip(cells);
        fields
            .filter(|((name, _), _)| !name.starts_with("__mv_"))
            .map(|((name, values), cell)| {
                let apart = values.and_then(|at| cells.get(at)).filter(|values| !values.is_empty());
                let value = apart.map_or_else(|| Json::Text(cell.clone()), |values| multivalue(values));
                (Cow::Borrowed(name.as_str()), value)
            })
            .collect()
    }
}

/// The values of `$a$;$b$`.
fn multivalue(cell: &str) -> Json<'static> {
    let inner = cell.strip_prefix('$').and_then(|cell| cell.strip_suffix('$')).unwrap_or(cell);
    let values = inner.split("$;$").map(|value| Json::Text(Cow::Owned(value.replace("$$", "$"))));
    Json::Array(values.collect())
}

#[cfg(test)]
mod tests;
