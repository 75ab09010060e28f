//! Different texts, each kept once; and numbers by what they stand for.

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
    numbers: Numbers,
}

/// Numbers of things that are elsewhere, by the hash of the thing. Half of the hash is kept beside each number, so that a
/// table that grows need not look at the things again.
#[derive(Default)]
pub(crate) struct Numbers(HashTable<(u32, u32)>);

impl Numbers {
    /// The number of a thing with this hash, if there is one.
    pub(crate) fn find(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<u32> {
        let half = half(hash);
        self.0.find(whole(half), |(number, known)| *known == half && is(*number)).map(|(number, _)| *number)
    }

    /// Adds the number of a thing that is not there.
    pub(crate) fn insert(&mut self, hash: u64, number: u32) {
        let half = half(hash);
        self.0.insert_unique(whole(half), (number, half), |(_, half)| whole(*half));
    }

    /// Bytes of memory that they take.
    pub(crate) fn bytes(&self) -> usize {
        self.0.allocation_size()
    }
}

fn half(hash: u64) -> u32 {
    (hash ^ hash >> 32) as u32
}

/// A hash whose first bits and last bits both tell things apart, as tables need it.
fn whole(half: u32) -> u64 {
    u64::from(half) << 32 | u64::from(half)
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
        if let Some(number) = numbers.find(hashed, |number| at(all, ends, number) == Some(text)) {
            return number;
        }
        let number = ends.len() as u32;
        all.push_str(text);
        ends.push(all.len());
        numbers.insert(hashed, number);
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
        self.all.capacity() + self.ends.capacity() * size_of::<usize>() + self.numbers.bytes()
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
