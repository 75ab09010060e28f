//! What running a search costs, when that is measured.

use grotto_diag::phase::{self, Phase};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Rows that a search took in, and the processor time of all threads in its commands. Both stay zero unless
/// [`phase::measure`] was called.
#[derive(Debug, Default)]
pub struct Cost {
    rows: AtomicU64,
    nanos: AtomicU64,
}

impl Cost {
    /// Does some of the search's work, on `rows` new rows.
    pub fn of<T>(&self, rows: usize, work: impl FnOnce() -> T) -> T {
        if !phase::is_measured() {
            return work();
        }
        let _phase = phase::enter(Phase::Pipelines);
        let start = phase::clock();
        let done = work();
        let spent = phase::clock().saturating_sub(start);
        self.nanos.fetch_add(spent.as_nanos() as u64, Ordering::Relaxed);
        self.rows.fetch_add(rows as u64, Ordering::Relaxed);
        done
    }

    /// The rows so far.
    pub fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// The time so far.
    pub fn time(&self) -> Duration {
        Duration::from_nanos(self.nanos.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_counted_before_it_is_asked_for() {
        let cost = Cost::default();
        assert_eq!(cost.of(3, || 7), 7);
        assert_eq!((cost.rows(), cost.time()), (0, Duration::ZERO));
        phase::measure();
        let work = || (0..100_000_u64).fold(0, |sum: u64, n| std::hint::black_box(sum.wrapping_mul(31) ^ n));
        cost.of(3, work);
        cost.of(4, work);
        assert_eq!(cost.rows(), 7);
        assert!(cost.time() > Duration::ZERO);
    }
}
