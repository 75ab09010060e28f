//! One budget of memory for all searches of a process, and the disk for what goes past it.
//!
//! Everything that a search keeps of its rows belongs to a holder, which says how many bytes it takes, about. When all
//! holders together take more than a modest part of the budget, the largest of them write what they hold to disk,
//! whichever search they belong to. So a search that keeps everything can't take the memory of those that keep little, a
//! scan takes little more memory for larger logs, and no search gives another result than it would with more. The whole
//! budget is there for what has to be in memory at once.

mod disk;
mod filed;
mod ipc;
mod merge;
mod partitions;
mod rows;
mod stored;

pub use filed::Filed;
pub use merge::merge;
pub(crate) use merge::sort;
pub use rows::{Chunks, Rows, Writer};
pub use stored::{Stored, Stretch};

pub(crate) use disk::Segment;
use ipc::{read_blobs, write_blobs};
pub(crate) use partitions::{Partitions, Parts};

use arrow_array::Array;
use disk::Disk;
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};
use rayon::prelude::*;
use std::cmp::Reverse;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Smallest budget; below it a batch of events does not fit.
const LEAST: usize = 1 << 20;

/// What holders may take before they write to disk, however large the budget is.
const MODEST: usize = 128 << 20;

/// Holders below this size are left alone: writing them frees little.
const WORTHWHILE: usize = 4 << 10;

/// The budget; clones are the same one.
#[derive(Debug, Clone)]
pub struct Memory(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limit: usize,
    modest: usize,
    whole: usize,
    chunk: usize,
    used: AtomicUsize,
    /// Holders are not asked again before this much is used: they could not let go of anything the last time.
    patience: AtomicUsize,
    holders: Mutex<Vec<Weak<dyn Holder>>>,
    /// Held by the thread that has holders let go while rows are taken in.
    relief: Mutex<()>,
    disk: Disk,
}

/// Something that keeps rows.
pub(crate) trait Holder: Send + Sync + std::fmt::Debug {
    /// Bytes that it takes, about.
    fn bytes(&self) -> usize;
    /// Looks how much it really takes, if it knows only how much that is at most.
    fn weigh(&self);
    /// Writes what it can to disk. Told `true` when nothing else helps: then it gives up if it still takes much.
    fn let_go(&self, last_resort: bool);
}

impl Memory {
    /// This many bytes, at least one mebibyte.
    pub fn new(limit: usize) -> Self {
        let limit = limit.max(LEAST);
        let modest = limit.min(MODEST);
        Self(Arc::new(Inner {
            limit,
            modest,
            whole: limit / 2,
            chunk: (modest / 512).clamp(4 << 10, 1 << 20),
            used: AtomicUsize::new(0),
            patience: AtomicUsize::new(0),
            holders: Mutex::default(),
            relief: Mutex::default(),
            disk: Disk::default(),
        }))
    }

    /// Any amount, of which `whole` bytes may be in memory at once, with chunks of `chunk` bytes.
    #[cfg(test)]
    pub(crate) fn tiny(limit: usize, whole: usize, chunk: usize) -> Self {
        let mut memory = Self::new(limit);
        if let Some(inner) = Arc::get_mut(&mut memory.0) {
            (inner.limit, inner.modest, inner.whole, inner.chunk) = (limit, limit, whole, chunk);
        }
        memory
    }

    /// Any amount, of which holders may take `modest` bytes before they write to disk.
    #[cfg(test)]
    pub(crate) fn roomy(limit: usize, modest: usize) -> Self {
        let mut memory = Self::new(limit);
        if let Some(inner) = Arc::get_mut(&mut memory.0) {
            (inner.modest, inner.chunk) = (modest, 8 << 10);
        }
        memory
    }

    /// The budget in bytes.
    pub fn limit(&self) -> usize {
        self.0.limit
    }

    /// Bytes that rows may take that a command needs all at once: half of the budget.
    pub fn whole(&self) -> usize {
        self.0.whole
    }

    /// Bytes that holders take now, about.
    pub fn used(&self) -> usize {
        self.0.used.load(Relaxed)
    }

    /// Bytes that were written to disk by all searches.
    pub fn written(&self) -> u64 {
        self.0.disk.written()
    }

    /// Bytes that what one search works on should take at most, where it can choose.
    pub(crate) fn share(&self) -> usize {
        self.0.modest / 8
    }

