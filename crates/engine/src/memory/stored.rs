//! Rows that are kept though nothing works on them: results, and the rows of searches that wait for others.

use super::{Memory, Rows, Writer, held};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use std::ops::Range;
use std::sync::Arc;

/// Rows that stay in memory as far as there is room, else on disk. Clones share them.
#[derive(Debug, Clone)]
pub struct Stored {
    rows: Rows,
    _share: Option<Arc<Share>>,
}

/// What rows take of a budget, for as long as it lives.
#[derive(Debug)]
struct Share {
    memory: Memory,
    bytes: usize,
}

impl Drop for Share {
    fn drop(&mut self) {
        self.memory.account(self.bytes, 0);
    }
}

impl Stored {
    /// Keeps rows; and gives how many bytes of them were written to disk for that.
    ///
    /// # Errors
    /// `engine/disk`.
    pub fn new(rows: Rows, memory: &Memory) -> Result<(Self, u64), Box<Diagnostic>> {
        let batch = match rows {
            Rows::Disk(_) => return Ok((Self { rows, _share: None }, 0)),
            Rows::Memory(batch) => batch.compact(),
        };
        let bytes = held(&batch);
        if memory.has_room(bytes) || batch.rows() == 0 {
            memory.account(0, bytes);
            let share = Arc::new(Share { memory: memory.clone(), bytes });
            return Ok((Self { rows: Rows::Memory(batch), _share: Some(share) }, 0));
        }
        let mut writer = Writer::new(memory);
        writer.push(&batch)?;
        let chunks = writer.finish()?;
        let bytes = chunks.bytes();
        Ok((Self { rows: Rows::Disk(chunks), _share: None }, bytes))
    }

    /// The rows, to work on.
    pub(crate) fn into_rows(self) -> Rows {
        self.rows
    }

    /// How many there are.
    pub fn rows(&self) -> usize {
        self.rows.rows()
    }

    /// Bytes of their values, about.
    pub(crate) fn weight(&self) -> usize {
        self.rows.weight()
    }

    /// The rows of these numbers, which are in order; in memory where these are.
    ///
    /// # Errors
    /// `engine/disk`.
    pub fn take(&self, numbers: &[usize], memory: &Memory) -> Result<Self, Box<Diagnostic>> {
        let mut numbers = numbers.iter().copied().peekable();
        let mut of_piece = |piece: &Batch, start: usize| {
            let end = start + piece.rows();
            let here: Vec<u32> =
                std::iter::from_fn(|| numbers.next_if(|n| *n < end)).map(|n| (n - start) as u32).collect();
            piece.take(&here)
        };
        let taken = match &self.rows {
            Rows::Memory(batch) => Rows::Memory(of_piece(batch, 0)),
            Rows::Disk(chunks) => {
                let (mut writer, mut start) = (Writer::new(memory), 0);
                for piece in chunks.iter() {
                    let piece = piece?;
                    writer.push(&of_piece(&piece, start))?;
                    start += piece.rows();
                }
                Rows::Disk(writer.finish()?)
            }
        };
        Ok(Self::new(taken, memory)?.0)
    }

    /// All of them in memory.
    ///
    /// # Errors
    /// `engine/memory` when they do not fit; `engine/disk`.
    pub fn whole(&self) -> Result<Batch, Box<Diagnostic>> {
        self.rows.clone().whole("the result")
    }

    /// The rows a piece after the other, each small enough to be in memory.
    pub fn pieces(&self) -> impl Iterator<Item = Result<Batch, Box<Diagnostic>>> {
        let pieces = match &self.rows {
            Rows::Memory(batch) => (Some(Ok(batch.clone())), None),
            Rows::Disk(chunks) => (None, Some(chunks.iter())),
        };
        pieces.0.into_iter().chain(pieces.1.into_iter().flatten())
    }

