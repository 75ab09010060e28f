//! Different texts, each kept once.

use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::Hasher;

/// Different texts by number, from 0 on in the order in which they came. They stand in one block of memory: what groups
/// hold is mostly short, and an allocation for each would take more than the texts.
#[derive(Default)]
pub(crate) struct Texts {
    /// All of them, one after the other.
    all: String,
    /// Where each ends.
    ends: Vec<usize>,
    /// Their numbers by [hash].
    numbers: HashTable<u32>,
}

/// The hash of a text; the same in every run.
pub(crate) fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

impl Texts {
    /// The number of a text, which is added if it is new.
    pub(crate) fn number(&mut self, text: &str) -> u32 {
        let Self { all, ends, numbers } = self;
        let hashed = hash(text);
        if let Some(number) = numbers.find(hashed, |number| at(all, ends, *number) == Some(text)) {
            return *number;
        }
        let number = ends.len() as u32;
        all.push_str(text);
        ends.push(all.len());
        numbers.insert_unique(hashed, number, |number| hash(at(all, ends, *number).unwrap_or_default()));
        number
    }

    /// The text with a number.
    pub(crate) fn get(&self, number: u32) -> Option<&str> {
        at(&self.all, &self.ends, number)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// All of them by number.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.ends.len()).map(|number| self.get(number as u32).unwrap_or_default())
    }

    /// Bytes of memory that they take.
    pub(crate) fn bytes(&self) -> usize {
        self.all.capacity() + self.ends.capacity() * size_of::<usize>() + self.numbers.allocation_size()
    }
}

fn at<'t>(all: &'t str, ends: &[usize], number: u32) -> Option<&'t str> {
    let number = number as usize;
    let end = *ends.get(number)?;
    let start = number.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or_default();
    all.get(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_has_one_number() {
        let mut texts = Texts::default();
        assert_eq!((texts.len(), texts.bytes(), texts.get(0)), (0, 0, None));
        let some: Vec<String> = (0..1000).map(|n| "ü".repeat(n % 7) + &n.to_string()).collect();
        for _ in 0..2 {
            let numbers: Vec<u32> = some.iter().map(|text| texts.number(text)).collect();
            assert_eq!(numbers, (0..1000).collect::<Vec<u32>>());
        }
        assert_eq!(texts.number(""), 1000);
        assert_eq!((texts.number(""), texts.get(1000), texts.get(1001)), (1000, Some(""), None));
        assert_eq!(texts.iter().take(1000).collect::<Vec<_>>(), some);
        assert!(texts.bytes() > some.iter().map(String::len).sum());
    }
}
