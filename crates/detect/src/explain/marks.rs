//! Where in an event's values the predicates matched.

use super::head::identity;
use super::tree::written;
use crate::row::Row;
use grotto_engine::pipeline::columns;
use grotto_engine::predicate::{Formula, Op, Predicate, Subject};
use grotto_events::Batch;
use serde::Serialize;
use std::ops::Range;

/// An event that satisfies a condition.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Matched {
    /// The file that it is in.
    pub file: String,
    /// What tells it from others: `_time`, `host`, `source`, `EventCode`, `EventRecordID`.
    pub event: Row,
    /// What matched, in the order of the condition.
    pub marks: Vec<Mark>,
}

/// A predicate that holds, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// The predicate.
    pub predicate: String,
    /// The field that it looks at; `_raw` for the text of the event.
    pub field: String,
    /// The value that fits.
    pub value: String,
    /// Where in the value, in bytes; empty for predicates that look at the value as a whole.
    pub ranges: Vec<Range<usize>>,
}

/// What matched in a row.
pub(super) fn matched(formula: &Formula, batch: &Batch, base: &Batch, row: usize, file: &str) -> Matched {
    let one = batch.slice(row, 1);
    let mut marks = Vec::new();
    collect(formula, &one, &base.slice(row, 1), &mut marks);
    Matched { file: file.to_owned(), event: identity(base, row), marks }
}

/// The predicates that hold and are not negated.
fn collect(formula: &Formula, batch: &Batch, base: &Batch, marks: &mut Vec<Mark>) {
    match formula {
        Formula::Leaf(predicate) if predicate.mask(batch).contains(0) => {
            let raw = *predicate.subject() == Subject::Raw;
            let name = predicate.field();
            let column = batch.column(name).or_else(|| base.column(name).filter(|_| raw));
            let values = column.map(|column| columns::texts(column.cell(0))).unwrap_or_default();
            let found = values.into_iter().map(|value| (ranges(predicate, &value), value));
            // Of several values the one in which the predicate can be pointed at.
            if let Some((ranges, value)) = found.max_by_key(|(ranges, _)| ranges.len()) {
                let mark = Mark { predicate: written(predicate), field: name.to_owned(), value, ranges };
                if !marks.contains(&mark) {
                    marks.push(mark);
                }
            }
        }
        Formula::And(parts) | Formula::Or(parts) => {
            for part in parts {
                collect(part, batch, base, marks);
            }
        }
        Formula::Leaf(_) | Formula::Not(_) | Formula::Always | Formula::Never => {}
    }
}

/// Where a predicate's words stand in a value.
fn ranges(predicate: &Predicate, value: &str) -> Vec<Range<usize>> {
    let pieces: Vec<&str> = match predicate.op() {
        Op::Equal => predicate.value().split('*').collect(),
        Op::Contains | Op::Term => vec!["", predicate.value().trim_matches('*'), ""],
        _ => return Vec::new(),
    };
    let Some((first, rest)) = pieces.split_first() else { return Vec::new() };
    let same = |a: &str, b: &str| if predicate.case() { a == b } else { lower(a) == lower(b) };
    let mut found = Vec::new();
    let mut from = 0;
    if !first.is_empty() {
        let end = value.char_indices().nth(first.chars().count()).map_or(value.len(), |(at, _)| at);
        if !same(&value[..end], first) {
            return Vec::new();
        }
        found.push(0..end);
        from = end;
    }
    for (number, piece) in rest.iter().enumerate().filter(|(_, piece)| !piece.is_empty()) {
        let length = piece.chars().count();
        let last = number + 1 == rest.len();
        let starts: Vec<usize> = value[from..].char_indices().map(|(at, _)| from + at).collect();
        let place = |start: usize| {
            let end = value[start..].char_indices().nth(length).map_or(value.len(), |(at, _)| start + at);
            start..end
        };
        let fits = |start: &usize| same(&value[place(*start)], piece);
        // The last piece ends the value; the others stand as far to the left as they can.
        let start = if last {
            starts.iter().rev().nth(length - 1).filter(|start| fits(start))
        } else {
            starts.iter().find(|start| fits(start))
        };
        let Some(start) = start else { return Vec::new() };
        let range = place(*start);
        from = range.end;
        found.push(range);
    }
    found
}

fn lower(text: &str) -> String {
    text.to_lowercase()
}
