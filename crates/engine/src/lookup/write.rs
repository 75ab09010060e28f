//! What searches write, made ready for a file.

use super::Written;
use crate::pipeline::{columns, concat};
use grotto_events::{Batch, Cell};
use rustc_hash::FxHashSet;

impl Written {
    /// The rows that the file is to have, `old` being those that it has; `None` when it stays as it is. Appended rows
    /// get the columns that the file has.
    pub fn applied(&self, old: Option<&Batch>) -> Option<Batch> {
        if self.rows.rows() == 0 && self.keep_if_empty {
            return None;
        }
        let Some(old) = old.filter(|old| self.append && old.columns().next().is_some()) else {
            return Some(self.rows.clone());
        };
        let mut new = self.rows.clone();
        new.retain(|name| old.column(name).is_some());
        let mut old = old.clone();
        if let Some(key) = &self.key {
            let text = |batch: &Batch, row| crate::value::cell_text(batch.cell(key, row));
            let keys: FxHashSet<String> = (0..new.rows()).map(|row| text(&new, row)).collect();
            let kept: Vec<u32> = (0..old.rows())
                .filter(|row| !keys.contains(&text(&old, *row)))
                .map(|row| row as u32)
                .collect();
            old = old.take(&kept);
        }
        Some(concat(&[old, new]))
    }
}

/// The rows as CSV with a header. Values of a multivalue field become lines of one value.
pub fn csv(batch: &Batch) -> String {
    let mut out = String::new();
    let names: Vec<String> = batch.names().map(|name| quoted(name)).collect();
    out.push_str(&names.join(","));
    out.push('\n');
    for row in 0..batch.rows() {
        for (number, (_, column)) in batch.columns().enumerate() {
            if number > 0 {
                out.push(',');
            }
            match column.cell(row) {
                Cell::Null => {}
                cell => out.push_str(&quoted(&columns::texts(cell).join("\n"))),
            }
        }
        out.push('\n');
    }
    out
}

/// A value as it stands in CSV: in quotes when it would otherwise be read as something else.
fn quoted(text: &str) -> String {
    let special = text.contains(['"', ',', '\n', '\r']) || text.trim().len() != text.len();
    if special { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::Table;
    use crate::pipeline::testing::batch;

    fn written(rows: &str, append: bool, key: Option<&str>, keep_if_empty: bool) -> Written {
        let (table, file) = ("t".to_owned(), "t.csv".to_owned());
        Written { table, file, rows: batch(rows), append, key: key.map(str::to_owned), keep_if_empty }
    }

    #[test]
    fn rows_replace_or_follow_what_the_file_has() {
        let old = batch(r#"[{"k": "a", "n": "1"}, {"k": "b", "n": "2"}]"#);
        let new = r#"[{"k": "b", "n": 3, "other": "x"}]"#;
        for (written, old, expected) in [
            (written(new, false, None, false), Some(&old), Some("k,n,other\nb,3,x\n")),
            (written(new, true, None, false), Some(&old), Some("k,n\na,1\nb,2\nb,3\n")),
            (written(new, true, Some("k"), false), Some(&old), Some("k,n\na,1\nb,3\n")),
            (written(new, true, None, false), None, Some("k,n,other\nb,3,x\n")),
            (written("[]", false, None, true), Some(&old), None),
            (written("[]", false, None, false), Some(&old), Some("\n")),
            (written("[]", true, None, false), Some(&old), Some("k,n\na,1\nb,2\n")),
        ] {
            assert_eq!(written.applied(old).map(|rows| csv(&rows)).as_deref(), expected, "{written:?}");
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let rows =
            batch(r#"[{"a": "x,\"y\"", " b": ["1", "2"]}, {"a": " blanks ", " b": "z"}, {" b": "only"}]"#);
        let text = csv(&rows);
        let table = Table::read("t.csv", text.as_bytes(), &mut Vec::new()).unwrap();
        assert_eq!(csv(table.batch()), text);
        assert_eq!(crate::value::cell_text(table.batch().cell(" b", 0)), "1\n2");
    }
}
