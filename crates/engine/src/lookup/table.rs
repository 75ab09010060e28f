//! The rows of a lookup, read from CSV or JSON into columns.

use super::csv::{Record, Records};
use arrow_array::builder::StringViewBuilder;
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column, json};
use indexmap::IndexMap;
use serde_json::Value as Json;

/// Columns that a table may have.
pub const MOST_COLUMNS: usize = 4096;

/// Rows that a table may have.
pub const MOST_ROWS: usize = 50_000_000;

/// The rows of a lookup. An empty cell is null; a cell has several values when JSON gave an array.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    batch: Batch,
}

/// Names of columns with the values of their rows, on their way to become a table.
type Raw = IndexMap<String, Vec<Vec<String>>>;

impl Table {
    /// The table of these columns.
    pub fn new(batch: Batch) -> Self {
        Self { batch }
    }

    /// A table of rows of single values; short rows are filled up, long ones cut.
    pub fn of_rows<S: AsRef<str>>(columns: &[S], rows: &[Vec<S>]) -> Self {
        let mut batch = Batch::new(rows.len());
        for (number, name) in columns.iter().enumerate() {
            let cell = |row: &Vec<S>| {
                row.get(number).map(|cell| cell.as_ref().to_owned()).filter(|cell| !cell.is_empty())
            };
            batch.set(name.as_ref(), Column::text(rows.iter().map(cell)));
        }
        Self { batch }
    }

    /// Reads a file by its name: JSON when it ends in `.json` or `.jsonl`, otherwise CSV with a header. What is odd
    /// about the file without making it useless is put to `remarks`.
    ///
    /// # Errors
    /// `lookup/bad-table` with the reason.
    pub fn read(name: &str, bytes: &[u8], remarks: &mut Vec<Diagnostic>) -> Result<Self, Box<Diagnostic>> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let is_json = [".json", ".jsonl"].iter().any(|end| name.to_ascii_lowercase().ends_with(end));
        let read = if is_json { Self::json(bytes) } else { Self::csv(name, bytes, remarks) };
        read.map_err(|reason| {
            let message = format!("the lookup table {name} can't be read: {reason}");
            Box::new(Diagnostic::error("lookup/bad-table", message))
        })
    }

    /// Bytes that are no UTF-8 become replacement characters: real tables have such, and a row is better than none.
    fn csv(name: &str, bytes: &[u8], remarks: &mut Vec<Diagnostic>) -> Result<Self, String> {
        let (mut records, mut record) = (Records::new(bytes), Record::default());
        records.next(&mut record);
        let header = std::mem::take(&mut record.cells);
        if header.len() > MOST_COLUMNS {
            return Err(format!("it has more than {MOST_COLUMNS} columns"));
        }
        let mut builders: Vec<StringViewBuilder> = header.iter().map(|_| StringViewBuilder::new()).collect();
        let mut rows = 0;
        while records.next(&mut record) {
            rows += 1;
            if rows > MOST_ROWS {
                return Err(format!("it has more than {MOST_ROWS} rows"));
            }
            for (number, builder) in builders.iter_mut().enumerate() {
                match record.cells.get(number) {
                    Some(cell) if !cell.is_empty() => builder.append_value(String::from_utf8_lossy(cell)),
                    _ => builder.append_null(),
                }
            }
            if record.open {
                let message = format!(
                    "{name} has a quotation mark that is not closed: all from line {} on was read as one row",
                    record.line
                );
                let help = "close it, and double quotation marks inside of quoted values";
                remarks.push(Diagnostic::warning("lookup/open-quote", message).help(help));
            }
        }
        let mut batch = Batch::new(rows);
        for (name, mut builder) in header.iter().zip(builders) {
            let name = String::from_utf8_lossy(name);
            // Of two columns of one name the first counts.
            if batch.column(&name).is_none() {
                batch.set(name.as_ref(), Column::Text(builder.finish()));
            }
        }
        Ok(Self { batch })
    }

    /// An array of objects, or one object a line. Members of inner objects become columns behind a dot, arrays cells
    /// of several values.
    fn json(bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|e| e.to_string())?;
        let mut raw = Raw::new();
        let mut rows = 0;
        if text.trim_start().starts_with('[') {
            let all: Vec<Json> = serde_json::from_str(text).map_err(|e| e.to_string())?;
            for object in &all {
                add(&mut raw, &mut rows, object)?;
            }
        } else {
            for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                let object: Json =
                    serde_json::from_str(line).map_err(|e| format!("line {}: {e}", number + 1))?;
                add(&mut raw, &mut rows, &object)?;
            }
        }
        let mut batch = Batch::new(rows);
        for (name, mut cells) in raw {
            cells.resize(rows, Vec::new());
            batch.set(name.as_str(), column(cells));
        }
        Ok(Self { batch })
    }

    /// The columns.
    pub fn batch(&self) -> &Batch {
        &self.batch
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.batch.rows()
    }

    /// Whether it has a column of this name.
    pub fn has(&self, name: &str) -> bool {
        self.batch.column(name).is_some()
    }

    /// The table with these columns as well, empty, where it lacks them.
    pub fn with_columns<S: AsRef<str>>(mut self, names: &[S]) -> Self {
        for name in names {
            if !self.has(name.as_ref()) {
                self.batch.set(name.as_ref(), Column::null(self.batch.rows()));
            }
        }
        self
    }
}

