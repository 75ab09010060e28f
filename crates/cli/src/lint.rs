//! `grotto lint`: what is wrong with rules, macros, lookups, stories and data sources.

use crate::args::Common;
use crate::output;
use crate::setup::{self, Setup};
use crate::{Ending, rewrite};
use clap::{Args, ValueEnum};
use grotto_diag::{Diagnostic, Severity, render};
use grotto_lint::lints::{self, LINTS};
use grotto_lint::{Input, Level, Report, Severities};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

/// How often fixes may make room for further fixes.
const ROUNDS: usize = 10;

/// Folders of content.
const FOLDERS: [&str; 5] = ["detections", "macros", "lookups", "stories", "data_sources"];

/// Arguments of `grotto lint`.
#[derive(Debug, Args)]
pub(crate) struct LintArgs {
    /// Folders or files of rules, macros, lookups, stories and data sources; this folder if none is given.
    #[arg(value_name = "PATH")]
    pub(crate) rules: Vec<PathBuf>,
    /// Make the changes that need no judgement, and report what is left.
    #[arg(long)]
    pub(crate) fix: bool,
    /// Show notes too; without it they are only counted.
    #[arg(long)]
    pub(crate) info: bool,
    /// Report a lint as an error; may be repeated. AREA/* stands for all of an area.
    #[arg(long, value_name = "SLUG")]
    pub(crate) deny: Vec<String>,
    /// Report a lint as a warning; may be repeated.
    #[arg(long, value_name = "SLUG")]
    pub(crate) warn: Vec<String>,
    /// Don't report a lint; may be repeated.
    #[arg(long, value_name = "SLUG")]
    pub(crate) allow: Vec<String>,
    /// End with status 1 when something of this severity or above was found.
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = FailOn::Error)]
    pub(crate) fail_on: FailOn,
    /// Print the page of a lint.
    #[arg(long, value_name = "SLUG", conflicts_with = "list")]
    pub(crate) explain: Option<String>,
    /// List all lints.
    #[arg(long)]
    pub(crate) list: bool,
    /// Print the pages of all lints, in Markdown.
    #[arg(long, conflicts_with_all = ["list", "explain"])]
    pub(crate) markdown: bool,
    /// Form of the report.
    #[arg(long, value_enum, default_value_t = LintFormat::Terminal)]
    pub(crate) format: LintFormat,
    /// Write the report to this file.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// What rules are compiled with.
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LintFormat {
    /// For people.
    Terminal,
    /// One JSON array.
    Json,
    /// Workflow commands of GitHub Actions.
    Github,
    /// SARIF 2.1.0.
    Sarif,
}

/// Severities in rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Anything.
    Info,
    /// Warnings and errors.
    Warning,
    /// Errors.
    Error,
    /// Nothing.
    Never,
}

impl FailOn {
    fn met_by(self, severity: Severity) -> bool {
        match self {
            Self::Info => true,
            Self::Warning => severity >= Severity::Warning,
            Self::Error => severity == Severity::Error,
            Self::Never => false,
        }
    }
}

/// Runs the command.
pub(crate) fn run(args: &LintArgs) -> std::io::Result<Ending> {
    if args.list {
        return list(args);
    }
    if args.markdown {
        let mut out = output::writer(args.output.as_deref())?;
        out.write_all(lints::pages().as_bytes())?;
        out.flush()?;
        return Ok(Ending::Done);
    }
    if let Some(slug) = &args.explain {
        return explain(args, slug);
    }
    let Some(severities) = severities(args) else { return Ok(Ending::Wrong) };
    let paths = if args.rules.is_empty() { vec![PathBuf::from(".")] } else { args.rules.clone() };
    let mut changed = 0;
    let mut report = loop {
        let Some(report) = look(args, &paths, &severities) else { return Ok(Ending::Wrong) };
        if !args.fix {
            break report;
        }
        let fixed = grotto_lint::fix::apply(&report.diagnostics);
        if fixed.is_empty() || changed >= ROUNDS {
            break report;
        }
        changed += 1;
        for file in &fixed {
            rewrite::write(&file.source, &file.text)?;
            setup::say(&format!("{}: {} changed", file.source.name, places(file.changes)));
        }
    };
    let failed = report.diagnostics.iter().any(|d| args.fail_on.met_by(d.severity));
    let summary = summary(&report);
    if !args.info {
        report.diagnostics.retain(|d| d.severity > Severity::Info);
    }
    write(args, &report)?;
    setup::say(&summary);
    Ok(if failed { Ending::Found } else { Ending::Done })
}

/// Loads what the paths name, and what belongs to it, and looks at it. `None` when the arguments make no sense, which was
/// then said.
fn look(args: &LintArgs, paths: &[PathBuf], severities: &Severities) -> Option<Report> {
    let mut all = paths.to_vec();
    all.extend(surroundings(paths));
    let setup = Setup::new(&args.common, &all, false)?;
    let lost =
        |d: &&Diagnostic| d.slug == "content/empty" || (d.slug == "input/unreadable" && d.source.is_none());
    if let Some(lost) = setup.diagnostics.iter().find(lost) {
        setup::report(lost, args.common.color);
        return None;
    }
    let Setup { content, macros, knowledge, context, diagnostics, .. } = &setup;
    let mut diagnostics = diagnostics.clone();
    diagnostics.extend(args.common.settings.unused(content, knowledge));
    let input = Input { content, loaded: &diagnostics, macros, knowledge, context, scope: paths };
    Some(grotto_lint::run(&input, severities))
}

