//! A batch on disk.

use super::{Memory, Segment, ipc};
use grotto_diag::Diagnostic;
use grotto_events::Batch;

/// A batch on disk, of which next to nothing is in memory. It is read back as it was; [`Chunks`](super::Chunks) are for rows
/// that are to look like those of one batch.
#[derive(Debug)]
pub struct Filed(Segment);

impl Filed {
    /// Writes a batch, whose texts should be its [own](Batch::compact).
    ///
    /// # Errors
    /// `engine/disk`.
    pub fn new(batch: &Batch, memory: &Memory) -> Result<Self, Box<Diagnostic>> {
        Ok(Self(memory.disk().write(&ipc::write(batch)?)?))
    }

    /// Reads it.
    ///
    /// # Errors
    /// `engine/disk`.
    pub fn read(&self) -> Result<Batch, Box<Diagnostic>> {
        ipc::read(self.0.read()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grotto_events::Column;

    #[test]
    fn a_batch_is_read_back_as_it_was() {
        let memory = Memory::default();
        let mut batch = Batch::new(3);
        batch.set("n", Column::Int(vec![Some(1), None, Some(3)].into()));
        batch.set("t", Column::text([Some("a"), None, Some("a text of more than a few bytes")]));
        batch.set("m", Column::list([vec!["a", "b"], vec![], vec!["c"]]));
        batch.set("none", Column::null(3));
        batch.set("same", Column::constant("x", 3));
        let filed = Filed::new(&batch, &memory).unwrap();
        assert_eq!(filed.read().unwrap(), batch);
        assert!(memory.written() > 0 && memory.used() == 0);
    }
}
