//! What the commands share that find fields in text: `extract`, `fromjson`, `spath`, `xmlkv`.

use crate::Value;
use crate::pipeline::{FieldSet, columns, is_hidden};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

/// Different fields that one batch may get.
const MOST_FIELDS: usize = 20_000;
/// Fields that one batch may get, times its rows.
const MOST_CELLS: usize = 1 << 25;

/// Adds to rows the fields that are found in the texts of one of their fields, each value of a multivalue field by
/// itself.
///
/// # Errors
/// As [`Found::write`].
pub(super) fn from_field(
    command: &str,
    mut rows: Batch,
    field: &str,
    extract: impl Fn(&str, &mut Found),
) -> Result<Batch, Box<Diagnostic>> {
    let Some(source) = rows.column(field) else { return Ok(rows) };
    let mut found = Found::new(rows.rows());
    for row in 0..rows.rows() {
        found.at(row);
        columns::each(source.cell(row), |cell| {
            columns::with_text(cell, |text| extract(text, &mut found));
        });
    }
    found.write(command, &mut rows)?;
    Ok(rows)
}

/// What all of these commands need: what is needed after them, and the field that they read.
pub(super) fn needs(after: &FieldSet, field: &str) -> FieldSet {
    let mut needs = after.clone();
    needs.insert(field);
    needs
}

/// Fields found in the rows of a batch. Rows come in order.
#[derive(Debug)]
pub(super) struct Found {
    rows: usize,
    row: usize,
    fields: IndexMap<String, Vec<(usize, String)>, FxBuildHasher>,
}

impl Found {
    /// Nothing found yet in so many rows.
    pub(super) fn new(rows: usize) -> Self {
        Self { rows, row: 0, fields: IndexMap::default() }
    }

    /// Goes on to a row.
    pub(super) fn at(&mut self, row: usize) -> &mut Self {
        self.row = row;
        self
    }

    /// Adds a value of a field in the row. Names that the pipeline keeps to itself are passed over.
    pub(super) fn add(&mut self, name: &str, value: impl Into<String>) {
        if name.is_empty() || is_hidden(name) {
            return;
        }
        match self.fields.get_mut(name) {
            Some(values) => values.push((self.row, value.into())),
            None => {
                self.fields.insert(name.to_owned(), vec![(self.row, value.into())]);
            }
        }
    }

    /// Whether the row has a value of a field already.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.get(name).and_then(|values| values.last()).is_some_and(|(row, _)| *row == self.row)
    }

    /// Writes the fields: where a row has one it replaces what was there, elsewhere that stays.
    ///
    /// # Errors
    /// `engine/limit` when there are too many fields to make columns of.
    pub(super) fn write(self, command: &str, rows: &mut Batch) -> Result<(), Box<Diagnostic>> {
        let count = self.fields.len();
        if count > MOST_FIELDS || count.saturating_mul(self.rows) > MOST_CELLS {
            let message = format!("`{command}` finds {count} different fields in {} events", self.rows);
            return Err(Box::new(
                Diagnostic::error("engine/limit", message).help("filter the events before, or name a path"),
            ));
        }
        for (name, values) in self.fields {
            let column = column(values, self.rows, rows.column(&name));
            rows.set(name, column);
        }
        Ok(())
    }
}

/// The column of values by row, several of one row being a multivalue; `old` fills the other rows.
fn column(found: Vec<(usize, String)>, rows: usize, old: Option<&Column>) -> Column {
    let mut values: Vec<Vec<String>> = vec![Vec::new(); rows];
    for (row, value) in found {
        if let Some(values) = values.get_mut(row) {
            values.push(value);
        }
    }
    let value = |(row, values): (usize, Vec<String>)| match (values.is_empty(), old) {
        (true, Some(old)) => Value::from(old.cell(row)),
        _ => Value::list(values),
    };
    columns::column(&values.into_iter().enumerate().map(value).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use grotto_events::Cell;

    #[test]
    fn fields_join_what_is_there() {
        let mut batch = Batch::new(3);
        batch.set("a", Column::Int(vec![1, 2, 3].into()));
        let mut found = Found::new(3);
        found.at(1).add("a", "x");
        found.add("b", "1");
        found.add("b", "2");
        found.add("\0order", "9");
        found.add("", "9");
        assert!(found.has("b") && !found.has("c") && !found.at(2).has("b"));
        found.write("test", &mut batch).expect("few fields");
        let texts = |name: &str| (0..3).map(|row| columns::texts(batch.cell(name, row))).collect::<Vec<_>>();
        assert_eq!(texts("a"), [["1"], ["x"], ["3"]]);
        assert_eq!(texts("b"), [vec![], vec!["1", "2"], vec![]]);
        assert_eq!(batch.cell("\0order", 1), Cell::Null);
        assert_eq!(batch.names().count(), 2);
    }

    #[test]
    fn too_many_fields_are_refused() {
        let mut found = Found::new(1);
        (0..=MOST_FIELDS).for_each(|n| found.add(&n.to_string(), "x"));
        let error = found.write("test", &mut Batch::new(1)).expect_err("too many");
        assert_eq!(error.slug, "engine/limit");
    }

    const PIECES: &[&str] = &[
        "{",
        "}",
        "[",
        "]",
        "\"",
        ":",
        ",",
        "a",
        "é",
        "1",
        "<",
        ">",
        "</",
        "/>",
        "<a>",
        "</a>",
        "<a b='c'>",
        "&lt;",
        "&",
        "=",
        " ",
        "\n",
        "\t",
        "null",
        "-",
        "\\",
        ";",
        "A B\n",
    ];

    proptest::proptest! {
        #[test]
        fn any_text_is_taken(
            pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..24),
            limit in 0..4,
        ) {
            let input = serde_json::json!([{ "_raw": pieces.concat() }]).to_string();
            for command in [
                "spath", "spath path=a{}.b{@c}", "xmlkv", "fromjson _raw", "multikv", "multikv noheader=t", "tojson",
                "extract pairdelim=\",é\" kvdelim=\":é\"", "rex offset_field=o max_match=0 \"(?<x>é+)\"",
                &format!("multikv forceheader={limit}"), &format!("extract maxchars={limit} limit={limit}"),
            ] {
                let rows = crate::pipeline::testing::run(&format!("| {command}"), &input).expect(command);
                proptest::prop_assert!(rows.rows() > 0, "{command} loses an event");
            }
        }
    }
}
