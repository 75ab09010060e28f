//! What both commands need before they read events: knowledge, macros, rules, inputs.

use crate::args::{Color, Common, Range, Said};
use crate::memory;
use crate::output::colored;
use crate::tables;
use grotto_content::Content;
use grotto_detect::record::Files;
use grotto_diag::phase::{self, Phase};
use grotto_diag::{Diagnostic, Severity, render};
use grotto_engine::Context;
use grotto_engine::time::moment;
use grotto_events::{Input, Labels, Limits, Opened, Part};
use grotto_knowledge::Knowledge;
use grotto_spl::MacroTable;
use rayon::prelude::*;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// Everything but the events.
pub(crate) struct Setup {
    /// Rules and what belongs to them.
    pub(crate) content: Content,
    /// Macros of the rules and of the apps.
    pub(crate) macros: MacroTable,
    /// Aliases, calculated fields, eventtypes, tags, data models.
    pub(crate) knowledge: Knowledge,
    /// Settings of the run.
    pub(crate) context: Context,
    /// What could not be loaded.
    pub(crate) diagnostics: Vec<Diagnostic>,
    color: Color,
}

impl Setup {
    /// Loads it; `None` when the arguments make no sense, which was then said.
    pub(crate) fn new(common: &Common, rules: &[PathBuf], builtin_rules: bool) -> Option<Self> {
        Self::within(common, rules, builtin_rules, &Range::default())
    }

    /// As [`new`](Self::new), for events of a range of time.
    pub(crate) fn within(
        common: &Common,
        rules: &[PathBuf],
        builtin_rules: bool,
        range: &Range,
    ) -> Option<Self> {
        let _phase = phase::enter(Phase::Load);
        let timezone = match grotto_engine::context::timezone(&common.timezone) {
            Ok(zone) => zone,
            Err(diagnostic) => {
                report(&diagnostic, common.color);
                return None;
            }
        };
        if let Some(threads) = common.threads {
            // A pool that exists already is as good: only tests build one twice.
            let _ = rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads)).build_global();
        }
        let memory = memory::budget(common.memory);
        let mut context = Context { timezone, memory, ..Context::default() };
        if let Err(diagnostic) = set_range(range, &mut context) {
            report(&diagnostic, common.color);
            return None;
        }
        let said = tables::read(common, &mut context);
        let (content, mut diagnostics) = if rules.is_empty() && builtin_rules {
            grotto_detect::builtin::content()
        } else {
            Content::load(rules)
        };
        diagnostics.extend(said);
        diagnostics.extend(common.settings.warnings.iter().cloned());
        let tuned: Vec<_> = common.settings.macros.iter().map(|tuned| tuned.definition.clone()).collect();
        let (knowledge, more) = Knowledge::load_tuned(&common.app, &tuned, &context);
        diagnostics.extend(more);
        context.lookups = knowledge.lookups(&content);
        let mut macros = grotto_detect::macros::table(&content, &knowledge);
        for definition in tuned {
            macros.insert(definition);
        }
        Some(Self { content, macros, knowledge, context, diagnostics, color: common.color })
    }

    /// Whether something that was named on the command line could not be used.
    pub(crate) fn is_faulty(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity == Severity::Error)
    }

    /// Prints a diagnostic to stderr.
    pub(crate) fn report(&self, diagnostic: &Diagnostic) {
        report(diagnostic, self.color);
    }

    /// Prints that there are no rules where they were said to be.
    pub(crate) fn report_no_rules(&self) {
        let none = Diagnostic::error("cli/no-rules", "no rules were found in what was named");
        self.report(&none.help(
            "name rule files (*.yml), or a folder that holds them, such as a checkout of security_content; with no \
             rules named, those that come with grotto are used",
        ));
    }

    /// Prints what could not be loaded.
    pub(crate) fn complain(&self) {
        for diagnostic in &self.diagnostics {
            report(diagnostic, self.color);
        }
    }
}

