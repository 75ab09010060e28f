//! Sets of rows.

use arrow_array::BooleanArray;
use arrow_array::cast::AsArray as _;
use arrow_buffer::BooleanBuffer;

/// A set of rows of a batch. [`Mask::Bits`] is only used where rows differ. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Mask {
    /// Every row.
    All,
    /// No row.
    None,
    /// The rows whose bit is set; none is null.
    Bits(BooleanArray),
}

impl PartialEq for Mask {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, Self::All) | (Self::None, Self::None) => true,
            (Self::Bits(a), Self::Bits(b)) => a.values() == b.values(),
            _ => false,
        }
    }
}

impl From<BooleanBuffer> for Mask {
    fn from(bits: BooleanBuffer) -> Self {
        match bits.count_set_bits() {
            0 => Self::None,
            all if all == bits.len() => Self::All,
            _ => Self::Bits(BooleanArray::new(bits, None)),
        }
    }
}

impl From<BooleanArray> for Mask {
    /// Null counts as false.
    fn from(array: BooleanArray) -> Self {
        let (values, nulls) = array.into_parts();
        Self::from(match nulls {
            Some(nulls) => &values & nulls.inner(),
            None => values,
        })
    }
}

impl Mask {
    /// The rows of both sets.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, _) | (_, Self::None) => Self::None,
            (Self::All, other) | (other, Self::All) => other,
            (Self::Bits(a), Self::Bits(b)) if a.len() == b.len() => Self::from(a.values() & b.values()),
            // Masks of different batches have no rows in common.
            (Self::Bits(_), Self::Bits(_)) => Self::None,
        }
    }

    /// The rows of either set.
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => Self::All,
            (Self::None, other) | (other, Self::None) => other,
            (Self::Bits(a), Self::Bits(b)) if a.len() == b.len() => Self::from(a.values() | b.values()),
            (Self::Bits(a), Self::Bits(_)) => Self::Bits(a),
        }
    }

    /// All other rows.
    pub fn negated(self) -> Self {
        match self {
            Self::All => Self::None,
            Self::None => Self::All,
            Self::Bits(bits) => Self::from(!bits.values()),
        }
    }

    /// The set among the rows of another one alone, which are numbered anew. It must be part of that other one.
    #[must_use]
    pub fn within(&self, outer: &Self) -> Self {
        match (self, outer) {
            (Self::None, _) | (_, Self::None) => Self::None,
            (Self::Bits(bits), Self::Bits(outer)) => arrow_select::filter::filter(bits, outer)
                .map_or(Self::None, |kept| Self::from(kept.as_boolean().clone())),
            (inner, _) => inner.clone(),
        }
    }

    /// Whether a row is in the set.
    pub fn contains(&self, row: usize) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::Bits(bits) => row < bits.len() && bits.value(row),
        }
    }

    /// How many of the batch's rows are in the set.
    pub fn count(&self, rows: usize) -> usize {
        match self {
            Self::All => rows,
            Self::None => 0,
            Self::Bits(bits) => bits.true_count(),
        }
    }

    /// Whether no row is in the set.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// One bit for each of the batch's rows.
    pub fn to_array(&self, rows: usize) -> BooleanArray {
        match self {
            Self::All => BooleanArray::new(BooleanBuffer::new_set(rows), None),
            Self::None => BooleanArray::new(BooleanBuffer::new_unset(rows), None),
            Self::Bits(bits) => bits.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(bits: &[bool]) -> Mask {
        Mask::from(BooleanBuffer::from(bits))
    }

    #[test]
    fn uniform_bits_are_no_bits() {
        assert_eq!(mask(&[true, true]), Mask::All);
        assert_eq!(mask(&[false, false]), Mask::None);
        assert!(matches!(mask(&[true, false]), Mask::Bits(_)));
        assert_eq!(Mask::from(BooleanArray::from(vec![None, Some(false)])), Mask::None);
        assert_eq!(Mask::from(BooleanArray::from(vec![None, Some(true)])), mask(&[false, true]));
    }

    #[test]
    fn rows_are_numbered_anew_within_others() {
        let outer = mask(&[true, false, true, true]);
        assert_eq!(mask(&[true, false, false, true]).within(&outer), mask(&[true, false, true]));
        assert_eq!(outer.within(&outer), Mask::All);
        assert_eq!(outer.within(&Mask::All), outer);
        assert_eq!(Mask::None.within(&outer), Mask::None);
    }

    #[test]
    fn set_algebra() {
        let all = [Mask::All, Mask::None, mask(&[true, false, true]), mask(&[false, true, true])];
        for a in &all {
            assert_eq!(a.clone().negated().negated(), *a);
            assert_eq!(a.to_array(3).true_count(), a.count(3));
            assert_eq!(a.is_none(), a.count(3) == 0);
            for b in &all {
                for row in 0..3 {
                    let (x, y) = (a.contains(row), b.contains(row));
                    assert_eq!(a.clone().and(b.clone()).contains(row), x && y);
                    assert_eq!(a.clone().or(b.clone()).contains(row), x || y);
                    assert_eq!(a.clone().negated().contains(row), !x);
                }
            }
        }
    }
}