    /// Whether as much more may be kept for long: only little may, as later passes take memory, too.
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        self.used().saturating_add(bytes) <= self.share()
    }

    /// Has holders write to disk until half of what they may take is free, on all threads. For the end of a pass: making
    /// results of what is held takes memory besides. Whoever calls must hold nothing locked.
    pub(crate) fn make_room(&self) {
        let half = self.0.modest / 2;
        if self.used() <= half {
            return;
        }
        let (live, _) = self.largest();
        let mut much = self.used().saturating_sub(half);
        let enough = |holder: &&Arc<dyn Holder>| {
            let is_needed = much > 0;
            much = much.saturating_sub(holder.bytes());
            is_needed
        };
        let first: Vec<&Arc<dyn Holder>> = live.iter().take_while(enough).collect();
        first.into_par_iter().with_max_len(1).for_each(|holder| holder.let_go(false));
        // Some may have been able to write less than they hold.
        self.let_go(half, half, &[false]);
    }

    /// Bytes of a chunk of rows on disk.
    pub(crate) fn chunk(&self) -> usize {
        self.0.chunk
    }

    pub(crate) fn disk(&self) -> &Disk {
        &self.0.disk
    }

    /// Makes a holder known, for as long as it lives.
    pub(crate) fn know(&self, holder: Weak<dyn Holder>) {
        let mut holders = self.0.holders.lock().unwrap_or_else(PoisonError::into_inner);
        if holders.len() == holders.capacity() {
            holders.retain(|holder| holder.strong_count() > 0);
        }
        holders.push(holder);
    }

    /// Counts what a holder takes now and took before.
    pub(crate) fn account(&self, before: usize, now: usize) {
        if now >= before {
            self.0.used.fetch_add(now - before, Relaxed);
        } else {
            self.0.used.fetch_sub(before - now, Relaxed);
        }
    }

    /// Whether so much is used that holders should write to disk.
    pub(crate) fn is_short(&self) -> bool {
        let used = self.used();
        used > self.0.modest && used > self.0.patience.load(Relaxed)
    }

    /// Has the largest holders write to disk until half of what they may take is free. Whoever calls must hold nothing
    /// locked.
    pub(crate) fn relieve(&self) {
        if !self.is_short() {
            return;
        }
        // One thread frees memory. The others go on meanwhile, unless they come to use much more.
        let _relief = match self.0.relief.try_lock() {
            Ok(relief) => relief,
            Err(_) if self.used() <= (self.0.modest / 4 * 5).min(self.0.limit) => return,
            Err(_) => self.0.relief.lock().unwrap_or_else(PoisonError::into_inner),
        };
        if !self.is_short() {
            return;
        }
        self.let_go(self.0.modest / 2, self.0.modest / 4 * 3, &[false, true]);
        let left = self.used();
        let patience = if left > self.0.modest { left + self.0.modest / 4 } else { 0 };
        self.0.patience.store(patience, Relaxed);
    }

    /// Has the largest holders write to disk until no more than `goal` is used, unless it is no more than `enough` once they
    /// are weighed; told in turn whether it is the [last resort](Holder::let_go).
    fn let_go(&self, goal: usize, enough: usize, resorts: &[bool]) {
        let (live, least) = self.largest();
        if self.used() <= enough {
            return;
        }
        for last_resort in resorts {
            for holder in live.iter().filter(|holder| holder.bytes() >= least) {
                if self.used() <= goal || (*last_resort && self.used() <= self.0.limit) {
                    break;
                }
                holder.let_go(*last_resort);
            }
        }
    }
}

impl Memory {
    /// The holders that are worth asking, weighed, the largest first; and how much these have at least.
    fn largest(&self) -> (Vec<Arc<dyn Holder>>, usize) {
        let least = WORTHWHILE.min(self.0.modest / 8);
        let mut live: Vec<Arc<dyn Holder>> = {
            let holders = self.0.holders.lock().unwrap_or_else(PoisonError::into_inner);
            holders.iter().filter_map(Weak::upgrade).filter(|holder| holder.bytes() >= least).collect()
        };
        for holder in &live {
            holder.weigh();
        }
        live.sort_by_cached_key(|holder| Reverse(holder.bytes()));
        (live, least)
    }
}

impl Default for Memory {
    /// A gibibyte.
    fn default() -> Self {
        Self::new(1 << 30)
    }
}

/// Bytes of the values of some rows, about; the same however the rows are split or stored.
pub fn weight(batch: &Batch) -> usize {
    batch.columns().map(|(_, column)| weight_of(column)).sum()
}

/// Bytes of memory that rows hold on to, about. A buffer that columns share counts once for each of them.
pub(crate) fn held(batch: &Batch) -> usize {
    batch.columns().map(|(_, column)| column.array().get_buffer_memory_size()).sum()
}

/// Bytes of the values of a column, about.
fn weight_of(column: &Column) -> usize {
    let text = |array: &arrow_array::StringViewArray| array.total_buffer_bytes_used();
    match column {
        Column::Text(array) => 16 * array.len() + text(array),
        Column::List(array) => {
            let (from, to) = (array.offsets().first(), array.offsets().last());
            let values = array.values().slice(from as usize, (to - from) as usize);
            let values = values.as_any().downcast_ref::<arrow_array::StringViewArray>();
            8 * array.len() + values.map_or(0, |values| 16 * values.len() + text(values))
        }
        Column::Int(_) | Column::Float(_) | Column::Time(_) => 8 * column.len(),
    }
}

/// `engine/memory`: something does not fit, whatever is written to disk.
pub(crate) fn too_large(what: &str, memory: &Memory) -> Box<Diagnostic> {
    let message = format!("{what} takes more than {} of memory", size(memory.whole()));
    Box::new(
        Diagnostic::error("engine/memory", message)
            .help("aggregate or narrow down before this command, or give more with --memory"),
    )
}

/// A size as people write it.
fn size(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..0x10_0000 => format!("{} KiB", bytes >> 10),
        _ => format!("{} MiB", bytes >> 20),
    }
}

#[cfg(test)]
mod tests;
