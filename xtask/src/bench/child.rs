//! Runs a program and measures it: time, processor time, peak memory.
//!
//! A process that has ended stays in `/proc` with its times until its parent asks for its end, so the times are exact to the
//! kernel's tick; the peak of its memory is read every few milliseconds while it runs. See proc(5),
//! <https://man7.org/linux/man-pages/man5/proc.5.html>.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How often a process is looked at.
const PAUSE: Duration = Duration::from_millis(2);
/// Ticks of the kernel's clock in a second: 100 in what programs see on every architecture of Linux.
const TICKS: f64 = 100.0;

/// What a run of a program took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Taken {
    /// Seconds from start to end.
    pub(super) wall: f64,
    /// Seconds of processor time, of all threads.
    pub(super) cpu: f64,
    /// Largest resident memory, in bytes.
    pub(super) memory: u64,
}

/// Runs a program to its end. What it says is dropped; `fine` are the statuses that are no failure.
///
/// # Errors
/// When it can't be started or fails; `Unsupported` where there is no `/proc`.
pub(super) fn run(program: &Path, args: &[String], fine: &[i32]) -> io::Result<Taken> {
    let start = Instant::now();
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", program.display())))?;
    let folder = Path::new("/proc").join(child.id().to_string());
    let mut memory = 0;
    let cpu = loop {
        let Some(stat) = read(&folder.join("stat")).as_deref().and_then(Stat::of) else {
            let _ = child.kill();
            let _ = child.wait();
            return Err(io::Error::new(io::ErrorKind::Unsupported, "there is no /proc to measure with"));
        };
        if stat.ended {
            break stat.cpu;
        }
        memory = memory.max(read(&folder.join("status")).as_deref().and_then(peak).unwrap_or(0));
        sleep(PAUSE);
    };
    let wall = start.elapsed().as_secs_f64();
    let status = child.wait()?;
    if !status.code().is_some_and(|code| fine.contains(&code)) {
        let shown = format!("{} {}: {status}", program.display(), args.join(" "));
        return Err(io::Error::other(shown));
    }
    Ok(Taken { wall, cpu, memory })
}

fn read(path: &Path) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

/// What `/proc/PID/stat` says.
#[derive(Debug, PartialEq)]
struct Stat {
    ended: bool,
    cpu: f64,
}

impl Stat {
    fn of(text: &str) -> Option<Self> {
        // The name of the program may hold blanks and parentheses.
        let mut fields = text.rsplit_once(')')?.1.split_whitespace();
        let ended = matches!(fields.next()?, "Z" | "X");
        let mut times = fields.skip(10).map(|field| field.parse::<f64>().ok());
        // Less than a tick is not seen, and is not nothing.
        Some(Self { ended, cpu: (times.next()?? + times.next()??).max(1.0) / TICKS })
    }
}

/// The peak in `/proc/PID/status`, in bytes.
fn peak(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim_end().parse::<u64>().ok().map(|kib| kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_says_is_read() {
        let stat = "7 (a b) c) S 1 7 7 0 -1 4194560 100 0 0 0 123 45 0 0 20 0 1 0 5 0 0";
        assert_eq!(Stat::of(stat), Some(Stat { ended: false, cpu: 1.68 }));
        assert_eq!(Stat::of(&stat.replace(") S ", ") Z ")).map(|stat| stat.ended), Some(true));
        assert_eq!(Stat::of("7 (a"), None);
        assert_eq!(peak("Name:\tx\nVmHWM:\t    1234 kB\nVmRSS:\t 1 kB\n"), Some(1234 * 1024));
        assert_eq!(peak("Name:\tx\n"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_program_is_measured_and_its_failure_said() {
        let shell = Path::new("/bin/sh");
        let args = |script: &str| vec!["-c".to_owned(), script.to_owned()];
        let busy = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done";
        let taken = run(shell, &args(busy), &[0]).unwrap();
        assert!(taken.cpu > 0.0 && taken.wall > 0.0 && taken.memory > 100_000, "{taken:?}");
        assert!(run(shell, &args("exit 3"), &[0, 3]).is_ok());
        let error = run(shell, &args("exit 3"), &[0]).unwrap_err().to_string();
        assert!(error.contains("/bin/sh") && error.contains('3'), "{error}");
        let error = run(Path::new("/nowhere/prog"), &[], &[0]).unwrap_err().to_string();
        assert!(error.contains("/nowhere/prog"), "{error}");
    }
}
