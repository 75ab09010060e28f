//! The events that rules look back at.

use arrow_array::BooleanArray;
use grotto_diag::Diagnostic;
use grotto_engine::memory::weight;
use grotto_events::{Batch, Column};
use std::collections::VecDeque;

/// Events of a stretch of time that ends with the newest of them.
#[derive(Debug)]
pub(super) struct Window {
    /// Nanoseconds.
    length: i64,
    /// Bytes that its events may take.
    most: usize,
    batches: VecDeque<Held>,
    weight: usize,
    newest: i64,
    /// The newest event that had to be dropped though the window reaches further back.
    cut: Option<i64>,
}

#[derive(Debug)]
struct Held {
    batch: Batch,
    weight: usize,
    /// The newest time in it; that of its arrival where events have none.
    newest: i64,
}

impl Window {
    pub(super) fn new(length: i64, most: usize) -> Self {
        Self { length, most, batches: VecDeque::new(), weight: 0, newest: i64::MIN, cut: None }
    }

    /// Takes in events.
    pub(super) fn add(&mut self, batch: Batch) {
        let newest = times(&batch).and_then(|times| times.iter().flatten().max()).unwrap_or(self.newest);
        self.newest = self.newest.max(newest);
        let weight = weight(&batch);
        self.weight += weight;
        self.batches.push_back(Held { batch, weight, newest });
        let from = self.newest.saturating_sub(self.length);
        self.forget(|held| held.newest < from);
        while self.weight > self.most && self.batches.len() > 1 {
            let Some(oldest) = self.batches.iter().map(|held| held.newest).min() else { break };
            self.cut = Some(self.cut.map_or(oldest, |cut| cut.max(oldest)));
            self.forget(|held| held.newest == oldest);
        }
    }

    fn forget(&mut self, old: impl Fn(&Held) -> bool) {
        self.batches.retain(|held| !old(held));
        self.weight = self.batches.iter().map(|held| held.weight).sum();
    }

    /// The events in the window. A time that is yet to come does not move it.
    pub(super) fn events(&self, now: i64) -> Vec<Batch> {
        let from = self.newest.min(now).saturating_sub(self.length);
        let in_window = |held: &Held| match times(&held.batch) {
            Some(times) => {
                let mask = times.iter().map(|time| time.is_none_or(|time| time >= from));
                held.batch.filter(&BooleanArray::from(mask.collect::<Vec<bool>>()))
            }
            None => held.batch.clone(),
        };
        self.batches.iter().map(in_window).filter(|batch| batch.rows() > 0).collect()
    }

    /// What is missing in the window.
    pub(super) fn problem(&mut self) -> Option<Diagnostic> {
        self.cut.take()?;
        let message =
            "the events of the window take too much memory; the oldest of them are not looked at any more";
        Some(
            Diagnostic::warning("watch/window-cut", message)
                .help("make the window shorter (--window) or give more memory (--memory)"),
        )
    }
}

fn times(batch: &Batch) -> Option<&arrow_array::TimestampNanosecondArray> {
    match batch.column("_time") {
        Some(Column::Time(times)) => Some(times),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(times: &[i64]) -> Batch {
        let mut batch = Batch::new(times.len());
        batch.set("_time", Column::Time(times.to_vec().into()));
        batch
    }

    fn rows(window: &Window, now: i64) -> usize {
        window.events(now).iter().map(Batch::rows).sum()
    }

    #[test]
    fn the_window_ends_with_the_newest_event() {
        let mut window = Window::new(10, 1 << 20);
        window.add(batch(&[1, 5, 20]));
        window.add(batch(&[3]));
        assert_eq!(rows(&window, 100), 1, "10 to 20");
        window.add(batch(&[28, 15]));
        assert_eq!(rows(&window, 100), 2, "18 to 28: 20 and 28");
        assert_eq!(rows(&window, 20), 3, "a time to come counts for nothing: 10 to 20");
        assert!(window.problem().is_none());
    }

    #[test]
    fn what_is_too_much_is_dropped_and_said() {
        let mut window = Window::new(1000, 100);
        for time in 0..20 {
            window.add(batch(&[time]));
        }
        assert_eq!(rows(&window, 100), 12, "8 bytes each");
        assert_eq!(window.problem().map(|problem| problem.slug), Some("watch/window-cut"));
        assert!(window.problem().is_none(), "said once");
    }
}
