//! Values by key on disk, in parts that are small enough to be read one after the other.

use super::{Memory, Segment, ipc::Pair, read_blobs, write_blobs};
use grotto_diag::Diagnostic;
use rustc_hash::FxHasher;
use std::hash::Hasher;

/// Number of parts: how many times more than memory may be written.
const PARTS: usize = 64;

/// Blocks of bytes on disk, in as many parts. What belongs together is in the same part, which whoever writes sees to.
#[derive(Debug)]
pub(crate) struct Parts {
    memory: Memory,
    blocks: Vec<Vec<Segment>>,
    bytes: u64,
}

impl Parts {
    /// How many there are.
    pub(crate) const COUNT: usize = PARTS;

    pub(crate) fn new(memory: &Memory) -> Self {
        let blocks = std::iter::repeat_with(Vec::new).take(PARTS).collect();
        Self { memory: memory.clone(), blocks, bytes: 0 }
    }

    /// Writes a block of a part.
    ///
    /// # Errors
    /// `engine/disk`.
    pub(crate) fn push(&mut self, part: usize, block: &[u8]) -> Result<(), Box<Diagnostic>> {
        if let Some(part) = self.blocks.get_mut(part) {
            part.push(self.memory.disk().write(block)?);
            self.bytes += block.len() as u64;
        }
        Ok(())
    }

    /// Adds all of another one.
    pub(crate) fn merge(&mut self, other: Self) {
        self.bytes += other.bytes;
        self.blocks.iter_mut().zip(other.blocks).for_each(|(mine, theirs)| mine.extend(theirs));
    }

    /// Bytes that were written.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The memory that they did not fit into.
    pub(crate) fn memory(&self) -> &Memory {
        &self.memory
    }

    /// The blocks of each part in which there is something, in the order in which they were written.
    pub(crate) fn into_parts(self) -> impl Iterator<Item = Vec<Segment>> {
        self.blocks.into_iter().filter(|part| !part.is_empty())
    }
}

/// Pairs of bytes; all pairs of a key are in the same part, in the order in which they were added.
#[derive(Debug)]
pub(crate) struct Partitions {
    written: Parts,
    /// For each part those that are not written yet.
    waiting: Vec<Vec<Pair>>,
    /// Bytes of all that wait, about.
    bytes: usize,
}

impl Partitions {
    pub(crate) fn new(memory: &Memory) -> Self {
        let waiting = std::iter::repeat_with(Vec::new).take(Parts::COUNT).collect();
        Self { written: Parts::new(memory), waiting, bytes: 0 }
    }

    /// Adds a pair under a key.
    ///
    /// # Errors
    /// `engine/disk`.
    pub(crate) fn push(&mut self, key: &[u8], a: Vec<u8>, b: Vec<u8>) -> Result<(), Box<Diagnostic>> {
        let mut hasher = FxHasher::default();
        hasher.write(key);
        let hash = hasher.finish();
        let Some(part) = self.waiting.get_mut(((hash >> 40) ^ (hash >> 20) ^ hash) as usize % Parts::COUNT)
        else {
            return Ok(());
        };
        self.bytes += a.len() + b.len() + 48;
        part.push((a, b));
        if self.bytes > 4 * self.written.memory().chunk() { self.flush() } else { Ok(()) }
    }

    /// Writes what waits.
    ///
    /// # Errors
    /// `engine/disk`.
    pub(crate) fn flush(&mut self) -> Result<(), Box<Diagnostic>> {
        self.bytes = 0;
        for (number, part) in self.waiting.iter_mut().enumerate().filter(|(_, part)| !part.is_empty()) {
            self.written.push(number, &write_blobs(&std::mem::take(part))?)?;
        }
        Ok(())
    }

    /// Adds all of another one.
    pub(crate) fn merge(&mut self, other: Self) {
        self.bytes += other.bytes;
        self.waiting.iter_mut().zip(other.waiting).for_each(|(mine, theirs)| mine.extend(theirs));
        self.written.merge(other.written);
    }

    /// Bytes that were written.
    pub(crate) fn bytes(&self) -> u64 {
        self.written.bytes()
    }

    /// The parts in which there is something.
    ///
    /// # Errors
    /// `engine/disk`.
    pub(crate) fn parts(mut self) -> Result<impl Iterator<Item = Pairs>, Box<Diagnostic>> {
        self.flush()?;
        Ok(self.written.into_parts().map(Pairs))
    }
}

/// The pairs of one part.
#[derive(Debug)]
pub(crate) struct Pairs(Vec<Segment>);

impl Pairs {
    /// Calls `each` with every pair.
    ///
    /// # Errors
    /// `engine/disk`; those of `each`.
    pub(crate) fn read(
        &self,
        mut each: impl FnMut(&[u8], &[u8]) -> Result<(), Box<Diagnostic>>,
    ) -> Result<(), Box<Diagnostic>> {
        for segment in &self.0 {
            let mut result = Ok(());
            read_blobs(segment.read()?, |a, b| {
                if result.is_ok() {
                    result = each(a, b);
                }
            })?;
            result?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn pairs_of_a_key_stay_together_and_in_order() {
        let memory = Memory::tiny(64 << 10, 64 << 9, 4 << 10);
        let mut both = [Partitions::new(&memory), Partitions::new(&memory)];
        for n in 0..20_000_u32 {
            let key = (n % 500).to_le_bytes();
            both[usize::from(n >= 10_000)].push(&key, key.to_vec(), n.to_le_bytes().to_vec()).unwrap();
        }
        let [mut one, two] = both;
        one.flush().unwrap();
        one.merge(two);
        assert!(one.bytes() > 0);
        let mut of_key: BTreeMap<Vec<u8>, (usize, Vec<u32>)> = BTreeMap::new();
        for (number, part) in one.parts().unwrap().enumerate() {
            part.read(|a, b| {
                let known = of_key.entry(a.to_vec()).or_insert_with(|| (number, Vec::new()));
                assert_eq!(known.0, number);
                known.1.push(u32::from_le_bytes(b.try_into().unwrap()));
                Ok(())
            })
            .unwrap();
        }
        assert_eq!(of_key.len(), 500);
        assert!(of_key.values().all(|(_, values)| values.len() == 40 && values.is_sorted()));
    }
}
