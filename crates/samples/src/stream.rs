//! An endless log: the background with attacks in it, in order of time and in constant memory.

use crate::attacks;
use crate::background;
use crate::event::Event;
use crate::site::{HostId, Site};
use std::collections::VecDeque;

/// Events without end, the same for the same seed.
///
/// # Examples
///
/// ```
/// use grotto_samples::stream::Stream;
///
/// let mut stream = Stream::new(1, 20).with_attacks(1000);
/// let first = stream.next().map(|event| event.time);
/// assert_eq!(first, Stream::new(1, 20).next().map(|event| event.time));
/// ```
pub struct Stream {
    site: Site,
    queue: VecDeque<Event>,
    pending: Vec<Event>,
    attacks: Option<Attacks>,
}

/// When the next attack comes.
struct Attacks {
    every: u64,
    until_next: u64,
    played: usize,
}

impl Stream {
    /// The ordinary days of a domain controller and `workstations` desks.
    pub fn new(seed: u64, workstations: usize) -> Self {
        Self {
            site: Site::new(seed, workstations),
            queue: VecDeque::new(),
            pending: Vec::new(),
            attacks: None,
        }
    }

    /// Adds one attack in about every `every` events, one after the other of [`attacks::ALL`].
    #[must_use]
    pub fn with_attacks(mut self, every: u64) -> Self {
        self.attacks = Some(Attacks { every: every.max(1), until_next: every.max(1), played: 0 });
        self
    }

    /// The site that the events come from.
    pub fn site(&self) -> &Site {
        &self.site
    }

    fn refill(&mut self) {
        // A domain controller is as busy as a dozen desks.
        let host = if self.site.random.chance(350) { Site::DC } else { self.site.any_workstation() };
        background::act(&mut self.site, host, &mut self.pending);
        let count = self.pending.len() as u64;
        if let Some(attacks) = &mut self.attacks {
            attacks.until_next = attacks.until_next.saturating_sub(count);
            if attacks.until_next == 0 {
                attacks.until_next = attacks.every;
                let attack = &attacks::ALL[attacks.played % attacks::ALL.len()];
                attacks.played += 1;
                let host: HostId = if attack.on_dc { Site::DC } else { self.site.any_workstation() };
                attack.play(&mut self.site, host, &mut self.pending);
            }
        }
        self.queue.extend(self.pending.drain(..));
    }
}

impl Iterator for Stream {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.queue.pop_front() {
                return Some(event);
            }
            self.refill();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_comes_up_and_time_never_goes_back() {
        let mut missing: BTreeSet<(String, u16)> =
            kinds::ALL.iter().map(|kind| (kind.provider().to_owned(), kind.id())).collect();
        let mut last = None;
        for event in Stream::new(7, 4).take(200_000) {
            assert!(last < Some(event.time), "{event:?}");
            last = Some(event.time);
            missing.remove(&(event.provider.name.into_owned(), event.id));
            if missing.is_empty() {
                return;
            }
        }
        panic!("never written: {missing:?}");
    }

    #[test]
    fn attacks_come_as_often_as_asked() {
        let scripts = |stream: Stream| {
            let texts = stream.take(40_000).filter_map(|event| event.data.get("ScriptBlockText").cloned());
            texts.filter(|text| text.to_string().contains("HistorySavePath")).count()
        };
        assert_eq!(scripts(Stream::new(7, 4)), 0);
        let with_attacks = scripts(Stream::new(7, 4).with_attacks(1000));
        assert!((1..=4).contains(&with_attacks), "{with_attacks}");
    }

    #[test]
    fn the_queue_stays_short() {
        let mut stream = Stream::new(1, 2).with_attacks(100);
        for _ in 0..20_000 {
            stream.next();
            assert!(stream.queue.len() < 20);
        }
    }
}
