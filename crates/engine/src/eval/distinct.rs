//! Rows whose fields have the same values: what an expression says of one of them it says of all.
//!
//! Most fields of events have few values (programs, users, hosts), and what is computed of them (parts of paths, names
//! in lower case) often takes a regular expression a row.

use arrow_array::{Array, StringViewArray};
use grotto_events::Column;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

/// Rows from which on it is worth the while.
const LEAST: usize = 16;
/// After so many rows it is given up when most differ.
const TRIED: usize = 64;

/// Some rows, and for every row which of them it is like.
pub(super) struct Distinct {
    /// Numbers of rows; two of them are alike only where hashes of different values are equal.
    pub(super) rows: Vec<usize>,
    /// For each row a number into `rows`.
    pub(super) like: Vec<u32>,
}

impl Distinct {
    /// Compares rows by some columns; `None` when there are few rows, most differ, or a column is not of texts.
    pub(super) fn of(columns: &[&Column], rows: usize) -> Option<Self> {
        if rows < LEAST {
            return None;
        }
        let varying = columns.iter().filter(|column| !super::is_same(column));
        let texts = varying.map(|column| if let Column::Text(texts) = column { Some(texts) } else { None });
        let texts: Vec<&StringViewArray> = texts.collect::<Option<_>>()?;
        let (mut distinct, mut like) = (Vec::new(), Vec::with_capacity(rows));
        let mut known: FxHashMap<u64, u32> = FxHashMap::default();
        for row in 0..rows {
            if row == TRIED && distinct.len() > TRIED * 3 / 4 {
                return None;
            }
            if let Some(before) = like.last().copied().filter(|_| is_as_before(&texts, row)) {
                like.push(before);
                continue;
            }
            let hash = hash(&texts, row);
            let found = known.get(&hash).filter(|found| {
                distinct
                    .get(**found as usize)
                    .is_some_and(|other| texts.iter().all(|t| cell(t, *other) == cell(t, row)))
            });
            like.push(found.copied().unwrap_or_else(|| {
                // Of different rows with the same hash the last is known.
                known.insert(hash, distinct.len() as u32);
                distinct.push(row);
                distinct.len() as u32 - 1
            }));
        }
        Some(Self { rows: distinct, like })
    }
}

fn cell(texts: &StringViewArray, row: usize) -> Option<&str> {
    texts.is_valid(row).then(|| texts.value(row))
}

/// Whether a row evidently has what the row before it has: equal views are equal texts.
fn is_as_before(columns: &[&StringViewArray], row: usize) -> bool {
    let same = |texts: &&StringViewArray| {
        let views = texts.views();
        views.get(row) == views.get(row - 1) && texts.is_valid(row) && texts.is_valid(row - 1)
    };
    columns.iter().all(same)
}

fn hash(columns: &[&StringViewArray], row: usize) -> u64 {
    let mut hasher = FxHasher::default();
    for texts in columns {
        cell(texts, row).hash(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distinct(columns: &[&Column], rows: usize) -> Option<(Vec<usize>, Vec<u32>)> {
        Distinct::of(columns, rows).map(|distinct| (distinct.rows, distinct.like))
    }

    #[test]
    fn rows_are_alike_when_all_their_fields_are() {
        let of = |f: fn(usize) -> Option<&'static str>| Column::text((0..20).map(f));
        let a = of(|row| if row % 2 == 0 { Some("x") } else { None });
        let b = of(|row| if row < 10 { Some("") } else { Some("x") });
        let constant = Column::constant("c", 20);
        let (rows, like) = distinct(&[&a, &b, &constant], 20).unwrap();
        assert_eq!(rows, [0, 1, 10, 11]);
        for (row, like) in like.iter().enumerate() {
            let expected = usize::from(row % 2 == 1) + if row < 10 { 0 } else { 2 };
            assert_eq!(*like as usize, expected, "{row}");
        }
    }

    #[test]
    fn it_is_given_up_where_it_does_not_help() {
        let few = Column::text((0..10).map(|_| Some("x")));
        assert_eq!(distinct(&[&few], 10), None);
        let different = Column::text((0..500).map(|row| Some(row.to_string())));
        assert_eq!(distinct(&[&different], 500), None);
        let numbers = Column::Int(vec![Some(1); 100].into());
        assert_eq!(distinct(&[&numbers], 100), None);
    }
}
