//! What the template calls; it hands out numbers as they are, and references to them.

use super::text;

/// A number that counts something.
pub(super) trait Count {
    /// The number.
    fn get(&self) -> u64;
}

impl Count for usize {
    fn get(&self) -> u64 {
        *self as u64
    }
}

impl Count for u64 {
    fn get(&self) -> u64 {
        *self
    }
}

impl<C: Count> Count for &C {
    fn get(&self) -> u64 {
        (**self).get()
    }
}

fn size(n: impl Count) -> usize {
    usize::try_from(n.get()).unwrap_or(usize::MAX)
}

/// `1 finding`, `2,000 findings`.
pub(super) fn counted(n: impl Count, word: &str) -> String {
    text::counted(size(n), word)
}

/// `2,000`.
pub(super) fn number(n: impl Count) -> String {
    crate::site::thousands(size(n))
}

/// Bytes for people.
pub(super) fn bytes(n: impl Count) -> String {
    text::bytes(n.get())
}
