//! How large batches become, so that room for them need not be found step by step.

use crate::FieldName;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Event types of an input that are remembered.
const MOST_TYPES: usize = 256;
/// Fields of a type; those of more are names that hardly come again.
const MOST_FIELDS: usize = 256;

/// The largest first batch of each event type in the parts of an input that were read so far. What it says has no effect on
/// batches, but on how often memory is asked for.
#[derive(Debug, Default)]
pub(crate) struct Sizes(Mutex<FxHashMap<Box<str>, Arc<Size>>>);

/// The size of a batch.
#[derive(Debug, Default)]
pub(super) struct Size {
    /// Rows.
    pub(super) rows: usize,
    /// Bytes of text that columns share.
    pub(super) shared: usize,
    /// For each field bytes of text of its own.
    pub(super) fields: FxHashMap<FieldName, usize>,
}

impl Sizes {
    /// What is known of an event type.
    pub(super) fn of(&self, key: &str) -> Option<Arc<Size>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).map(Arc::clone)
    }

    /// Takes in the size of a batch.
    pub(super) fn learn(&self, key: &str, size: Size) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_larger = known.get(key).is_none_or(|before| before.rows < size.rows);
        let has_room = known.len() < MOST_TYPES || known.contains_key(key);
        if is_larger && has_room && size.fields.len() <= MOST_FIELDS {
            known.insert(key.into(), Arc::new(size));
        }
    }
}

impl Size {
    /// Bytes of memory that a batch of it takes, about.
    pub(super) fn bytes(&self) -> usize {
        let views = self.rows * size_of::<u128>() * (self.fields.len() + 3);
        views + self.shared + self.fields.values().sum::<usize>()
    }

    /// Rows to make room for: as no two batches are alike, a few more.
    pub(super) fn room(&self, most: usize) -> usize {
        with_slack(self.rows).min(most)
    }
}

/// A little more than before.
pub(super) fn with_slack(size: usize) -> usize {
    size + size / 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_that_of_views_and_texts() {
        let fields = [("a", 100), ("b", 0)].map(|(name, bytes)| (FieldName::from(name), bytes));
        let size = Size { rows: 10, shared: 1000, fields: fields.into_iter().collect() };
        assert_eq!(size.bytes(), 10 * 16 * 5 + 1100);
    }

    #[test]
    fn the_largest_batch_is_kept_and_not_too_many() {
        let sizes = Sizes::default();
        let size = |rows| Size { rows, ..Size::default() };
        for rows in [3, 7, 5] {
            sizes.learn("a", size(rows));
        }
        assert_eq!(sizes.of("a").map(|size| size.rows), Some(7));
        for number in 0..2 * MOST_TYPES {
            sizes.learn(&number.to_string(), size(1));
        }
        assert_eq!(sizes.0.lock().unwrap().len(), MOST_TYPES);
        sizes.learn("a", size(9));
        assert_eq!((sizes.of("a").map(|size| size.rows), sizes.of("b").is_none()), (Some(9), true));
        let fields = (0..=MOST_FIELDS).map(|n| (FieldName::from(n.to_string()), 1)).collect();
        sizes.learn("a", Size { rows: 10, shared: 0, fields });
        assert_eq!(sizes.of("a").map(|size| size.rows), Some(9));
    }
}
