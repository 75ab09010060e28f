//! `grotto.toml`: what a project says once, instead of on every command line.
//!
//! A key of the file is the default of an argument: what is typed goes before what is written, and a command sees no
//! difference between the two. What no argument can say (macros, severities of lints) is in [`Settings`]. All keys, with
//! their documentation, are in [`keys`]; reference page and JSON Schema are made from there.

mod defaults;
mod find;
pub(crate) mod keys;
mod page;
mod read;
mod schema;
mod show;

pub(crate) use defaults::apply;
pub(crate) use find::find;
pub(crate) use page::page;
pub(crate) use schema::schema;

use crate::Ending;
use crate::args::ConfigArgs;
use grotto_content::Content;
use grotto_diag::{Diagnostic, Severity, Source, Span};
use grotto_knowledge::Knowledge;
use grotto_spl::MacroDefinition;
use keys::Key;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

/// A configuration file that was read.
#[derive(Debug)]
pub(crate) struct Config {
    /// The file; diagnostics point into it.
    pub(crate) source: Arc<Source>,
    /// What it says of arguments, in the order of the file.
    pub(crate) values: Vec<Value>,
    /// What it says beyond arguments.
    pub(crate) settings: Arc<Settings>,
}

/// What the file says of one key.
#[derive(Debug)]
pub(crate) struct Value {
    /// The key.
    pub(crate) key: &'static Key,
    /// Its values as the arguments want them; paths lead from the working directory.
    pub(crate) values: Vec<OsString>,
    /// Where they stand.
    pub(crate) span: Span,
}

/// What a configuration says that no argument can.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    /// Macros that go before those of rules and apps, later ones before earlier ones.
    pub(crate) macros: Vec<Tuned>,
    /// What lints weigh, by slug; `None` turns one off.
    pub(crate) lints: Vec<(String, Option<Severity>)>,
    /// What is odd about the configuration, and no reason to stop.
    pub(crate) warnings: Vec<Diagnostic>,
}

impl Settings {
    /// A warning for each tuned macro that nothing here defines or calls.
    pub(crate) fn unused(&self, content: &Content, knowledge: &Knowledge) -> Vec<Diagnostic> {
        if content.detections.is_empty() {
            return Vec::new();
        }
        let searches = content.detections.iter().flat_map(|rule| {
            std::iter::once(&*rule.search).chain(rule.drilldown_searches.iter().map(|d| &*d.search))
        });
        let texts: Vec<&str> = searches.chain(content.macros.iter().map(|m| &*m.definition)).collect();
        let defined: BTreeSet<String> =
            content.macro_definitions().into_iter().chain(knowledge.macros()).map(|each| each.name).collect();
        let mut warnings = Vec::new();
        for Tuned { definition, origin } in &self.macros {
            let name = definition.name.as_str();
            let called = ["`", "("].map(|end| format!("`{name}{end}"));
            if defined.contains(name)
                || texts.iter().any(|text| called.iter().any(|call| text.contains(call)))
            {
                continue;
            }
            let message = format!("no rule calls the macro `{name}`, which {origin} sets");
            let warning = Diagnostic::warning("config/unused-macro", message);
            let near = grotto_engine::commands::nearest(name, defined.iter().map(String::as_str));
            warnings.push(match near {
                Some(near) => warning.help(format!("did you mean {near}?")),
                None => warning,
            });
        }
        warnings
    }
}

/// A macro that the user tuned.
#[derive(Debug, Clone)]
pub(crate) struct Tuned {
    /// The macro.
    pub(crate) definition: MacroDefinition,
    /// File and line that it comes from.
    pub(crate) origin: String,
}

/// Runs `grotto config`.
pub(crate) fn run(args: &ConfigArgs, config: Option<&Config>) -> std::io::Result<Ending> {
    let text = match () {
        () if args.markdown => page(),
        () if args.json => show::json(config),
        () => show::toml(config),
    };
    for diagnostic in config.iter().flat_map(|config| &config.settings.warnings) {
        crate::setup::report(diagnostic, crate::args::Color::Auto);
    }
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(Ending::Done)
}

/// Where to look for a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// Upward from the working directory.
    Upward,
    /// In this file.
    File(PathBuf),
    /// Nowhere.
    Nowhere,
}
