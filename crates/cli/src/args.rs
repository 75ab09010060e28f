//! What can be typed.

use crate::catalog::CatalogArgs;
use crate::config::{Place, Settings};
use crate::fmt::FmtArgs;
use crate::lint::LintArgs;
use crate::output::target::Target;
use crate::show::ShowArgs;
use crate::watch::WatchArgs;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::sync::Arc;

/// Runs Splunk detection rules on Windows event logs, with no Splunk installed.
#[derive(Debug, Parser)]
#[command(
    name = "grotto",
    version,
    about,
    after_help = "Exit status: 0 done; 1 something as severe as --fail-on was \
    found; 2 usage or content error; 3 nothing could be read."
)]
pub(crate) struct Cli {
    /// Configuration file; without it the nearest grotto.toml from the working directory upward.
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "no_config")]
    pub(crate) config: Option<PathBuf>,
    /// Read no configuration file.
    #[arg(long, global = true)]
    pub(crate) no_config: bool,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// Where the configuration is.
    pub(crate) fn place(&self) -> Place {
        match &self.config {
            _ if self.no_config || !self.command.reads_config() => Place::Nowhere,
            Some(path) => Place::File(path.clone()),
            None => Place::Upward,
        }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run detection rules over log files and report what they find.
    Scan(ScanArgs),
    /// Follow log files that grow, and report what rules find as it comes.
    Watch(WatchArgs),
    /// Look for what is wrong with rules, macros, lookups, stories and data sources.
    Lint(LintArgs),
    /// Lay searches out, one stage a line, inside their YAML files.
    Fmt(FmtArgs),
    /// Run one SPL search over log files.
    Search(SearchArgs),
    /// List the searches that lead on from a finding, or run one of them.
    Drilldown(DrilldownArgs),
    /// Show why a rule fires or does not: each predicate, the nearest events, the rows of each stage.
    Explain(ExplainArgs),
    /// Run the tests of rules: replay their data and judge what the rules find in it.
    Test(TestArgs),
    /// Publish rules as a site: what each looks for, who else does, and whether it is proven.
    Catalog(CatalogArgs),
    /// Show the page of a rule: what it looks for, who else does, and whether it is proven.
    Show(ShowArgs),
    /// Tell about the language: what a command does, what is supported, which choices were made.
    Spl(SplArgs),
    /// Show the configuration that counts here, and where each value comes from.
    Config(ConfigArgs),
    /// Print the JSON Schema (draft 7) of a kind of file, for editors and checks.
    Schema(SchemaArgs),
}

impl Command {
    /// Whether a configuration file makes a difference, so that a wrong one is an error.
    fn reads_config(&self) -> bool {
        match self {
            Self::Config(args) => !args.markdown,
            Self::Schema(_) => false,
            _ => true,
        }
    }

    /// The arguments that commands share, for those that have them.
    pub(crate) fn common_mut(&mut self) -> Option<&mut Common> {
        match self {
            Self::Scan(args) => Some(&mut args.common),
            Self::Watch(args) => Some(&mut args.common),
            Self::Search(args) => Some(&mut args.common),
            Self::Drilldown(args) => Some(&mut args.common),
            Self::Explain(args) => Some(&mut args.common),
            Self::Test(args) => Some(&mut args.common),
            Self::Lint(args) => Some(&mut args.common),
            Self::Catalog(args) => Some(args.common_mut()),
            Self::Show(args) => Some(&mut args.common),
            Self::Spl(SplArgs { command: SplCommand::Support(args) }) => Some(&mut args.common),
            Self::Spl(_) | Self::Fmt(_) | Self::Config(_) | Self::Schema(_) => None,
        }
    }
}

/// Arguments of `grotto config`.
#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Print the reference of all keys, in Markdown.
    #[arg(long, conflicts_with = "json")]
    pub(crate) markdown: bool,
}

/// Arguments of `grotto schema`.
#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// The kind of file.
    #[arg(value_enum, default_value_t = SchemaKind::Rule)]
    pub(crate) kind: SchemaKind,
    /// Generation of the rules: 1 (to 2024), 2 (contentctl 5) or 3 (from May 2026).
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=3))]
    pub(crate) generation: u8,
}

