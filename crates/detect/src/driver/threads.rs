//! Things handed to threads one after the other.
//!
//! Every thread takes the next thing that nobody has taken, and gathers in one state of its own, so that there are as many
//! states to join at the end as there are threads, and things next to each other are looked at about the same time. What
//! must come in order is joined in order, as soon as all before it is there.

use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

/// What is joined in the order of the things that it comes from.
pub(super) trait InOrder: Default + Send {
    /// Takes in what comes next.
    fn merge(&mut self, later: Self);
}

/// Works on things side by side: what each thread gathered, and what the work gave, joined in order.
pub(super) fn run<T: Sync, S: Default + Send, O: InOrder>(
    things: &[T],
    work: &(dyn Fn(usize, &T, &mut S) -> O + Sync),
) -> (Vec<S>, O) {
    let next = AtomicUsize::new(0);
    let line = Mutex::new(Line { done: O::default(), next: 0, waiting: BTreeMap::new() });
    // Not a broadcast, which waits for all threads: one that waits takes on other work, and may never come back from it.
    let threads = (0..rayon::current_num_threads()).into_par_iter().with_max_len(1);
    let gathered = threads.map(|_| {
        let mut state = S::default();
        loop {
            let number = next.fetch_add(1, Relaxed);
            let Some(thing) = things.get(number) else { break state };
            let made = work(number, thing, &mut state);
            line.lock().unwrap_or_else(PoisonError::into_inner).add(number, made);
        }
    });
    (gathered.collect(), line.into_inner().unwrap_or_else(PoisonError::into_inner).done)
}

/// What has come, as far as there are no gaps, and what waits for those before it.
struct Line<O> {
    done: O,
    next: usize,
    waiting: BTreeMap<usize, O>,
}

impl<O: InOrder> Line<O> {
    fn add(&mut self, number: usize, made: O) {
        self.waiting.insert(number, made);
        while let Some(made) = self.waiting.remove(&self.next) {
            self.done.merge(made);
            self.next += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Numbers(Vec<usize>);

    impl InOrder for Numbers {
        fn merge(&mut self, later: Self) {
            self.0.extend(later.0);
        }
    }

    #[test]
    fn every_thing_is_worked_on_once_and_what_comes_of_it_stands_in_order() {
        let things: Vec<usize> = (0..500).collect();
        for threads in [1, 2, 5] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let (states, numbers) = pool.install(|| {
                run(&things, &|number, thing, seen: &mut Vec<usize>| {
                    seen.push(number);
                    Numbers(vec![*thing])
                })
            });
            assert_eq!(states.len(), threads);
            let mut all: Vec<usize> = states.into_iter().flatten().collect();
            all.sort_unstable();
            assert_eq!(all, things);
            assert_eq!(numbers.0, things);
        }
    }
}
