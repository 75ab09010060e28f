//! What unpacking may cost: archives are untrusted, and a few kilobytes can promise petabytes.

use super::spool::Store;
use std::sync::atomic::{AtomicU64, Ordering};

/// Limits of unpacking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Unpacked bytes of all that is in a file, archives in archives included.
    pub archive_bytes: u64,
    /// Members of all archives in a file.
    pub members: u64,
    /// Unpacked bytes for each packed one, from [`RATIO_FROM`] unpacked bytes on.
    pub ratio: u64,
    /// Layers in each other: `a.zip` with `b.tar.gz` in it has three.
    pub layers: u8,
}

impl Default for Limits {
    /// 16 GiB, 100,000 members, a ratio of 1,000 and five layers. Logs pack to a tenth or twentieth of their size, and
    /// the best that deflate can do is 1,032.
    fn default() -> Self {
        Self { archive_bytes: 16 << 30, members: 100_000, ratio: 1000, layers: 5 }
    }
}

/// What may be unpacked before the ratio is looked at.
pub const RATIO_FROM: u64 = 64 << 20;

/// Counts what was unpacked from one file.
#[derive(Debug)]
pub(crate) struct Meter {
    /// What it may come to.
    pub(crate) limits: Limits,
    /// What has to be kept of it while it is read.
    pub(crate) store: Store,
    bytes: AtomicU64,
    members: AtomicU64,
}

impl Meter {
    /// Nothing unpacked yet.
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, store: Store::default(), bytes: AtomicU64::new(0), members: AtomicU64::new(0) }
    }

    /// Takes so many bytes; `false`, and nothing taken, if the limit doesn't allow it.
    pub(crate) fn take_bytes(&self, bytes: u64) -> bool {
        take(&self.bytes, bytes, self.limits.archive_bytes)
    }

    /// Takes a member; `false` if the limit doesn't allow it.
    pub(crate) fn take_member(&self) -> bool {
        take(&self.members, 1, self.limits.members)
    }

    /// Whether this is more than so much packed data should unpack to.
    pub(crate) fn is_bomb(&self, packed: u64, unpacked: u64) -> bool {
        unpacked > RATIO_FROM && unpacked / self.limits.ratio.max(1) > packed
    }
}

fn take(counter: &AtomicU64, more: u64, limit: u64) -> bool {
    let add = |sum: u64| sum.checked_add(more).filter(|sum| *sum <= limit);
    counter.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_inclusive_and_a_refusal_takes_nothing() {
        let meter = Meter::new(Limits { archive_bytes: 10, members: 2, ..Limits::default() });
        assert!(meter.take_bytes(7));
        assert!(!meter.take_bytes(4) && !meter.take_bytes(u64::MAX));
        assert!(meter.take_bytes(3) && !meter.take_bytes(1));
        assert!(meter.take_member() && meter.take_member() && !meter.take_member());
    }

    #[test]
    fn a_high_ratio_is_a_bomb_only_when_it_is_much() {
        let meter = Meter::new(Limits::default());
        for (packed, unpacked, bomb) in [
            (1, RATIO_FROM, false),
            (1, RATIO_FROM + 1, true),
            (1 << 20, 1000 << 20, false),
            (1 << 20, 1001 << 20, true),
            (0, 100, false),
        ] {
            assert_eq!(meter.is_bomb(packed, unpacked), bomb, "{packed} {unpacked}");
        }
    }
}
