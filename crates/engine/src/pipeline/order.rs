//! The order of rows.
//!
//! Splunk answers a search with the newest event first, and several commands depend on that order. Threads see events
//! in any order, so every row carries its place in hidden columns until its order no longer matters.

use crate::time;
use grotto_events::{Batch, Cell, Column, FieldName};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// Name of the hidden column that says where in the input a row stood: whole numbers that grow along a file and from
/// file to file. Whoever reads events sets it, so that results do not depend on how the work was split.
pub const ORDER: &str = "\0order";
/// Name of the hidden column that keeps `_time` as it was read.
const TIME: &str = "\0time";

/// Whether a column is one of the hidden ones, which no search can name.
pub fn is_hidden(name: &str) -> bool {
    name.starts_with('\0')
}

/// A row's place in search order. The smaller place comes first: newest first, and of the same time what was read
/// later first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place(Reverse<Option<i64>>, Reverse<i64>);

impl Place {
    /// The place of an event of this time (nanoseconds) that was read at this position.
    pub fn of_event(time: Option<i64>, position: i64) -> Self {
        Self(Reverse(time), Reverse(position))
    }

    /// The place of a row among rows that are in order already.
    pub fn of_row(row: usize) -> Self {
        Self(Reverse(None), Reverse(-(row as i64)))
    }
}

/// The places and times of a batch's rows.
#[derive(Debug)]
pub struct Places<'b> {
    hidden: Option<(&'b Column, &'b Column)>,
    time: Option<&'b Column>,
}

impl<'b> Places<'b> {
    /// Of this batch. Rows without hidden columns are taken to be in order.
    pub fn of(batch: &'b Batch) -> Self {
        let hidden = batch.column(TIME).zip(batch.column(ORDER));
        Self { hidden, time: batch.column("_time") }
    }

    /// A row's place in search order.
    pub fn place(&self, row: usize) -> Place {
        let Some((time, order)) = self.hidden else { return Place::of_row(row) };
        let position = if let Cell::Int(position) = order.cell(row) { position } else { 0 };
        Place::of_event(nanoseconds(time.cell(row)), position)
    }

    /// The row's `_time` as it is now, in nanoseconds.
    pub fn time(&self, row: usize) -> Option<i64> {
        self.time.and_then(|column| nanoseconds(column.cell(row)))
    }
}

/// A time as nanoseconds since 1970: times as they are, numbers and text as seconds.
pub fn nanoseconds(cell: Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Time(ns) => Some(ns),
        Cell::Int(seconds) => seconds.checked_mul(time::SECOND),
        Cell::Float(seconds) => time::of_seconds(seconds),
        Cell::Text(text) => time::of_text(text),
        Cell::List(..) | Cell::Null => None,
    }
}

/// Gives a batch of events its hidden columns. Rows whose reader did not say where they stood stand in the order in
/// which they come, from `next` on.
pub(super) fn mark(batch: &mut Batch, next: &mut i64) {
    let rows = batch.rows();
    if batch.column(ORDER).is_none() {
        let from = *next;
        batch.set(FieldName::from(ORDER), Column::Int((from..from + rows as i64).collect()));
    }
    *next += rows as i64;
    let time = batch.column("_time").cloned().unwrap_or_else(|| Column::null(rows));
    batch.set(FieldName::from(TIME), time);
}

/// All rows of all batches in search order, without the hidden columns.
pub(super) fn gathered(batches: &[Batch]) -> Batch {
    let mut all = sorted(batches);
    all.retain(|name| !is_hidden(name));
    all
}

/// All rows of all batches in search order.
pub(super) fn sorted(batches: &[Batch]) -> Batch {
    // The columns' order follows the batches', so that must not depend on which thread was first.
    let mut batches: Vec<(Option<Place>, &Batch)> =
        batches.iter().map(|batch| (first(batch), batch)).collect();
    batches.sort_by_key(|(first, _)| *first);
    let batches: Vec<Batch> = batches.into_iter().map(|(_, batch)| batch.clone()).collect();
    let mut order: Vec<(Place, u32)> = Vec::new();
    for batch in &batches {
        let places = Places::of(batch);
        let start = order.len();
        order.extend((0..batch.rows()).map(|row| (places.place(row), (start + row) as u32)));
    }
    let all = Batch::concat(&batches, crate::value::cell_text);
    if order.is_sorted() {
        return all;
    }
    order.sort_unstable();
    let rows: Vec<u32> = order.iter().map(|(_, row)| *row).collect();
    all.take(&rows)
}

/// The place of the row that comes first.
fn first(batch: &Batch) -> Option<Place> {
    let places = Places::of(batch);
    (0..batch.rows()).map(|row| places.place(row)).min()
}

/// Gives rows in order, which are part of more of them, the places that they have among all.
pub(crate) fn mark_in_order(batch: &mut Batch, next: &mut i64) {
    let rows = batch.rows();
    let from = *next;
    *next += rows as i64;
    batch.set(FieldName::from(TIME), Column::null(rows));
    batch.set(FieldName::from(ORDER), Column::Int((from..*next).map(|row| -row).collect::<Vec<_>>().into()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newest_comes_first_and_of_the_same_time_what_was_read_later() {
        let place = Place::of_event;
        let mut places = [place(None, 9), place(Some(1), 1), place(Some(2), 1), place(Some(2), 2)];
        places.sort();
        assert_eq!(places, [place(Some(2), 2), place(Some(2), 1), place(Some(1), 1), place(None, 9)]);
        assert!(Place::of_row(0) < Place::of_row(1));
    }

    #[test]
    fn gathering_does_not_depend_on_the_split() {
        let batch = |rows: &[(i64, i64)]| {
            let mut batch = Batch::new(rows.len());
            batch.set("_time", Column::Time(rows.iter().map(|r| r.0).collect::<Vec<_>>().into()));
            batch.set(ORDER, Column::Int(rows.iter().map(|r| r.1).collect()));
            batch.set("n", Column::Int(rows.iter().map(|r| r.1).collect()));
            mark(&mut batch, &mut 0);
            batch
        };
        let one = gathered(&[batch(&[(5, 1), (7, 2), (5, 3), (1, 4)])]);
        let two = gathered(&[batch(&[(5, 3), (1, 4)]), batch(&[(7, 2), (5, 1)])]);
        assert_eq!(one, two);
        let ns: Vec<_> = (0..4).map(|row| one.cell("n", row)).collect();
        assert_eq!(ns, [Cell::Int(2), Cell::Int(3), Cell::Int(1), Cell::Int(4)]);
        assert!(one.names().all(|name| !is_hidden(name)));
    }

    #[test]
    fn parts_of_ordered_rows_have_the_places_of_the_whole() {
        let mut next = 0;
        for part in [2, 3] {
            let from = next as usize;
            let mut batch = Batch::new(part);
            mark_in_order(&mut batch, &mut next);
            for row in 0..part {
                assert_eq!(Places::of(&batch).place(row), Place::of_row(from + row));
            }
        }
    }
}