    /// Where rows are, in stretches of at most so many rows, in order.
    pub fn stretches(&self, most: usize) -> Vec<Stretch> {
        let most = most.max(1);
        let of_piece = |piece: usize, count: usize| {
            let starts = (0..count).step_by(most);
            starts.map(move |from| Stretch { piece, rows: from..(from + most).min(count) })
        };
        match &self.rows {
            Rows::Memory(batch) => of_piece(0, batch.rows()).collect(),
            Rows::Disk(chunks) => {
                let counts = chunks.counts().enumerate();
                counts.flat_map(|(piece, count)| of_piece(piece, count)).collect()
            }
        }
    }

    /// The rows of a [stretch](Self::stretches).
    ///
    /// # Errors
    /// `engine/disk`.
    pub fn stretch(&self, at: &Stretch) -> Result<Batch, Box<Diagnostic>> {
        let batch = match &self.rows {
            Rows::Memory(batch) => batch.clone(),
            Rows::Disk(chunks) => chunks.chunk(at.piece)?.unwrap_or_else(|| Batch::new(0)),
        };
        Ok(batch.slice(at.rows.start, at.rows.len()))
    }
}

/// A few of the rows that are [stored](Stored).
#[derive(Debug, Clone)]
pub struct Stretch {
    piece: usize,
    rows: Range<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::concat;
    use grotto_events::Column;

    fn batch(rows: usize) -> Batch {
        let mut batch = Batch::new(rows);
        batch.set("n", Column::Int((0..rows as i64).collect::<Vec<_>>().into()));
        batch.set("t", Column::text((0..rows).map(|n| Some(format!("a text of some length, number {n}")))));
        batch
    }

    #[test]
    fn few_rows_stay_in_memory_and_many_go_to_disk() {
        let memory = Memory::new(1 << 20);
        for (rows, on_disk) in [(0, false), (10, false), (50_000, true)] {
            let (stored, written) = Stored::new(Rows::Memory(batch(rows)), &memory).unwrap();
            assert_eq!((stored.rows(), written > 0), (rows, on_disk));
            assert_eq!(memory.used() > 0, rows == 10);
            let all = stored.stretches(1000);
            let read: Vec<Batch> = all.iter().map(|at| stored.stretch(at).unwrap()).collect();
            assert!(read.iter().all(|few| few.rows() > 0 && few.rows() <= 1000));
            let pieces: Vec<Batch> = stored.pieces().collect::<Result<_, _>>().unwrap();
            if rows > 0 {
                assert_eq!((concat(&pieces), concat(&read)), (batch(rows), batch(rows)));
            }
            if on_disk {
                assert!(all.len() > 50 && pieces.len() > 10);
                assert_eq!(stored.whole().unwrap_err().slug, "engine/memory");
            } else {
                assert_eq!(stored.whole().unwrap(), batch(rows));
            }
            let before = memory.written();
            let few: Vec<usize> = (0..rows).step_by(3).collect();
            let taken = stored.take(&few, &memory).unwrap();
            assert_eq!(memory.written() > before, on_disk, "what is in memory is not written");
            let numbers: Vec<u32> = few.iter().map(|number| *number as u32).collect();
            let pieces: Vec<Batch> = taken.pieces().collect::<Result<_, _>>().unwrap();
            if rows > 0 {
                assert_eq!(concat(&pieces), batch(rows).take(&numbers));
            }
            drop(taken);
            drop(stored.clone());
            assert_eq!(memory.used() > 0, rows == 10, "what is shared counts as long as one has it");
        }
        assert_eq!(memory.used(), 0);
    }

    #[test]
    fn many_small_results_don_t_add_up() {
        let memory = Memory::new(1 << 20);
        let keep = |_| Stored::new(Rows::Memory(batch(200)), &memory).unwrap();
        let kept: Vec<(Stored, u64)> = (0..100).map(keep).collect();
        assert!(
            kept.iter().any(|(_, written)| *written == 0) && kept.iter().any(|(_, written)| *written > 0)
        );
        assert!(memory.used() > 0 && memory.used() <= memory.limit() / 2);
        assert!(kept.iter().all(|(stored, _)| stored.whole().unwrap() == batch(200)));
    }
}