/// What there are schemas of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaKind {
    /// A detection rule.
    Rule,
    /// A search macro.
    Macro,
    /// A lookup.
    Lookup,
    /// An analytic story.
    Story,
    /// A data source.
    DataSource,
    /// The configuration file, grotto.toml.
    Config,
}

/// Arguments of `grotto scan`.
#[derive(Debug, Args)]
pub(crate) struct ScanArgs {
    /// Log files, folders or globs ('logs/**/*.evtx'); - reads standard input. Files are recognised by content.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    /// Folder (or single file) of detection rules, with their macros, lookups and data sources; may be repeated.
    /// Without it the rules that are built in are used.
    #[arg(long, value_name = "DIR")]
    pub(crate) rules: Vec<PathBuf>,
    /// List the rules that did not run, each with its reason.
    #[arg(long)]
    pub(crate) show_rules: bool,
    /// Folder that keeps what is found: rules that read risk see what earlier scans found, and what is found again is
    /// counted up. Made when it is not there.
    #[arg(long, value_name = "DIR")]
    pub(crate) state: Option<PathBuf>,
    /// Ask every rule of every event, without the index of what rules look for: the slow way that the fast one is proved
    /// against. What is found is the same.
    #[arg(long, hide_short_help = true)]
    pub(crate) no_index: bool,
    /// Show the ids of findings in the table.
    #[arg(long)]
    pub(crate) show_ids: bool,
    /// Print on standard error where the time went, and which rules cost most.
    #[arg(long)]
    pub(crate) profile: bool,
    /// End with status 1 when a finding (or a hit) of this severity or above was found.
    #[arg(long, value_name = "SEVERITY", value_enum)]
    pub(crate) fail_on: Option<FailOn>,
    /// Raise the same thing again, whatever the throttling of rules says.
    #[arg(long)]
    pub(crate) no_throttle: bool,
    /// Let every rule fire as its schedule says (every hour where it has none), over the window that it says, as it would
    /// on a live system. Without it every rule runs once, over everything.
    #[arg(long)]
    pub(crate) schedule: bool,
    /// Let all rules fire this often instead (15m, 1h, 1d), each time over what came since the last firing.
    #[arg(long, value_name = "DURATION", value_parser = period, conflicts_with = "schedule")]
    pub(crate) every: Option<i64>,
    /// Window of a firing for --every: two times relative to it, such as -70m@m,-10m@m.
    #[arg(long, value_name = "FROM,TO", value_parser = window, requires = "every", allow_hyphen_values = true)]
    pub(crate) window: Option<(String, String)>,
    /// The time range.
    #[command(flatten)]
    pub(crate) range: Range,
    /// What both commands share.
    #[command(flatten)]
    pub(crate) common: Common,
    /// What is said of the events.
    #[command(flatten)]
    pub(crate) said: Said,
    /// The form of the result.
    #[command(flatten)]
    pub(crate) form: ScanForm,
}

/// Arguments of `grotto search`.
#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    /// The search, in SPL.
    #[arg(value_name = "SPL")]
    pub(crate) search: String,
    /// Log files, folders or globs; - reads standard input.
    #[arg(required_unless_present = "state", value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    /// Folder of rules whose macros the search may call; may be repeated.
    #[arg(long, value_name = "DIR")]
    pub(crate) rules: Vec<PathBuf>,
    /// Folder that scans kept what they found in; the search sees its risk events (index=risk) beside the logs.
    #[arg(long, value_name = "DIR")]
    pub(crate) state: Option<PathBuf>,
    /// Print on standard error where the time went.
    #[arg(long)]
    pub(crate) profile: bool,
    /// The time range.
    #[command(flatten)]
    pub(crate) range: Range,
    /// What both commands share.
    #[command(flatten)]
    pub(crate) common: Common,
    /// What is said of the events.
    #[command(flatten)]
    pub(crate) said: Said,
    /// The form of the result.
    #[command(flatten)]
    pub(crate) form: Form,
}

