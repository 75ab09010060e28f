//! `grotto catalog`: the rules as a site.

mod build;
mod diff;
mod folder;
pub(crate) mod load;
mod serve;

use crate::Ending;
use crate::args::Common;
use clap::{Args, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Arguments of `grotto catalog`.
#[derive(Debug, Args)]
pub(crate) struct CatalogArgs {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: CatalogCommand,
}

/// What to do with the catalogue.
#[derive(Debug, Subcommand)]
pub(crate) enum CatalogCommand {
    /// Write the site to a folder.
    Build(BuildArgs),
    /// Show the site at an address of this machine, from memory.
    Serve(ServeArgs),
    /// Tell how two folders of rules differ.
    Diff(DiffArgs),
}

impl CatalogArgs {
    /// The arguments that commands share.
    pub(crate) fn common_mut(&mut self) -> &mut Common {
        match &mut self.command {
            CatalogCommand::Build(args) => &mut args.source.common,
            CatalogCommand::Serve(args) => &mut args.source.common,
            CatalogCommand::Diff(args) => &mut args.common,
        }
    }
}

/// What a catalogue is made of.
#[derive(Debug, Args)]
pub(crate) struct SourceArgs {
    /// Folder of rules, with the name of its corpus: DIR or DIR=NAME; may be repeated. Without it grotto's own rules.
    #[arg(long, value_name = "DIR[=NAME]")]
    pub(crate) rules: Vec<String>,
    /// Copy of the public dataset, or of a part of it, to prove rules with; may be repeated. Nothing is downloaded.
    #[arg(long, value_name = "DIR")]
    pub(crate) attack_data: Vec<PathBuf>,
    /// Day that the tests of rules are dated with, such as 2026-05-13; that of SOURCE_DATE_EPOCH or today without it.
    #[arg(long, value_name = "DAY", value_parser = date)]
    pub(crate) date: Option<String>,
    /// Address at which the site will be, such as https://rules.example.org: canonical links, the feed and sitemap.xml need
    /// it.
    #[arg(long, value_name = "URL", value_parser = base_url)]
    pub(crate) base_url: Option<String>,
    /// What rules are compiled with.
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Arguments of `grotto catalog build`.
#[derive(Debug, Args)]
pub(crate) struct BuildArgs {
    /// Folder for the site: a new or empty one, or one that holds an earlier site.
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// What it is made of.
    #[command(flatten)]
    pub(crate) source: SourceArgs,
}

/// Arguments of `grotto catalog serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Address to listen at; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// What it is made of.
    #[command(flatten)]
    pub(crate) source: SourceArgs,
}

/// Arguments of `grotto catalog diff`.
#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// Folder of the older rules.
    pub(crate) old: PathBuf,
    /// Folder of the newer rules.
    pub(crate) new: PathBuf,
    /// Write a page of it to this folder: a new or empty one, or one that holds an earlier page.
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// What rules are compiled with.
    #[command(flatten)]
    pub(crate) common: Common,
}

/// An address that a site can be at.
fn base_url(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let good = |rest: &&str| {
        !rest.is_empty() && !rest.contains(['"', '<', '>', ' ', '?', '#', '\\']) && rest.is_ascii()
    };
    match rest.filter(good) {
        Some(_) => Ok(text.trim_end_matches('/').to_owned()),
        None => Err("an address like https://rules.example.org".to_owned()),
    }
}

/// A day.
fn date(text: &str) -> Result<String, String> {
    let day: jiff::civil::Date = text.parse().map_err(|_| "a day like 2026-05-13".to_owned())?;
    Ok(day.to_string())
}

/// Runs the command.
pub(crate) fn run(args: &CatalogArgs) -> std::io::Result<Ending> {
    match &args.command {
        CatalogCommand::Build(args) => Ok(build::run(args)),
        CatalogCommand::Serve(args) => serve::run(args),
        CatalogCommand::Diff(args) => diff::run(args),
    }
}

#[cfg(test)]
mod tests {
    use super::{base_url, date};

    #[test]
    fn days_of_tests() {
        assert_eq!(date("2026-05-13").unwrap(), "2026-05-13");
        for wrong in ["", "13.5.2026", "2026-13-01", "today", "<b>"] {
            assert!(date(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn addresses_of_sites() {
        assert_eq!(base_url("https://a.example/rules/").unwrap(), "https://a.example/rules");
        for wrong in ["a.example", "https://", "ftp://a", "https://a\"b", "https://a?x", "javascript:x"] {
            assert!(base_url(wrong).is_err(), "{wrong}");
        }
    }
}