/// The column of these cells: of single values when no cell has several.
pub(super) fn column(cells: Vec<Vec<String>>) -> Column {
    if cells.iter().any(|cell| cell.len() > 1) {
        Column::list(cells)
    } else {
        Column::text(cells.into_iter().map(|mut cell| cell.pop()))
    }
}

/// Adds a row.
fn add(raw: &mut Raw, rows: &mut usize, object: &Json) -> Result<(), String> {
    if !object.is_object() {
        return Err(format!("row {} is no object", *rows + 1));
    }
    if *rows >= MOST_ROWS {
        return Err(format!("it has more than {MOST_ROWS} rows"));
    }
    let row = *rows;
    let mut full = false;
    json::flatten(object, |name, value| {
        let name = name.strip_suffix("{}").unwrap_or(name);
        full |= raw.len() >= MOST_COLUMNS && !raw.contains_key(name);
        if full || value.is_empty() || value == "null" {
            return;
        }
        let cells = raw.entry(name.to_owned()).or_default();
        cells.resize(row + 1, Vec::new());
        if let Some(cell) = cells.last_mut() {
            cell.push(value.into_owned());
        }
    });
    *rows += 1;
    if full { Err(format!("it has more than {MOST_COLUMNS} columns")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::testing::rows;

    fn read(name: &str, text: &str) -> Result<(Table, Vec<Diagnostic>), Box<Diagnostic>> {
        let mut remarks = Vec::new();
        Ok((Table::read(name, text.as_bytes(), &mut remarks)?, remarks))
    }

    /// The rows as text: fields `name=value`, values of one field with `+` between them.
    fn shown(table: &Table) -> Vec<String> {
        let row = |row: crate::pipeline::testing::Row| {
            row.iter().map(|(n, v)| format!("{n}={}", v.join("+"))).collect::<Vec<_>>().join(" ")
        };
        rows(table.batch()).into_iter().map(row).collect()
    }

    #[test]
    fn tables_are_read() {
        for (name, text, expected) in [
            ("a.csv", "\u{feff}a,b\n1\n2,3,4\n\"x,y\",\"q\"\"\"\n", vec!["a=1", "a=2 b=3", "a=x,y b=q\""]),
            ("a.csv", "a,a\n1,2\n", vec!["a=1"]),
            ("a.csv", "a, b\n1, 2 \n\" 3\", 4", vec!["a=1 b=2", "a= 3 b=4"]),
            ("a.csv", "", vec![]),
            ("a.csv", "a\r\n,\r\n\"two\nlines\"\r\n", vec!["", "a=two\nlines"]),
            (
                "a.JSON",
                r#"[{"a":"x","b":{"c":1.5}},{"a":["y","z"],"d":null,"e":true}]"#,
                vec!["a=x b.c=1.5", "a=y+z e=true"],
            ),
            ("a.jsonl", "{\"k\":1}\n\n{\"k\":\"\"}\n{\"k\":\"2\"}\n", vec!["k=1", "", "k=2"]),
            ("a.json", "", vec![]),
            ("a.json", "[]", vec![]),
        ] {
            let (table, remarks) = read(name, text).unwrap();
            assert_eq!(shown(&table), expected, "{text}");
            assert_eq!(remarks, [], "{text}");
        }
    }

    #[test]
    fn what_is_no_table_is_said() {
        for (name, text, reason) in [
            ("a.json", "[1]", "row 1 is no object"),
            ("a.json", "{\"a\":1}\n{\"a\":", "line 2: "),
            ("a.json", "[{]", "line 1"),
            ("a.csv", &vec!["c"; 5000].join(","), "more than 4096 columns"),
        ] {
            let error = read(name, text).unwrap_err();
            assert_eq!(error.slug, "lookup/bad-table");
            assert!(error.message.contains(reason), "{}", error.message);
        }
    }

    #[test]
    fn a_quotation_mark_that_is_not_closed_is_said() {
        let (table, remarks) = read("a.csv", "a,b\n1,\"x\n2,y\n3,z\n").unwrap();
        assert_eq!(table.rows(), 1);
        assert_eq!(remarks.len(), 1);
        assert!(remarks[0].message.contains("line 2"), "{}", remarks[0].message);
        // One in the middle of a value is a character like any other.
        assert_eq!(read("a.csv", "a,b\n1,5\" disk\n").unwrap().1, []);
    }

    #[test]
    fn columns_are_added() {
        let table = Table::of_rows(&["a"], &[vec!["1"]]).with_columns(&["a", "b"]);
        assert!(table.has("b") && !table.has("c"));
        assert_eq!(shown(&table), ["a=1"]);
    }
}