/// Arguments of `grotto drilldown`.
#[derive(Debug, Args)]
pub(crate) struct DrilldownArgs {
    /// The finding's id, or its beginning.
    #[arg(value_name = "FINDING-ID")]
    pub(crate) id: String,
    /// Which of the finding's searches to run, and the log files, folders or globs to run it over. Without a number the
    /// searches are listed.
    #[arg(value_name = "N] [PATH")]
    pub(crate) rest: Vec<String>,
    /// Folder that scans keep what they found in: the finding is looked up there, and the search sees its risk events.
    #[arg(long, value_name = "DIR")]
    pub(crate) state: Option<PathBuf>,
    /// Report of a scan in JSON lines that has the finding.
    #[arg(long, value_name = "FILE")]
    pub(crate) findings: Option<PathBuf>,
    /// Folder of rules whose macros the search may call; may be repeated.
    #[arg(long, value_name = "DIR")]
    pub(crate) rules: Vec<PathBuf>,
    /// What commands share.
    #[command(flatten)]
    pub(crate) common: Common,
    /// What is said of the events.
    #[command(flatten)]
    pub(crate) said: Said,
    /// The form of the result.
    #[command(flatten)]
    pub(crate) form: Form,
}

impl DrilldownArgs {
    /// The number of the search to run.
    pub(crate) fn number(&self) -> Option<usize> {
        self.rest.first()?.parse().ok()
    }

    /// Where the logs are.
    pub(crate) fn paths(&self) -> &[String] {
        self.rest.get(1..).unwrap_or_default()
    }
}

/// Arguments of `grotto explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The rule: its file, its name (or a part of it that no other has), or its id.
    #[arg(value_name = "RULE")]
    pub(crate) rule: String,
    /// Log files, folders or globs; - reads standard input.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    /// RULE is a search in SPL.
    #[arg(long)]
    pub(crate) search: bool,
    /// Folder of rules, with their macros and lookups; may be repeated. Without it the rules that are built in are used.
    #[arg(long, value_name = "DIR")]
    pub(crate) rules: Vec<PathBuf>,
    /// What is said of the events.
    #[command(flatten)]
    pub(crate) said: Said,
    /// What all commands that read logs share.
    #[command(flatten)]
    pub(crate) common: Common,
    /// The form of the result.
    #[command(flatten)]
    pub(crate) form: Form,
}

