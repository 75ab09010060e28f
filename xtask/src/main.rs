//! Chores of the project: `cargo xtask samples`, `cargo xtask generate`, `cargo xtask attack-data`, `cargo xtask bench`.
// Chores are no core room: they open files as they like.
#![allow(clippy::disallowed_methods)]

mod attack_data;
mod bench;
mod decode;
mod generate;
mod samples;

use clap::{Parser, Subcommand};
use std::io::{self, Write};
use std::process::ExitCode;

/// The allocator of `grotto`, so that what is compared with it has the same.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Chores of the project.
#[derive(Parser)]
#[command(name = "cargo xtask", about)]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Writes the sample logs that the project ships.
    Samples(samples::Options),
    /// Writes one large log for benchmarks, of constant memory at any size.
    Generate(generate::Options),
    /// Writes logs where the tests of a folder of rules look for theirs, to measure `grotto test` by.
    AttackData(attack_data::Options),
    /// Measures how fast grotto is and prints a table.
    Bench(bench::Options),
    /// Decodes EVTX files to XML and does nothing with it: what the benchmarks measure scans by.
    Decode(decode::Options),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().chore {
        Chore::Samples(options) => samples::run(&options),
        Chore::Generate(options) => generate::run(&options),
        Chore::AttackData(options) => attack_data::run(&options),
        Chore::Bench(options) => bench::run(&options),
        Chore::Decode(options) => decode::run(&options),
    };
    // Nothing is left to do about a closed terminal.
    match done {
        Ok(report) => {
            let _ = writeln!(io::stdout(), "{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn arguments_are_consistent() {
        Arguments::command().debug_assert();
        let typed =
            ["xtask", "generate", "--size", "1G", "--format", "evtx", "--seed", "7", "--out", "big.evtx"];
        assert!(matches!(Arguments::parse_from(typed).chore, Chore::Generate(_)));
        assert!(Arguments::try_parse_from(["xtask", "generate", "--size", "1Q", "--out", "x"]).is_err());
    }
}
