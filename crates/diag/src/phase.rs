//! Where the time of a run goes: processor time by phase, summed over threads.
//!
//! Off until [`measure`] is called; then entering a phase is one relaxed load. When on, entering and leaving one reads the
//! processor clock of the thread, so it belongs around batches and files, not around rows. Phases nest: what an inner one
//! costs is not counted for the outer one.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// A part of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Finding and reading content and configuration.
    Load,
    /// Add-ons, data models, lookup tables.
    Knowledge,
    /// Macros.
    Expand,
    /// From the text of searches to plans.
    Compile,
    /// Getting bytes of logs, unpacked.
    Read,
    /// From bytes to batches.
    Decode,
    /// Finding out what an event type means for the rules, once each.
    Bind,
    /// Aliases, calculated fields, lookups, fields of data models.
    Derive,
    /// What the rules look for, in batches.
    Indicators,
    /// From indicators to selected rows.
    Heads,
    /// Commands and folds over the selected rows.
    Pipelines,
    /// Records and their forms.
    Output,
}

impl Phase {
    /// All, in the order of the work.
    pub const ALL: [Self; 12] = [
        Self::Load,
        Self::Knowledge,
        Self::Expand,
        Self::Compile,
        Self::Read,
        Self::Decode,
        Self::Bind,
        Self::Derive,
        Self::Indicators,
        Self::Heads,
        Self::Pipelines,
        Self::Output,
    ];

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Knowledge => "knowledge",
            Self::Expand => "expand",
            Self::Compile => "compile",
            Self::Read => "read",
            Self::Decode => "decode",
            Self::Bind => "bind",
            Self::Derive => "derive",
            Self::Indicators => "indicators",
            Self::Heads => "heads",
            Self::Pipelines => "pipelines",
            Self::Output => "output",
        }
    }
}

static ON: AtomicBool = AtomicBool::new(false);
/// Nanoseconds by phase.
static SPENT: [AtomicU64; Phase::ALL.len()] = [const { AtomicU64::new(0) }; Phase::ALL.len()];

thread_local! {
    /// The phase that this thread is in, and its clock when it was last looked at.
    static CURRENT: Cell<(Option<Phase>, Duration)> = const { Cell::new((None, Duration::ZERO)) };
}

/// Begins to measure, in the whole process.
pub fn measure() {
    ON.store(true, Ordering::Relaxed);
}

/// Whether phases are measured.
pub fn is_measured() -> bool {
    ON.load(Ordering::Relaxed)
}

/// Enters a phase until the guard is dropped. Guards are dropped in reverse order.
#[must_use = "the phase ends when the guard is dropped"]
pub fn enter(phase: Phase) -> Guard {
    let measured = is_measured();
    let before = if measured { switch(Some(phase)) } else { None };
    Guard { measured, before, stays: PhantomData }
}

/// The processor time of this thread so far, in nanoseconds; of this process since some moment where the system has no
/// such clock.
pub fn clock() -> Duration {
    thread_time()
}

/// The time spent in each phase so far, in the order of [`Phase::ALL`].
pub fn spent() -> Vec<(Phase, Duration)> {
    let of =
        |(phase, spent): (Phase, &AtomicU64)| (phase, Duration::from_nanos(spent.load(Ordering::Relaxed)));
    Phase::ALL.into_iter().zip(&SPENT).map(of).collect()
}

/// Counts the time since the last look for the phase that is left, and gives that phase.
fn switch(to: Option<Phase>) -> Option<Phase> {
    let now = thread_time();
    let (from, since) = CURRENT.replace((to, now));
    if let Some(spent) = from.and_then(|from| SPENT.get(from as usize)) {
        spent.fetch_add(now.saturating_sub(since).as_nanos() as u64, Ordering::Relaxed);
    }
    from
}

/// A phase that is under way on this thread.
#[derive(Debug)]
pub struct Guard {
    measured: bool,
    /// The phase around it.
    before: Option<Phase>,
    /// A phase is one of its thread's.
    stays: PhantomData<*const ()>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if self.measured {
            switch(self.before);
        }
    }
}

#[cfg(unix)]
fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or_default(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}

#[cfg(not(unix))]
fn thread_time() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work() -> u64 {
        let until = clock() + Duration::from_millis(3);
        let mut sum = 0_u64;
        while clock() < until {
            sum = sum.wrapping_mul(31).wrapping_add(1);
        }
        sum
    }

    #[test]
    fn an_inner_phase_is_not_counted_for_the_outer_one() {
        // Other tests of this process enter no phase.
        let nothing = enter(Phase::Output);
        work();
        drop(nothing);
        assert!(
            spent().iter().all(|(_, spent)| spent.is_zero()),
            "nothing is measured before it is asked for"
        );
        measure();
        let outer = enter(Phase::Decode);
        work();
        {
            let _inner = enter(Phase::Read);
            work();
            work();
        }
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let _there = enter(Phase::Derive);
                work();
            });
        });
        drop(outer);
        let _ = work();
        let of = |phase| spent().into_iter().find(|(p, _)| *p == phase).unwrap().1;
        assert!(of(Phase::Read) >= Duration::from_millis(6), "{:?}", spent());
        assert!(of(Phase::Derive) >= Duration::from_millis(3), "{:?}", spent());
        assert!(of(Phase::Decode) >= Duration::from_millis(3), "{:?}", spent());
        assert!(of(Phase::Output).is_zero());
        let total: Duration = spent().iter().map(|(_, spent)| *spent).sum();
        assert!(of(Phase::Decode) + of(Phase::Read) + of(Phase::Derive) == total);
    }

    #[test]
    fn the_order_is_that_of_the_table() {
        for (at, phase) in Phase::ALL.into_iter().enumerate() {
            assert_eq!(phase as usize, at, "{}", phase.name());
        }
    }
}
