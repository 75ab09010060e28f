//! Rows of transactions.

use super::find::Done;
use super::{MADE, listed};
use crate::Value;
use crate::commands::call::Options;
use crate::pipeline::{columns, is_hidden, nanoseconds};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};
use grotto_spl::ast::Word;
use grotto_spl::text;
use std::collections::BTreeSet;

/// How the values of a transaction's events become a row's.
pub(super) struct Rendering {
    lists: Lists,
    raw_list: bool,
    delimiter: Option<String>,
    null: String,
}

/// Which fields keep every event's value in order; the others keep different values.
enum Lists {
    All,
    None,
    These(Vec<String>),
}

impl Lists {
    fn of(word: &Word) -> Self {
        match text::argument(word).to_ascii_lowercase().as_str() {
            "t" | "true" | "1" => Self::All,
            "f" | "false" | "0" => Self::None,
            _ => Self::These(listed(word)),
        }
    }

    fn contains(&self, field: &str) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::These(fields) => fields.iter().any(|f| f == field),
        }
    }
}

impl Rendering {
    pub(super) fn new(options: &Options<'_>) -> Result<Self, Box<Diagnostic>> {
        Ok(Self {
            lists: options.word("mvlist")?.map_or(Lists::None, Lists::of),
            raw_list: options.flag("mvraw", false)?,
            delimiter: options.text("delim")?,
            null: options.text("nullstr")?.unwrap_or_else(|| "NULL".to_owned()),
        })
    }

    /// A row for each transaction.
    pub(super) fn table(&self, rows: &Batch, fields: &[String], transactions: &[Done]) -> Batch {
        let mut out = Batch::new(transactions.len());
        for (name, column) in rows.columns() {
            if is_hidden(name) || MADE.contains(&&**name) {
                continue;
            }
            let values: Vec<Value> = match &**name {
                "_time" => transactions.iter().map(|t| first_time(column, t)).collect(),
                "_raw" => transactions.iter().map(|t| self.raw(column, t)).collect(),
                name if self.lists.contains(name) => {
                    transactions.iter().map(|t| self.list(column, t)).collect()
                }
                _ => transactions.iter().map(|t| different(column, t)).collect(),
            };
            out.set(name.clone(), columns::column(&values));
        }
        let set = |out: &mut Batch, name: &str, value: &dyn Fn(&Done) -> Value| {
            out.set(name, columns::column(&transactions.iter().map(value).collect::<Vec<_>>()));
        };
        set(&mut out, "duration", &|t| duration(rows, t));
        set(&mut out, "eventcount", &|t| Value::Int(t.rows.len() as i64));
        set(&mut out, "closed_txn", &|t| Value::Int(t.closed.into()));
        if !fields.is_empty() {
            set(&mut out, "field_match_sum", &|t| Value::Int(t.matches as i64));
        }
        out
    }

    fn raw(&self, column: &Column, transaction: &Done) -> Value {
        let texts: Vec<String> =
            oldest_first(transaction).flat_map(|r| columns::texts(column.cell(r))).collect();
        match &self.delimiter {
            _ if texts.is_empty() => Value::Null,
            None if self.raw_list => Value::list(texts),
            delimiter => Value::Text(texts.join(delimiter.as_deref().unwrap_or("\n"))),
        }
    }

    /// Every event's values; events without stand there as null.
    fn list(&self, column: &Column, transaction: &Done) -> Value {
        let mut some = false;
        let mut list = Vec::new();
        for row in oldest_first(transaction) {
            let texts = columns::texts(column.cell(row));
            some |= !texts.is_empty();
            if texts.is_empty() {
                list.push(self.null.clone());
            }
            list.extend(texts);
        }
        if some { Value::list(list) } else { Value::Null }
    }
}

/// The different values in the order of their characters.
fn different(column: &Column, transaction: &Done) -> Value {
    if let [row] = transaction.rows.as_slice() {
        return column.cell(*row as usize).into();
    }
    let texts: BTreeSet<String> =
        oldest_first(transaction).flat_map(|row| columns::texts(column.cell(row))).collect();
    Value::list(texts.into_iter().collect())
}

fn oldest_first(transaction: &Done) -> impl Iterator<Item = usize> {
    transaction.rows.iter().rev().map(|row| *row as usize)
}

fn first_time(column: &Column, transaction: &Done) -> Value {
    oldest_first(transaction).find_map(|row| nanoseconds(column.cell(row))).map_or(Value::Null, Value::Time)
}

/// Seconds from the first to the last event.
fn duration(rows: &Batch, transaction: &Done) -> Value {
    let times = || transaction.rows.iter().filter_map(|row| nanoseconds(rows.cell("_time", *row as usize)));
    match times().max().zip(times().min()) {
        // Subtracted before it is rounded to a float.
        Some((last, first)) => Value::Float(last.saturating_sub(first) as f64 / 1e9),
        None => Value::Int(0),
    }
}
