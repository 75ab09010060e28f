//! `dedup`: drops rows whose fields were seen before.

use super::{Build, Call, Example, Spec, sort};
use crate::Value;
use crate::memory::{Chunks, Partitions, Rows};
use crate::pipeline::{Command, Env, FieldSet, Kind, Stop, each_chunk};
use crate::value::cell_text;
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Cell, Column};
use grotto_spl::ast::{Arg, Quote};
use grotto_spl::text;
use rustc_hash::FxHashMap;

pub(super) static DEDUP: Spec = Spec {
    name: "dedup",
    aliases: &[],
    summary: "Keeps the first row, or the first rows, of each combination of the fields' values; a row that misses               one of the fields is dropped.",
    syntax: "dedup [<count>] <fields> [keepevents=<bool>] [keepempty=<bool>] [consecutive=<bool>] \
             [sortby [+|-]<field>...]",
    kind: Kind::DatasetProcessing,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/dedup",
    deviations: &[],
    assumptions: &["dedup-sorts-before"],
    examples: &[
        Example {
            spl: "| dedup user host",
            input: r#"[{"user": "a", "host": "x", "n": 1}, {"user": "a", "host": "x", "n": 2},
                {"user": "a", "host": "y", "n": 3}, {"user": "a", "n": 4}]"#,
            expected: r#"[{"user": "a", "host": "x", "n": 1}, {"user": "a", "host": "y", "n": 3}]"#,
        },
        Example {
            spl: "| dedup 1 user consecutive=true keepempty=true",
            input: r#"[{"user": "a", "n": 1}, {"user": "a", "n": 2}, {"n": 3}, {"user": "b"}, {"user": "a"}]"#,
            expected: r#"[{"user": "a", "n": 1}, {"n": 3}, {"user": "b"}, {"user": "a"}]"#,
        },
        Example {
            spl: "| dedup user sortby -n",
            input: r#"[{"user": "a", "n": 1}, {"user": "b", "n": 5}, {"user": "a", "n": 9}]"#,
            expected: r#"[{"user": "a", "n": 9}, {"user": "b", "n": 5}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["keepevents", "keepempty", "consecutive"])?;
    let mut rest = split.rest.as_slice();
    let mut count = 1;
    if let Some(Arg::Word(word)) = rest.first()
        && word.quote == Quote::Bare
        && let Ok(number) = word.raw.parse::<usize>()
    {
        if number == 0 {
            return Err(call.bad(word.at.0, "at least one row must be kept"));
        }
        count = number;
        rest = &rest[1..];
    }
    let sortby = rest.iter().position(|arg| arg.word().is_some_and(|word| word.is_keyword("sortby")));
    let (rest, mut order) = rest.split_at(sortby.unwrap_or(rest.len()));
    let mut keys = Vec::new();
    if sortby.is_some() {
        order = &order[1..];
        keys = sort::keys(call, &mut order)?;
        if let Some(left) = order.first() {
            return Err(call.unexpected(left));
        }
        if keys.is_empty() {
            return Err(call.missing("a field after sortby"));
        }
    }
    let words = call.words(rest)?;
    if words.is_empty() {
        return Err(call.missing("a field"));
    }
    Ok(Box::new(Dedup {
        count,
        keys,
        fields: words.into_iter().map(text::field).collect(),
        keep_events: split.options.flag("keepevents", false)?,
        keep_empty: split.options.flag("keepempty", false)?,
        consecutive: split.options.flag("consecutive", false)?,
    }))
}

struct Dedup {
    count: usize,
    /// What rows are sorted by before.
    keys: Vec<sort::Key>,
    fields: Vec<String>,
    /// Keep the rows and only take the fields away from repeated ones.
    keep_events: bool,
    keep_empty: bool,
    consecutive: bool,
}

impl Command for Dedup {
    fn kind(&self) -> Kind {
        Kind::DatasetProcessing
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        needs.extend(&self.fields);
        needs.extend(self.keys.iter().map(|key| &key.field));
        needs
    }

    fn stays_empty(&self) -> bool {
        true
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        if !self.keys.is_empty() {
            rows = rows.take(&sort::order(&rows, &self.keys));
        }
        let mut counts = Counts::default();
        let kept: Vec<bool> =
            (0..rows.rows()).map(|row| self.keeps(self.key(&rows, row), &mut counts)).collect();
        Ok(self.left(rows, &kept))
    }

    fn prunes(&self) -> bool {
        // Of rows that come later some could be a first one in between.
        !self.consecutive && !self.keep_events && self.keys.is_empty()
    }

    fn prune(&self, rows: &Batch) -> Batch {
        let mut counts = Counts::default();
        let kept: Vec<bool> =
            (0..rows.rows()).map(|row| self.keeps(self.key(rows, row), &mut counts)).collect();
        rows.filter(&kept.into())
    }

    fn run_chunks(&self, rows: &Chunks, _: &mut Env<'_>) -> Result<Option<Rows>, Stop> {
        let sorted;
        let rows = if self.keys.is_empty() {
            rows
        } else {
            sorted = sort::sorted_chunks(rows, &self.keys)?;
            &sorted
        };
        let kept = self.kept(rows)?;
        let mut next = 0;
        each_chunk(rows, &mut |chunk| {
            let end = next + chunk.rows();
            let part = kept.get(next..end).unwrap_or_default();
            next = end;
            Ok(self.left(chunk, part))
        })
        .map(Some)
    }
}

/// How often each key was seen.
#[derive(Default)]
struct Counts {
    seen: FxHashMap<Vec<u8>, usize>,
    last: Option<Vec<u8>>,
}

impl Dedup {
    /// Whether the next row, with this key, is kept.
    fn keeps(&self, key: Option<Vec<u8>>, counts: &mut Counts) -> bool {
        let Some(key) = key else { return self.keep_empty };
        if self.consecutive && counts.last.as_ref() != Some(&key) {
            counts.seen.clear();
            counts.last = Some(key.clone());
        }
        let count = counts.seen.entry(key).or_default();
        *count += 1;
        *count <= self.count
    }

    /// Which rows on disk are kept.
    fn kept(&self, rows: &Chunks) -> Result<Vec<bool>, Box<Diagnostic>> {
        let mut kept = Vec::with_capacity(rows.rows());
        let mut counts = Counts::default();
        let mut keys = Partitions::new(rows.memory());
        for chunk in rows.iter() {
            let chunk = chunk?;
            for row in 0..chunk.rows() {
                match self.key(&chunk, row) {
                    Some(key) if !self.consecutive => {
                        keys.push(&key, key.clone(), (kept.len() as u64).to_le_bytes().to_vec())?;
                        kept.push(false);
                    }
                    key => kept.push(self.keeps(key, &mut counts)),
                }
            }
        }
        // All rows of a key are in one part, in their order.
        for part in keys.parts()? {
            let mut counts = Counts::default();
            part.read(|key, row| {
                let row = row.try_into().map(u64::from_le_bytes).unwrap_or_default();
                if let Some(kept) = kept.get_mut(row as usize) {
                    *kept = self.keeps(Some(key.to_vec()), &mut counts);
                }
                Ok(())
            })?;
        }
        Ok(kept)
    }

    /// The rows that are kept; or all of them, those that are not without the fields.
    fn left(&self, mut rows: Batch, kept: &[bool]) -> Batch {
        if !self.keep_events {
            return rows.filter(&kept.to_vec().into());
        }
        for field in &self.fields {
            let Some(column) = rows.column(field) else { continue };
            let values =
                (0..rows.rows()).map(|row| if kept[row] { column.cell(row).into() } else { Value::Null });
            let column: Column = crate::pipeline::columns::column(&values.collect::<Vec<_>>());
            rows.set(field.as_str(), column);
        }
        rows
    }

    /// The fields' values; `None` when one is missing.
    fn key(&self, rows: &Batch, row: usize) -> Option<Vec<u8>> {
        let mut key = Vec::new();
        for field in &self.fields {
            match rows.cell(field, row) {
                Cell::Null => return None,
                Cell::Text(text) => key.extend_from_slice(text.as_bytes()),
                other => key.extend_from_slice(cell_text(other).as_bytes()),
            }
            // In no UTF-8 text.
            key.push(0xff);
        }
        Some(key)
    }
}
