//! `selfjoin`: joins rows with other rows of the same result.

use super::appendcols::beside;
use super::{Build, Call, Example, Spec};
use crate::pipeline::{Command, FieldSet, Kind, columns};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::text;
use rustc_hash::FxHashMap;

pub(super) static SELFJOIN: Spec = Spec {
    name: "selfjoin",
    aliases: &[],
    summary: "Adds to each row the fields of other rows of the same result that have the same values of some fields.",
    syntax: "selfjoin [overwrite=<bool>] [max=<count>] [keepsingle=<bool>] <fields>",
    kind: Kind::DatasetProcessing,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/selfjoin",
    deviations: &[],
    assumptions: &["selfjoin-with-later-rows"],
    examples: &[
        Example {
            spl: "| selfjoin id | table id a b",
            input: r#"[{"id": 1, "a": "x"}, {"id": 2, "a": "y"}, {"id": 1, "b": "z"}]"#,
            expected: r#"[{"id": 1, "a": "x", "b": "z"}]"#,
        },
        Example {
            spl: "| selfjoin overwrite=f keepsingle=t max=0 id | table id n",
            input: r#"[{"id": 1, "n": 1}, {"id": 2, "n": 2}, {"id": 1, "n": 3}, {"id": 1, "n": 4}]"#,
            expected: r#"[{"id": 1, "n": 1}, {"id": 1, "n": 1}, {"id": 2, "n": 2}, {"id": 1, "n": 3}]"#,
        },
    ],
    build: Build::Command(build),
};

/// Rows that may come out.
const MOST_JOINED: usize = 5_000_000;

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["overwrite", "max", "keepsingle"])?;
    let fields: Vec<String> = call.words(&split.rest)?.into_iter().map(text::field).collect();
    if fields.is_empty() {
        return Err(call.missing("a field"));
    }
    Ok(Box::new(Selfjoin {
        fields,
        overwrite: split.options.flag("overwrite", true)?,
        keep_single: split.options.flag("keepsingle", false)?,
        max: match split.options.count("max", 1)? {
            0 => usize::MAX,
            max => max,
        },
    }))
}

struct Selfjoin {
    fields: Vec<String>,
    overwrite: bool,
    keep_single: bool,
    max: usize,
}

impl Command for Selfjoin {
    fn kind(&self) -> Kind {
        Kind::DatasetProcessing
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        needs.extend(&self.fields);
        needs
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let fields: Vec<&str> = self.fields.iter().map(String::as_str).collect();
        let keys: Vec<Option<String>> =
            (0..rows.rows()).map(|row| columns::key(&rows, &fields, row)).collect();
        let mut by_key: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
        for (row, key) in keys.iter().enumerate() {
            if let Some(key) = key {
                by_key.entry(key).or_default().push(row as u32);
            }
        }
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for (row, key) in keys.iter().enumerate() {
            let row = row as u32;
            let same = key.as_deref().and_then(|key| by_key.get(key)).map_or(&[][..], Vec::as_slice);
            let after = same.partition_point(|other| *other <= row);
            for other in same.iter().skip(after).take(self.max) {
                left.push(row);
                right.push(*other);
            }
            if same.len() < 2 && self.keep_single {
                left.push(row);
                right.push(row);
            }
            if left.len() > MOST_JOINED {
                let message = format!("selfjoin makes more than {MOST_JOINED} rows");
                return Err(Box::new(
                    Diagnostic::error("engine/limit", message).help("give a smaller max, or more fields"),
                ));
            }
        }
        Ok(beside(rows.take(&left), &rows.take(&right), self.overwrite))
    }
}