/// The folders of content beside those of the paths: who lints one rule wants its macros and stories known.
fn surroundings(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut out: Vec<PathBuf> = Vec::new();
    for path in paths.iter().filter_map(|path| path.canonicalize().ok()) {
        let named = |folder: &&Path| {
            folder.file_name().is_some_and(|name| FOLDERS.iter().any(|known| name == *known))
        };
        let Some(root) = path.ancestors().filter(named).last().and_then(Path::parent) else { continue };
        for folder in FOLDERS.iter().map(|name| root.join(name)).filter(|folder| folder.is_dir()) {
            if !out.contains(&folder) {
                out.push(folder);
            }
        }
    }
    out
}

fn places(number: usize) -> String {
    if number == 1 { "1 place".to_owned() } else { format!("{number} places") }
}

/// The levels that the arguments set. `None` when a lint does not exist, which was then said.
fn severities(args: &LintArgs) -> Option<Severities> {
    let mut severities = Severities::default();
    for (slug, level) in &args.common.settings.lints {
        severities.set(slug.clone(), level.map_or(Level::Off, Level::On));
    }
    let levels = [
        (&args.allow, Level::Off),
        (&args.warn, Level::On(Severity::Warning)),
        (&args.deny, Level::On(Severity::Error)),
    ];
    for (slugs, level) in levels {
        for slug in slugs {
            severities.set(slug.clone(), level);
        }
    }
    let area = |slug: &str| {
        slug.strip_suffix('*').is_some_and(|area| LINTS.iter().any(|l| l.slug.starts_with(area)))
    };
    // What the loader and the parser say has slugs of its own.
    let elsewhere = |slug: &str| {
        ["config/", "content/", "spl/", "eval/", "input/"].iter().any(|area| slug.starts_with(area))
    };
    let wrong =
        severities.slugs().find(|slug| lints::find(slug).is_none() && !area(slug) && !elsewhere(slug));
    if let Some(wrong) = wrong {
        setup::report(&unknown(wrong), args.common.color);
        return None;
    }
    Some(severities)
}

fn unknown(slug: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error("usage/unknown-lint", format!("no lint is called `{slug}`"));
    match lints::nearest(slug) {
        Some(near) => diagnostic.help(format!("did you mean {near}?")),
        None => diagnostic.help("grotto lint --list names them all"),
    }
}

fn list(args: &LintArgs) -> std::io::Result<Ending> {
    let mut out = output::writer(args.output.as_deref())?;
    let width = LINTS.iter().map(|lint| lint.slug.len()).max().unwrap_or_default();
    for lint in LINTS {
        writeln!(out, "{:width$}  {:7}  {}", lint.slug, lint.severity.name(), lint.summary)?;
    }
    out.flush()?;
    Ok(Ending::Done)
}

fn explain(args: &LintArgs, slug: &str) -> std::io::Result<Ending> {
    let Some(lint) = lints::find(slug) else {
        setup::report(&unknown(slug), args.common.color);
        return Ok(Ending::Wrong);
    };
    let mut out = output::writer(args.output.as_deref())?;
    out.write_all(lint.page().as_bytes())?;
    out.flush()?;
    Ok(Ending::Done)
}

fn write(args: &LintArgs, report: &Report) -> std::io::Result<()> {
    let mut out = output::writer(args.output.as_deref())?;
    let terminal = args.output.is_none() && std::io::stdout().is_terminal();
    match args.format {
        LintFormat::Terminal => people(&mut out, report, output::colored(args.common.color, terminal))?,
        LintFormat::Github => {
            for diagnostic in &report.diagnostics {
                writeln!(out, "{}", render::github(diagnostic))?;
            }
        }
        LintFormat::Json => {
            let all: Vec<_> = report.diagnostics.iter().map(render::json).collect();
            serde_json::to_writer_pretty(&mut out, &all)?;
            writeln!(out)?;
        }
        LintFormat::Sarif => {
            let pages: Vec<String> = LINTS.iter().map(|lint| lint.page()).collect();
            let rules: Vec<_> = LINTS
                .iter()
                .zip(&pages)
                .map(|(lint, page)| render::RuleInfo {
                    slug: lint.slug,
                    summary: lint.summary,
                    page,
                    severity: lint.severity,
                })
                .collect();
            serde_json::to_writer_pretty(&mut out, &render::sarif(&report.diagnostics, &rules))?;
            writeln!(out)?;
        }
    }
    out.flush()
}

fn people(out: &mut dyn Write, report: &Report, color: bool) -> std::io::Result<()> {
    for diagnostic in &report.diagnostics {
        writeln!(out, "{}\n", render::terminal(diagnostic, color))?;
    }
    Ok(())
}

/// How many there are of each severity, then of each lint.
fn summary(report: &Report) -> String {
    let mut lines = Vec::new();
    for (slug, severity, number) in report.counts() {
        lines.push(format!("{number:7}  {:7}  {slug}", severity.name()));
    }
    use std::fmt::Write as _;
    let of = |severity| report.of(severity);
    let mut last = format!(
        "{} files: {} errors, {} warnings, {} notes",
        report.files,
        of(Severity::Error),
        of(Severity::Warning),
        of(Severity::Info)
    );
    if report.allowed > 0 {
        let _ = write!(last, ", {} allowed by comments", report.allowed);
    }
    lines.push(last);
    lines.join("\n")
}
