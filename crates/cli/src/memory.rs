//! How much memory searches may take.

use grotto_engine::memory::Memory;
use std::path::Path;

/// What is taken for the machine's memory where it is not known.
const UNKNOWN: u64 = 8 << 30;

/// Longest file that says how much memory there is.
const MOST: u64 = 64 << 10;

/// The budget that was asked for, or a quarter of the machine's memory.
pub(crate) fn budget(asked: Option<u64>) -> Memory {
    let bytes = asked.unwrap_or_else(|| machine() / 4);
    Memory::new(usize::try_from(bytes).unwrap_or(usize::MAX))
}

/// The memory of the machine, or of the control group that the process is in.
fn machine() -> u64 {
    let read = |path: &str| grotto_diag::input::text(Path::new(path), MOST).ok();
    let all = read("/proc/meminfo").and_then(|text| total(&text)).unwrap_or(UNKNOWN);
    let group = read("/sys/fs/cgroup/memory.max").and_then(|text| text.trim().parse().ok());
    group.map_or(all, |group: u64| all.min(group))
}

/// `MemTotal` of `/proc/meminfo` (<https://docs.kernel.org/filesystems/proc.html#meminfo>) in bytes.
fn total(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_says_what_it_has() {
        for (text, bytes) in [
            ("MemTotal:       16384 kB\nMemFree: 1 kB\n", Some(16 << 20)),
            ("MemFree: 1 kB\n", None),
            ("MemTotal: many", None),
        ] {
            assert_eq!(total(text), bytes, "{text}");
        }
        assert_eq!(budget(Some(64 << 20)).limit(), 64 << 20);
        assert!(budget(None).limit() >= 1 << 20);
    }
}
