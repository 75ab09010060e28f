//! A column looked at once a value: most columns of logs hold few values.

use super::super::{Mask, fold};
use super::matcher::Id;
use crate::value::cell_text;
use arrow_array::{Array, StringViewArray};
use arrow_buffer::{BooleanBuffer, Buffer};
use grotto_events::{Cell, Column};
use rustc_hash::FxHashMap;

/// Tells which predicates hold for a value, given also in the form in which letter case does not count.
type Ask<'a> = dyn Fn(Cell<'_>, &str, &mut Vec<Id>) + 'a;

/// What is known of the values of a column.
pub(super) struct Dictionary<'a> {
    ask: &'a Ask<'a>,
    /// The places in `found` of the predicates that hold for a value, as a range of `places`.
    known: FxHashMap<&'a str, (usize, usize)>,
    places: Vec<usize>,
    /// The predicates that hold somewhere, each with a bit for each row.
    found: Vec<(Id, Vec<u64>)>,
    by_id: FxHashMap<Id, usize>,
    ids: Vec<Id>,
    folded: String,
}

impl<'a> Dictionary<'a> {
    /// Nothing is known yet.
    pub(super) fn new(ask: &'a Ask<'a>) -> Self {
        let (known, by_id) = (FxHashMap::default(), FxHashMap::default());
        Self {
            ask,
            known,
            places: Vec::new(),
            found: Vec::new(),
            by_id,
            ids: Vec::new(),
            folded: String::new(),
        }
    }

    /// The predicates that hold for some row of a column, each with its rows.
    pub(super) fn scan(mut self, column: &'a Column) -> Vec<(Id, Mask)> {
        let rows = column.len();
        match column {
            Column::Text(texts) if column.as_constant().is_some() => {
                let (from, to) = self.of_cell(Cell::Text(texts.value(0)), rows);
                let all = self.places[from..to].iter().filter_map(|place| self.found.get(*place));
                return all.map(|(id, _)| (*id, Mask::All)).collect();
            }
            Column::Text(texts) => self.scan_texts(texts),
            _ => (0..rows).for_each(|row| match column.cell(row) {
                Cell::Null => {}
                Cell::List(values, from, to) => {
                    for at in from..to {
                        let range = self.of_text(values.value(at), rows);
                        self.mark(range, row);
                    }
                }
                cell => {
                    let range = self.of_cell(cell, rows);
                    self.mark(range, row);
                }
            }),
        }
        let mask = |bits: Vec<u64>| Mask::from(BooleanBuffer::new(Buffer::from_vec(bits), 0, rows));
        self.found.into_iter().map(|(id, bits)| (id, mask(bits))).collect()
    }

    fn scan_texts(&mut self, texts: &'a StringViewArray) {
        let rows = texts.len();
        let mut last = None;
        for (row, view) in texts.views().iter().enumerate() {
            if texts.is_null(row) {
                continue;
            }
            // Equal views are equal texts, and events of one kind often have the same text one after the other.
            let range = match last {
                Some((before, range)) if before == *view => range,
                _ => self.of_text(texts.value(row), rows),
            };
            last = Some((*view, range));
            self.mark(range, row);
        }
    }

    fn mark(&mut self, (from, to): (usize, usize), row: usize) {
        for place in &self.places[from..to] {
            if let Some((_, bits)) = self.found.get_mut(*place) {
                bits[row / 64] |= 1 << (row % 64);
            }
        }
    }

    fn of_text(&mut self, text: &'a str, rows: usize) -> (usize, usize) {
        if let Some(range) = self.known.get(text) {
            return *range;
        }
        let range = self.of_cell(Cell::Text(text), rows);
        self.known.insert(text, range);
        range
    }

    /// Asks for a value, whose predicates get places.
    fn of_cell(&mut self, cell: Cell<'_>, rows: usize) -> (usize, usize) {
        match cell {
            Cell::Text(text) if text.is_ascii() => {
                self.folded.clear();
                self.folded.push_str(text);
                self.folded.make_ascii_lowercase();
            }
            Cell::Text(text) => self.folded = fold(text),
            other => self.folded = fold(&cell_text(other)),
        }
        self.ids.clear();
        (self.ask)(cell, &self.folded, &mut self.ids);
        let from = self.places.len();
        for id in &self.ids {
            let found = &mut self.found;
            let place = *self.by_id.entry(*id).or_insert_with(|| {
                found.push((*id, vec![0; rows.div_ceil(64)]));
                found.len() - 1
            });
            self.places.push(place);
        }
        (from, self.places.len())
    }
}
