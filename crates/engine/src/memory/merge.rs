//! Merging sorted rows.

use super::{Chunks, Memory, Writer, weight};
use arrow_array::Array;
use arrow_select::interleave::interleave;
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column, FieldName};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Runs that are merged at once: a chunk of each is in memory.
const FAN_IN: usize = 32;

/// Rows of a chunk that is written.
const ROWS: usize = 4096;

/// Merges sorted runs into one. `keys` gives the keys of a batch's rows; of equal keys those of the earlier run come
/// first. Columns are in the order of the runs.
///
/// # Errors
/// `engine/disk`.
pub fn merge<K: Ord>(
    mut runs: Vec<Chunks>,
    memory: &Memory,
    keys: &impl Fn(&Batch) -> Vec<K>,
) -> Result<Chunks, Box<Diagnostic>> {
    while runs.len() > FAN_IN {
        let mut longer = Vec::with_capacity(runs.len().div_ceil(FAN_IN));
        let mut rest = runs.into_iter();
        loop {
            let few: Vec<Chunks> = rest.by_ref().take(FAN_IN).collect();
            if few.is_empty() {
                break;
            }
            longer.push(merge_few(few, memory, keys)?);
        }
        runs = longer;
    }
    merge_few(runs, memory, keys)
}

/// Sorts rows by keys, which `keys` gives for a batch's rows; of equal keys the rows stay in their order.
///
/// # Errors
/// `engine/disk`.
pub(crate) fn sort<K: Ord>(
    rows: &Chunks,
    keys: &impl Fn(&Batch) -> Vec<K>,
) -> Result<Chunks, Box<Diagnostic>> {
    let memory = rows.memory();
    let (mut runs, mut waiting, mut bytes) = (Vec::new(), Vec::new(), 0);
    let mut write = |waiting: &mut Vec<Batch>| -> Result<(), Box<Diagnostic>> {
        let all = crate::pipeline::concat(&std::mem::take(waiting));
        let values = keys(&all);
        let mut order: Vec<u32> = (0..all.rows() as u32).collect();
        order.sort_by(|a, b| values.get(*a as usize).cmp(&values.get(*b as usize)));
        let mut writer = Writer::new(memory);
        writer.push(&all.take(&order))?;
        runs.push(writer.finish()?);
        Ok(())
    };
    for chunk in rows.iter() {
        let chunk = chunk?;
        bytes += weight(&chunk);
        waiting.push(chunk);
        if bytes > memory.share() {
            write(&mut waiting)?;
            bytes = 0;
        }
    }
    write(&mut waiting)?;
    merge(runs, memory, keys)
}

fn merge_few<K: Ord>(
    mut runs: Vec<Chunks>,
    memory: &Memory,
    keys: &impl Fn(&Batch) -> Vec<K>,
) -> Result<Chunks, Box<Diagnostic>> {
    if runs.len() <= 1 {
        return runs.pop().map_or_else(|| Writer::new(memory).finish(), Ok);
    }
    let mut all = Writer::new(memory).finish()?;
    all.widen(&runs.iter().collect::<Vec<_>>());
    for run in &mut runs {
        run.widen(&[&all]);
    }
    let mut out = all.like();
    let mut heads = Vec::with_capacity(runs.len());
    let mut heap = BinaryHeap::new();
    let mut live: Vec<Batch> = Vec::new();
    for (number, run) in runs.iter().enumerate() {
        let mut head = Head { run, next: 0, keys: Vec::new().into_iter(), batch: 0, row: 0 };
        if let Some(key) = head.advance(&mut live, keys)? {
            heap.push(Reverse((key, number)));
        }
        heads.push(head);
    }
    let mut picks: Vec<(usize, usize)> = Vec::with_capacity(ROWS);
    while let Some(Reverse((_, number))) = heap.pop() {
        let Some(head) = heads.get_mut(number) else { break };
        picks.push((head.batch, head.row));
        if picks.len() >= ROWS || (live.len() >= 2 * FAN_IN && head.is_at_end()) {
            out.push(&interleaved(&live, &picks))?;
            picks.clear();
            forget(&mut live, &mut heads, number);
        }
        if let Some(head) = heads.get_mut(number)
            && let Some(key) = head.advance(&mut live, keys)?
        {
            heap.push(Reverse((key, number)));
        }
    }
    out.push(&interleaved(&live, &picks))?;
    drop(heads);
    out.finish()
}

/// How far a run has come.
struct Head<'r, K> {
    run: &'r Chunks,
    next: usize,
    /// Keys of the rows after this one in its batch.
    keys: std::vec::IntoIter<K>,
    /// Where the row is: its batch among those in memory, and its number there.
    batch: usize,
    row: usize,
}

impl<K: Ord> Head<'_, K> {
    fn is_at_end(&self) -> bool {
        self.keys.len() == 0
    }

    /// Goes to the next row and gives its key.
    fn advance(
        &mut self,
        live: &mut Vec<Batch>,
        keys: &impl Fn(&Batch) -> Vec<K>,
    ) -> Result<Option<K>, Box<Diagnostic>> {
        if let Some(key) = self.keys.next() {
            self.row += 1;
            return Ok(Some(key));
        }
        let Some(batch) = self.run.chunk(self.next)? else { return Ok(None) };
        self.next += 1;
        self.keys = keys(&batch).into_iter();
        (self.batch, self.row) = (live.len(), 0);
        live.push(batch);
        Ok(self.keys.next())
    }
}

/// Lets go of batches that no head is in; that of the head at `left` only if it has no rows left.
fn forget<K: Ord>(live: &mut Vec<Batch>, heads: &mut [Head<'_, K>], left: usize) {
    let mut kept = Vec::with_capacity(heads.len());
    for (number, head) in heads.iter_mut().enumerate() {
        if head.is_at_end() && number == left {
            continue;
        }
        if let Some(batch) = live.get(head.batch) {
            kept.push(batch.clone());
            head.batch = kept.len() - 1;
        }
    }
    *live = kept;
}

/// The rows at these places of batches that have the same columns.
fn interleaved(batches: &[Batch], picks: &[(usize, usize)]) -> Batch {
    let mut out = Batch::new(picks.len());
    let Some(first) = batches.first() else { return out };
    for (name, _) in first.columns() {
        let columns: Vec<&Column> = batches.iter().filter_map(|batch| batch.column(name)).collect();
        let arrays: Vec<&dyn Array> = columns.iter().map(|column| column.array()).collect();
        let made = interleave(&arrays, picks).ok().as_ref().and_then(Column::from_array);
        out.set(FieldName::clone(name), made.unwrap_or_else(|| Column::null(picks.len())));
    }
    out
}
