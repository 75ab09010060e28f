//! Rows of events joined with the rows of a lookup.

use super::registry::{Lookup, Prepared, Rows};
use super::{Matching, Table, entropy, table};
use crate::pipeline::{columns, nanoseconds};
use crate::predicate::{Formula, Predicate};
use crate::{Context, Value, time};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Cell, Column};
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

/// Combinations of the values of multivalue match fields that are looked up for one event.
const MOST_COMBINATIONS: usize = 1000;

/// Results that are remembered while a batch is joined.
const MOST_REMEMBERED: usize = 65_536;

/// Values that an event gets in one field at most.
const MOST_VALUES: usize = 10_000;

/// Rows of a table whose keys become conditions of what comes before the lookup; a larger table sets none.
const MOST_TRACED: usize = 20_000;

/// What becomes of output fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// What is found replaces what the event has.
    Overwrite,
    /// What the event has stays.
    KeepExisting,
}

/// A use of a lookup: which fields are compared, and which are given to the events.
#[derive(Debug)]
pub struct Join {
    lookup: Arc<Lookup>,
    /// The match columns that the table has, and the fields of events that they are compared with.
    keys: Vec<(String, String)>,
    /// Columns and the fields that they give.
    outputs: Vec<(String, String)>,
    output: Output,
    /// Whether a row of the table can match at all: not when a table that takes any field lacks a match field.
    possible: bool,
    prepared: OnceLock<Arc<Prepared>>,
    context: Context,
}

/// The values of the outputs for one event.
type Found = Rc<Vec<Vec<String>>>;

/// What an event is looked up by: the values of its match fields, and its time where that matters.
type Key = (Vec<Vec<String>>, Option<i64>);

impl Join {
    /// Compares columns with fields of events (`keys`) and gives columns as fields (`outputs`; when empty, all
    /// columns but those compared).
    ///
    /// # Errors
    /// `engine/lookup-field` for a column that the lookup does not have, and why its table can't be read.
    pub fn new(
        lookup: Arc<Lookup>,
        keys: Vec<(String, String)>,
        outputs: Vec<(String, String)>,
        output: Output,
        context: &Context,
    ) -> Result<Self, Box<Diagnostic>> {
        let mut possible = true;
        for (column, _) in keys.iter().chain(&outputs) {
            if !lookup.has(column) && !lookup.is_open() {
                return Err(lookup.no_field(column));
            }
        }
        for (column, _) in &keys {
            possible &= lookup.has(column);
        }
        let outputs = if outputs.is_empty() {
            let others = lookup.columns().into_iter().filter(|c| keys.iter().all(|(key, _)| key != c));
            others.map(|c| (c.clone(), c)).collect()
        } else {
            outputs.into_iter().filter(|(column, _)| lookup.has(column)).collect()
        };
        let context = context.clone();
        Ok(Self { lookup, keys, outputs, output, possible, prepared: OnceLock::new(), context })
    }

    /// The fields of events that are compared, and `_time` when it matters.
    pub fn reads(&self) -> impl Iterator<Item = &str> {
        let time = self.lookup.settings().time.as_ref().map(|_| "_time");
        self.keys.iter().map(|(_, field)| field.as_str()).chain(time)
    }

    /// The fields that events get.
    pub fn makes(&self) -> impl Iterator<Item = &str> {
        self.outputs.iter().map(|(_, field)| field.as_str())
    }

    /// Whether what is found replaces what events have.
    pub fn overwrites(&self) -> bool {
        self.output == Output::Overwrite
    }