/// Arguments of `grotto test`.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 all tests passed or were skipped; 1 a test failed or could not be run; \
    2 usage or content error."
)]
pub(crate) struct TestArgs {
    /// Files of rules, or folders of rules with their macros and lookups. Without it the rules that are built in are
    /// tested.
    #[arg(value_name = "RULES")]
    pub(crate) rules: Vec<PathBuf>,
    /// Copy of the public dataset to which web addresses in tests are mapped; nothing is downloaded.
    #[arg(long, value_name = "DIR")]
    pub(crate) attack_data: Option<PathBuf>,
    /// Folder of benign logs to run all rules over; may be repeated.
    #[arg(long, value_name = "DIR")]
    pub(crate) baseline: Vec<PathBuf>,
    /// A rule that finds something in benign logs is a failure.
    #[arg(long)]
    pub(crate) fail_on_baseline: bool,
    /// Form of the result; a table on a terminal, JSON lines otherwise.
    #[arg(long, value_enum)]
    pub(crate) format: Option<TestFormat>,
    /// Write the result to this file.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Stay, and run again what a saved file touches: a rule its tests, a dataset the tests on it, a macro or lookup all.
    #[arg(long, conflicts_with_all = ["format", "output"])]
    pub(crate) watch: bool,
    /// What all commands that read logs share.
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Form of the result of tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TestFormat {
    /// For people.
    Table,
    /// One JSON object a line.
    Jsonl,
    /// JUnit XML, a test suite for each rule.
    Junit,
    /// Workflow commands with which GitHub annotates a change: what failed.
    Github,
    /// SARIF 2.1.0: what failed.
    Sarif,
}

/// Arguments of `grotto spl`.
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub(crate) struct SplArgs {
    /// What to tell.
    #[command(subcommand)]
    pub(crate) command: SplCommand,
}

/// What `grotto spl` can tell.
#[derive(Debug, Subcommand)]
pub(crate) enum SplCommand {
    /// The documentation of a command, eval function or aggregation, with examples; all names without one.
    Help {
        /// Its name.
        #[arg(value_name = "NAME")]
        name: Option<String>,
    },
    /// What is supported and what is not, with reasons; with --rules also how many rules use or miss it.
    Support(Box<SupportArgs>),
    /// The choices that were made where Splunk's documentation leaves the meaning open.
    Assumptions {
        /// Print a table in Markdown.
        #[arg(long)]
        markdown: bool,
    },
}

/// Arguments of `grotto spl support`.
#[derive(Debug, Args)]
pub(crate) struct SupportArgs {
    /// Print tables in Markdown.
    #[arg(long)]
    pub(crate) markdown: bool,
    /// Folder (or single file) of detection rules to count; may be repeated.
    #[arg(long, value_name = "DIR")]
    pub(crate) rules: Vec<PathBuf>,
    /// What rules are compiled with.
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Arguments of every command that reads logs.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Splunk app whose search-time knowledge is used too; may be repeated.
    #[arg(long, value_name = "DIR")]
    pub(crate) app: Vec<PathBuf>,
    /// Folder of lookup tables (.csv, .json, .jsonl; a key-value collection is a table of its name) and, in a
    /// transforms.conf, of definitions; they go before those of rules and apps. May be repeated.
    #[arg(long, value_name = "DIR")]
    pub(crate) lookups: Vec<PathBuf>,
    /// Folder to which searches may write tables (outputlookup, outputcsv). Without it they write nothing.
    #[arg(long, value_name = "DIR")]
    pub(crate) write_lookups: Option<PathBuf>,
    /// Table of assets with the columns of Splunk Enterprise Security: ip, mac, nt_host, dns, category, ...
    #[arg(long, value_name = "FILE")]
    pub(crate) assets: Option<PathBuf>,
    /// Table of identities with the columns of Splunk Enterprise Security: identity, email, category, ...
    #[arg(long, value_name = "FILE")]
    pub(crate) identities: Option<PathBuf>,
    /// City database in MaxMind's format (.mmdb), for iplocation.
    #[arg(long, value_name = "FILE")]
    pub(crate) geoip: Option<PathBuf>,
    /// Time zone of times in text form, and of times in logs that say none: an IANA name.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub(crate) timezone: String,
    /// How much all that is in a compressed file or an archive may unpack to, such as 500M or 64G.
    #[arg(long, value_name = "SIZE", default_value = "16G", value_parser = size)]
    pub(crate) max_archive_bytes: u64,
    /// Memory for the rows that searches keep, such as 500M or 4G. From 128M on, and large tables before,
    /// they go to temporary files where they can; the rest is for what has to be in memory at once. A quarter of the machine's memory if not given.
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) memory: Option<u64>,
    /// When to use colours. NO_COLOR is honoured.
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
    /// Threads; one for each core if not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    /// What the configuration says beyond arguments.
    #[arg(skip)]
    pub(crate) settings: Arc<Settings>,
}

/// Where a result goes, and in which form. Commands whose results have other forms have arguments of their own.
#[derive(Debug, Args)]
pub(crate) struct Form {
    /// Form of the result; a table on a terminal, JSON lines otherwise.
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// Write the result to this file.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// Where a scan's report goes, and in which forms.
#[derive(Debug, Default, Args)]
pub(crate) struct ScanForm {
    /// Form of the report; a table on a terminal, JSON lines otherwise.
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// Write the report to this file instead, in the form of --format or in the one named before a colon (csv:report.csv):
    /// table, json, jsonl, csv, html (a report to look at, in one file), navigator (layer of the ATT&CK Navigator),
    /// timesketch (its CSV columns). May be repeated; - is standard output.
    #[arg(long, short, value_name = "[FORM:]FILE")]
    pub(crate) output: Vec<Target>,
    /// Address of a catalogue with the pages of the rules, for links from the HTML report.
    #[arg(long, value_name = "URL", value_parser = web_address)]
    pub(crate) catalog_url: Option<String>,
}

/// The address of a web site.
pub(crate) fn web_address(text: &str) -> Result<String, String> {
    let web = ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme));
    web.then(|| text.to_owned()).ok_or_else(|| "an address starts with https:// or http://".to_owned())
}

