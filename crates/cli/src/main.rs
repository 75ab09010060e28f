//! The `grotto` binary: arguments, progress, output.
//!
//! Results go to stdout, talk to stderr. Exit status: 0 done; 1 something as severe as `--fail-on` was found; 2 usage
//! or content error; 3 nothing could be read.

mod args;
mod catalog;
mod config;
mod drilldown;
mod explain;
mod fmt;
mod lint;
mod memory;
mod output;
mod profile;
mod progress;
mod rewrite;
mod scan;
mod schema;
mod search;
mod setup;
mod show;
mod spl;
mod tables;
mod test;
mod watch;

use args::{Cli, Color, Command};
use clap::Parser;
use std::process::ExitCode;

/// Most of the time of a scan's folds would otherwise go into the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How a command ended.
pub(crate) enum Ending {
    /// All was done.
    Done,
    /// Something as severe as `--fail-on` was found.
    Found,
    /// Usage or content error.
    Wrong,
    /// Nothing could be read.
    NothingRead,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        Self::from(match ending {
            Ending::Done => 0,
            Ending::Found => 1,
            Ending::Wrong => 2,
            Ending::NothingRead => 3,
        })
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let config = match config::find(&cli.place()) {
        Ok(config) => config,
        Err(wrong) => {
            for diagnostic in &wrong {
                setup::report(diagnostic, Color::Auto);
            }
            return Ending::Wrong.into();
        }
    };
    let cli = config::apply(cli, config.as_ref());
    let ended = match &cli.command {
        Command::Scan(args) => scan::run(args),
        Command::Search(args) => search::run(args),
        Command::Drilldown(args) => drilldown::run(args),
        Command::Watch(args) => watch::run(args),
        Command::Fmt(args) => fmt::run(args),
        Command::Lint(args) => lint::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Test(args) => test::run(args),
        Command::Catalog(args) => catalog::run(args),
        Command::Show(args) => show::run(args),
        Command::Spl(args) => spl::run(args),
        Command::Config(args) => config::run(args, config.as_ref()),
        Command::Schema(args) => schema::run(args),
    };
    match ended {
        Ok(ending) => ending.into(),
        // Who reads the output may have had enough; that is no error.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ending::Done.into(),
        Err(error) => {
            output::unwritable::say(&error);
            Ending::Wrong.into()
        }
    }
}