    /// The columns that the events of a batch get; those that would stay as they are are left out.
    pub fn columns(&self, rows: &Batch) -> Vec<(&str, Column)> {
        let keys: Option<Vec<&Column>> = self.keys.iter().map(|(_, field)| rows.column(field)).collect();
        let Some(keys) = keys.filter(|_| self.possible && !self.is_void()) else { return Vec::new() };
        let times = self.lookup.settings().time.as_ref().map(|_| rows.column("_time"));
        let mut made: Vec<Vec<Vec<String>>> = vec![Vec::with_capacity(rows.rows()); self.outputs.len()];
        let mut known: FxHashMap<Key, Found> = FxHashMap::default();
        let mut last: Option<(Key, Found)> = None;
        for row in 0..rows.rows() {
            let values = keys.iter().map(|key| columns::texts(key.cell(row))).collect::<Vec<_>>();
            let time = times.and_then(|column| nanoseconds(column.map_or(Cell::Null, |c| c.cell(row))));
            let key = (values, time);
            // Events of one kind often have the same key, one after the other.
            let found = match &last {
                Some((before, found)) if *before == key => Rc::clone(found),
                _ => {
                    let found = known.get(&key).map_or_else(|| Rc::new(self.find(&key.0, key.1)), Rc::clone);
                    if known.len() < MOST_REMEMBERED {
                        known.insert(key.clone(), Rc::clone(&found));
                    }
                    last = Some((key, Rc::clone(&found)));
                    found
                }
            };
            for (all, values) in made.iter_mut().zip(found.iter()) {
                all.push(values.clone());
            }
        }
        let named = self.outputs.iter().map(|(_, field)| field.as_str());
        named
            .zip(made)
            .filter_map(|(field, cells)| Some((field, self.merged(rows.column(field), cells)?)))
            .collect()
    }

    /// What events said that satisfy a predicate after the lookup, as [`Command::before`](crate::pipeline::Command): of
    /// a field that it gives, that they have it or are found through rows whose value satisfies it.
    pub(crate) fn before(&self, after: &Arc<Predicate>) -> Formula {
        let columns = self.outputs.iter().filter(|(_, field)| field == after.field());
        let columns: Vec<&str> = columns.map(|(column, _)| column.as_str()).collect();
        if columns.is_empty() {
            return Formula::Leaf(Arc::clone(after));
        }
        let settings = self.lookup.settings();
        let by_default = settings.min_matches > 0
            && settings.default_match.as_deref().is_some_and(|text| after.holds(Cell::Text(text)));
        let Rows::Table(table) = self.lookup.rows() else { return Formula::Always };
        if by_default || table.rows() > MOST_TRACED {
            return Formula::Always;
        }
        let fits = |row: &usize| columns.iter().any(|column| after.holds(table.batch().cell(column, *row)));
        let found = (0..table.rows()).filter(fits).map(|row| self.key_of(table, row));
        Formula::or(found.chain([Formula::Leaf(Arc::clone(after))]))
    }

    /// What an event says that a row is found for.
    fn key_of(&self, table: &Table, row: usize) -> Formula {
        let settings = self.lookup.settings();
        let of_key = |(column, field): &(String, String)| {
            let matching = settings.matching.iter().find(|(name, _)| name == column).map(|(_, m)| *m);
            if matching == Some(Matching::Cidr) {
                return Formula::Always;
            }
            let values = columns::texts(table.batch().cell(column, row));
            let equal = |value: &String| Predicate::equal(field.as_str().into(), value, false).into();
            Formula::or(values.iter().map(equal))
        };
        Formula::and(self.keys.iter().map(of_key))
    }

    /// Whether there is nothing to find: no row, and no default for what is not found.
    fn is_void(&self) -> bool {
        let settings = self.lookup.settings();
        let default = settings.min_matches > 0 && settings.default_match.is_some();
        !default && matches!(self.lookup.rows(), Rows::Table(table) if table.rows() == 0)
    }