/// Which time the events are from, and what time it is.
#[derive(Debug, Default, Clone, Args)]
pub(crate) struct Range {
    /// Only events from this time on: 2024-05-01T08:00:00Z, seconds since 1970, or relative to now (-24h@h). What a search
    /// says itself with earliest= comes first.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) earliest: Option<String>,
    /// Only events before this time; latest= in a search comes first.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) latest: Option<String>,
    /// What time it is to relative times and now(); the time of the clock if not given.
    #[arg(long, value_name = "TIME")]
    pub(crate) now: Option<String>,
}

/// A length of time in nanoseconds.
fn period(text: &str) -> Result<i64, String> {
    let ns = grotto_detect::throttle::period(text).filter(|ns| *ns > 0);
    ns.ok_or_else(|| "a duration is a number and a unit, such as 15m, 1h or 1d".to_owned())
}

/// The two ends of a window.
fn window(text: &str) -> Result<(String, String), String> {
    let ends = text.split_once(',').map(|(from, to)| (from.trim().to_owned(), to.trim().to_owned()));
    ends.ok_or_else(|| "a window has two ends, such as -70m@m,-10m@m".to_owned())
}

/// A number of bytes, with K, M, G or T for powers of 1024.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let shift = match text.get(digits.len()..).unwrap_or_default().to_ascii_uppercase().as_str() {
        "" => 0,
        "K" | "KB" | "KIB" => 10,
        "M" | "MB" | "MIB" => 20,
        "G" | "GB" | "GIB" => 30,
        "T" | "TB" | "TIB" => 40,
        unit => return Err(format!("{unit} is no unit: K, M, G and T are")),
    };
    let number: u64 = digits.parse().map_err(|_| "a size is a whole number and a unit".to_owned())?;
    number.checked_mul(1 << shift).ok_or_else(|| "that is too much".to_owned())
}

/// What is said of the events, whatever they say themselves.
#[derive(Debug, Default, Args)]
pub(crate) struct Said {
    /// Sourcetype of all events, such as aws:cloudtrail for JSON that does not say what it is.
    #[arg(long, value_name = "NAME")]
    pub(crate) sourcetype: Option<String>,
    /// Source of all events; without it that of the event, or the path of its file.
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
    /// Index of all events; without it that of the event, or main.
    #[arg(long, value_name = "NAME")]
    pub(crate) index: Option<String>,
    /// Host of all events.
    #[arg(long, value_name = "NAME")]
    pub(crate) host: Option<String>,
}

/// Form of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Table,
    /// One JSON array.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values with a header.
    Csv,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Severities in rising order, as findings carry them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum FailOn {
    /// Anything.
    Info,
    /// Score above 20.
    Low,
    /// Score above 40.
    Medium,
    /// Score above 60.
    High,
    /// Score above 80.
    Critical,
}

impl FailOn {
    /// The severity of this name; info for a name that is none.
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "low" => Self::Low,
            "medium" => Self::Medium,
            "high" => Self::High,
            "critical" => Self::Critical,
            _ => Self::Info,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, expected) in [
            ("0", Some(0)),
            ("5", Some(5)),
            ("3k", Some(3072)),
            ("16G", Some(16 << 30)),
            ("1TiB", Some(1 << 40)),
        ] {
            assert_eq!(size(text).ok(), expected, "{text}");
        }
        for text in ["", "G", "-1", "1.5G", "3X", "99999999999T"] {
            assert!(size(text).is_err(), "{text}");
        }
    }
}
