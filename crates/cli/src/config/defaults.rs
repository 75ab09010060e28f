//! From a configuration to defaults of arguments.

use super::{Config, Value};
use crate::args::Cli;
use clap::{Arg, Command, CommandFactory, FromArgMatches};
use std::sync::Arc;

/// Reads the command line again, with what the configuration says as defaults. `cli` is what it came to without.
pub(crate) fn apply(cli: Cli, config: Option<&Config>) -> Cli {
    let Some(config) = config else { return cli };
    let mut cli = parse(&config.values, std::env::args_os()).unwrap_or_else(|error| error.exit());
    if let Some(common) = cli.command.common_mut() {
        common.settings = Arc::clone(&config.settings);
    }
    cli
}

fn parse(
    values: &[Value],
    typed: impl IntoIterator<Item = impl Into<std::ffi::OsString> + Clone>,
) -> Result<Cli, clap::Error> {
    let command = Cli::command().mut_subcommands(|sub| {
        let name = sub.get_name().to_owned();
        with_defaults(sub, &name, values)
    });
    Cli::from_arg_matches(&command.try_get_matches_from(typed)?)
}

/// A command and what is below it; `top` is the first word after `grotto`.
fn with_defaults(command: Command, top: &str, values: &[Value]) -> Command {
    let command = command.mut_subcommands(|sub| with_defaults(sub, top, values));
    command.mut_args(|arg| with_default(arg, top, values))
}

fn with_default(arg: Arg, top: &str, values: &[Value]) -> Arg {
    let id = arg.get_id().as_str().to_owned();
    match values.iter().rfind(|value| value.key.is_default_of(top, &id)) {
        // No value is none, and not an empty list of defaults.
        Some(value) if !value.values.is_empty() => arg.default_values(value.values.iter().cloned()),
        _ => arg,
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;
    use crate::args::{self, FailOn, Format};
    use grotto_diag::Source;
    use std::path::{Path, PathBuf};

    fn cli(file: &str, typed: &[&str]) -> args::Command {
        let config = read::read(Arc::new(Source::new("grotto.toml", file)), Path::new("up")).unwrap();
        parse(&config.values, [&["grotto"], typed].concat()).unwrap().command
    }

    fn scan(file: &str, typed: &[&str]) -> args::ScanArgs {
        let args::Command::Scan(args) = cli(file, &[&["scan", "x.evtx"], typed].concat()) else { panic!() };
        args
    }

    const FILE: &str = "rules = ['r', '/abs']\napps = 'a'\ntimezone = 'Europe/Vienna'\nthreads = 3\n\
                        max_archive_bytes = 1024\n[scan]\nfail_on = 'high'\nformat = 'csv'\ncatalog_url = 'https://a.example'\n";

    #[test]
    fn what_is_written_is_a_default() {
        let args = scan(FILE, &[]);
        assert_eq!(args.rules, [PathBuf::from("up/r"), PathBuf::from("/abs")]);
        assert_eq!(args.common.app, [PathBuf::from("up/a")]);
        assert_eq!(args.common.timezone, "Europe/Vienna");
        assert_eq!((args.common.threads, args.common.max_archive_bytes), (Some(3), 1024));
        assert_eq!((args.fail_on, args.form.format), (Some(FailOn::High), Some(Format::Csv)));
    }

    #[test]
    fn what_is_typed_goes_before_it() {
        let typed =
            ["--rules", "mine", "--timezone=UTC", "--fail-on", "low", "--format", "table", "--threads", "1"];
        let args = scan(FILE, &typed);
        assert_eq!(args.rules, [PathBuf::from("mine")]);
        assert_eq!(args.common.timezone, "UTC");
        assert_eq!((args.fail_on, args.form.format), (Some(FailOn::Low), Some(Format::Table)));
        assert_eq!(args.common.threads, Some(1));
        assert_eq!(args.common.app, [PathBuf::from("up/a")], "what is not typed stays");
        assert_eq!(args.form.catalog_url.as_deref(), Some("https://a.example"));
        let args = scan(FILE, &["--catalog-url", "https://b.example"]);
        assert_eq!(args.form.catalog_url.as_deref(), Some("https://b.example"));
    }

    #[test]
    fn a_table_is_about_its_own_command() {
        let args::Command::Search(args) = cli(FILE, &["search", "search *", "x.evtx"]) else { panic!() };
        assert_eq!(args.form.format, None);
        assert_eq!(args.rules.len(), 2);
        let args::Command::Spl(args) = cli(FILE, &["spl", "support"]) else { panic!() };
        let args::SplCommand::Support(args) = args.command else { panic!() };
        assert!(args.rules.is_empty(), "what is supported is asked without rules");
        assert_eq!(args.common.app, [PathBuf::from("up/a")]);
    }

    #[test]
    fn an_empty_list_is_nothing() {
        assert!(scan("rules = []\n", &[]).rules.is_empty());
        assert!(scan("", &[]).rules.is_empty());
    }
}