/// A file that holds logs.
pub(crate) struct LogInput {
    /// The file.
    pub(crate) input: Input,
    /// The logs inside of it, if it is an archive, each with its name there.
    pub(crate) members: Vec<(String, Input)>,
}

impl LogInput {
    fn new(input: &Input, parts: &[Part]) -> Self {
        let archive = format!("{}!/", input.name());
        let member = |part: &Part| {
            let name = part.input().name().strip_prefix(&archive)?.to_owned();
            Some((name, part.input().clone()))
        };
        let mut members: Vec<_> = parts.iter().filter_map(member).collect();
        members.dedup_by(|(a, _), (b, _)| a == b);
        Self { input: input.clone(), members }
    }
}

/// The log files.
pub(crate) struct Inputs {
    /// Those that hold logs.
    pub(crate) logs: Vec<LogInput>,
    /// What to read, in order.
    pub(crate) parts: Vec<Part>,
    /// How many files there are.
    pub(crate) files: Files,
    /// Why.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Inputs {
    /// Bytes of all parts.
    pub(crate) fn bytes(&self) -> u64 {
        self.parts.iter().map(Part::bytes).sum()
    }
}

/// Finds the log files that the arguments name, also in archives.
pub(crate) fn inputs(paths: &[String], common: &Common, said: &Said, context: &Context) -> Inputs {
    let (found, diagnostics) = grotto_events::discover(paths);
    let limits = Limits { archive_bytes: common.max_archive_bytes, ..Limits::default() };
    let failed = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    let files = Files { failed, ..Files::default() };
    let mut inputs = Inputs { logs: Vec::new(), parts: Vec::new(), files, diagnostics };
    let labels = labels(said, context);
    let opened: Vec<Opened> = found.par_iter().map(|input| grotto_events::open(input, limits)).collect();
    for (input, opened) in found.iter().zip(opened) {
        if !opened.parts.is_empty() {
            inputs.logs.push(LogInput::new(input, &opened.parts));
        }
        inputs.files.read += opened.logs;
        inputs.files.skipped += opened.skipped;
        inputs.files.failed += opened.failed;
        inputs.parts.extend(opened.parts.into_iter().map(|part| part.labelled(&labels)));
        inputs.diagnostics.extend(opened.diagnostics);
    }
    inputs
}

/// Puts a time range, and what time it is, into a context.
fn set_range(range: &Range, context: &mut Context) -> Result<(), Diagnostic> {
    let read = |option: &str, text: &Option<String>, context: &Context| {
        let Some(text) = text else { return Ok(None) };
        moment(text, context).map(Some).ok_or_else(|| {
            let message = format!("--{option}: `{text}` is no time");
            let help =
                "write 2024-05-01T08:00:00Z, seconds since 1970, or a time relative to now such as -24h@h";
            Diagnostic::error("cli/bad-time", message).help(help)
        })
    };
    if let Some(now) = read("now", &range.now, context)? {
        context.now = now;
    }
    context.range.from = read("earliest", &range.earliest, context)?;
    context.range.to = read("latest", &range.latest, context)?;
    if let (Some(from), Some(to)) = (context.range.from, context.range.to)
        && from >= to
    {
        let message = "--earliest is not before --latest: no event is in that range";
        return Err(
            Diagnostic::error("cli/bad-time", message).help("an event at --latest is not in the range")
        );
    }
    Ok(())
}

/// What the arguments say of all events.
pub(crate) fn labels(said: &Said, context: &Context) -> Arc<Labels> {
    let label = |said: &Option<String>| said.as_deref().map(Arc::from);
    Arc::new(Labels {
        source: label(&said.source),
        sourcetype: label(&said.sourcetype),
        host: label(&said.host),
        index: label(&said.index),
        zone: Some(context.timezone.clone()),
    })
}

/// Prints a diagnostic to stderr.
pub(crate) fn report(diagnostic: &Diagnostic, color: Color) {
    say(&render::terminal(diagnostic, colored(color, std::io::stderr().is_terminal())));
}

/// Prints a line to stderr. A closed stderr is nobody's loss.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