    /// A column with what was found in place of what was there; `None` when it stays as it is.
    fn merged(&self, existing: Option<&Column>, cells: Vec<Vec<String>>) -> Option<Column> {
        if cells.iter().all(Vec::is_empty) {
            return None;
        }
        let Some(existing) = existing else { return Some(table::column(cells)) };
        let values: Vec<Value> = cells
            .into_iter()
            .enumerate()
            .map(|(row, cell)| match existing.cell(row) {
                Cell::Null => Value::list(cell),
                old if self.output == Output::KeepExisting || cell.is_empty() => old.into(),
                _ => Value::list(cell),
            })
            .collect();
        Some(columns::column(&values))
    }

    /// For each output, the values for an event whose match fields have these values: those of every combination of
    /// values, one after the other.
    fn find(&self, values: &[Vec<String>], time: Option<i64>) -> Vec<Vec<String>> {
        let mut out = vec![Vec::new(); self.outputs.len()];
        // An event that lacks a match field is not looked up.
        let combinations = values.iter().map(Vec::len).fold(1_usize, usize::saturating_mul);
        for number in 0..combinations.min(MOST_COMBINATIONS) {
            let (mut rest, mut asked) = (number, Vec::with_capacity(values.len()));
            for list in values.iter().rev() {
                asked.push(list[rest % list.len()].as_str());
                rest /= list.len();
            }
            asked.reverse();
            self.find_one(&asked, time, &mut out);
        }
        for list in &mut out {
            list.truncate(MOST_VALUES);
        }
        out
    }

    fn find_one(&self, asked: &[&str], time: Option<i64>, out: &mut [Vec<String>]) {
        let table = match self.lookup.rows() {
            Rows::Table(table) => table,
            Rows::Entropy => {
                let word = asked.first().copied().unwrap_or_default();
                for ((column, _), list) in self.outputs.iter().zip(out.iter_mut()) {
                    list.push(match column.as_str() {
                        entropy::RESULT => crate::value::format_number(entropy::shannon(word)),
                        _ => word.to_owned(),
                    });
                }
                return;
            }
        };
        let found = self.matching(asked, time);
        for ((column, _), list) in self.outputs.iter().zip(out.iter_mut()) {
            let Some(column) = table.batch().column(column) else { continue };
            for row in &found {
                columns::each(column.cell(*row as usize), |cell| {
                    columns::with_text(cell, |text| list.push(text.to_owned()));
                });
            }
            let settings = self.lookup.settings();
            if let Some(default) = &settings.default_match {
                let missing = settings.min_matches.saturating_sub(found.len());
                list.extend(std::iter::repeat_n(default.clone(), missing));
            }
        }
    }

    /// Numbers of the rows that match, as many as the settings want at most.
    fn matching(&self, asked: &[&str], time: Option<i64>) -> Vec<u32> {
        let settings = self.lookup.settings();
        let most = settings.max_matches.max(1);
        let Some(prepared) = self.prepared() else { return Vec::new() };
        let (Some(times), Some(bound)) = (&prepared.times, &settings.time) else {
            return prepared.index.find(asked, most);
        };
        let Some(event) = time else { return Vec::new() };
        let seconds = |count: u64| i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(time::SECOND);
        let (least, longest) = (seconds(bound.min_offset), seconds(bound.max_offset));
        let mut found: Vec<(i64, u32)> = prepared
            .index
            .find(asked, usize::MAX)
            .into_iter()
            .filter_map(|row| {
                let since = (*times.get(row as usize)?)?;
                (least..=longest).contains(&event.saturating_sub(since)).then_some((since, row))
            })
            .collect();
        // The latest row counts first.
        found.sort_by_key(|(since, _)| std::cmp::Reverse(*since));
        found.into_iter().map(|(_, row)| row).take(most).collect()
    }

    fn prepared(&self) -> Option<&Prepared> {
        let Rows::Table(table) = self.lookup.rows() else { return None };
        Some(self.prepared.get_or_init(|| {
            let keys: Vec<&str> = self.keys.iter().map(|(column, _)| column.as_str()).collect();
            self.lookup.prepared(table, &keys, &self.context)
        }))
    }
}

#[cfg(test)]
mod tests;
