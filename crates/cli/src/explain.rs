//! `grotto explain`: why a rule fires or does not.

mod text;

use crate::Ending;
use crate::args::{ExplainArgs, Format};
use crate::output::Output;
use crate::progress::Progress;
use crate::setup::{self, Setup};
use grotto_content::Detection;
use grotto_detect::RuleSet;
use grotto_detect::explain::explain;
use grotto_diag::{Diagnostic, Severity, Source};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Runs the command.
pub(crate) fn run(args: &ExplainArgs) -> std::io::Result<Ending> {
    let file = Path::new(&args.rule);
    let is_file = !args.search && file.is_file();
    let mut folders = args.rules.clone();
    folders.extend(is_file.then(|| file.to_owned()));
    let Some(mut setup) = Setup::new(&args.common, &folders, true) else { return Ok(Ending::Wrong) };
    let (title, search, detection) = if args.search {
        ("search".to_owned(), args.rule.clone(), None)
    } else {
        let Some(detection) = choose(&setup, &args.rule, is_file.then_some(file)) else {
            setup.complain();
            return Ok(Ending::Wrong);
        };
        (detection.name.clone(), detection.search.to_string(), Some(detection))
    };
    // Only this rule is to be compiled, but its macros and lookups may stand anywhere.
    setup.content.detections = detection.iter().cloned().collect();
    let set = RuleSet::compile(&setup.content, &setup.macros, &setup.knowledge, &setup.context);
    let reason = set.rules.first().and_then(|rule| rule.reason.clone());
    if let Some(reason) = reason {
        setup::report(&reason, args.common.color);
        return Ok(Ending::Wrong);
    }
    let inputs = setup::inputs(&args.paths, &args.common, &args.said, &setup.context);
    for diagnostic in inputs.diagnostics.iter().filter(|d| d.severity == Severity::Error) {
        setup::report(diagnostic, args.common.color);
    }
    let progress = Progress::new(inputs.bytes());
    let explained =
        explain(&search, &setup.macros, &setup.knowledge, &setup.context, &inputs.parts, &|bytes| {
            progress.advance(bytes);
        });
    progress.finish();
    let explained = match explained {
        Ok(explained) => explained,
        Err(problem) => {
            setup::report(&placed(*problem, &search), args.common.color);
            return Ok(Ending::Wrong);
        }
    };
    for diagnostic in explained.diagnostics.iter().filter(|d| d.severity != Severity::Info) {
        setup::report(diagnostic, args.common.color);
    }
    let mut output = Output::open(&args.form, args.common.color, false)?;
    let json = serde_json::json!({ "rule": title, "explanation": explained });
    match output.format() {
        Format::Table => {
            let color = output.has_color();
            text::write(output.writer(), &title, &explained, color)?;
        }
        Format::Json | Format::Jsonl | Format::Csv => writeln_json(output.writer(), &json)?,
    }
    output.writer().flush()?;
    Ok(if inputs.files.read == 0 { Ending::NothingRead } else { Ending::Done })
}

fn writeln_json(out: &mut dyn Write, json: &serde_json::Value) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, json)?;
    writeln!(out)
}

/// The rule of a file, a name or an id. Says so when there is none, or more than one.
fn choose(setup: &Setup, named: &str, file: Option<&Path>) -> Option<Detection> {
    let same_file = |d: &Detection| file.is_some_and(|file| d.path == file);
    let same_name = |d: &Detection| d.name.eq_ignore_ascii_case(named) || d.id.eq_ignore_ascii_case(named);
    let all = &setup.content.detections;
    let mut found: Vec<&Detection> = all.iter().filter(|d| same_file(d)).collect();
    if file.is_none() {
        found = all.iter().filter(|d| same_name(d)).collect();
        if found.is_empty() {
            let part = named.to_lowercase();
            found = all.iter().filter(|d| d.name.to_lowercase().contains(&part)).collect();
        }
    }
    match found.as_slice() {
        [one] => Some((*one).clone()),
        [] => {
            setup::say(&format!(
                "error: no rule is called {named}; give its file, name or id, and --rules DIR"
            ));
            None
        }
        several => {
            let names: Vec<&str> = several.iter().take(10).map(|d| d.name.as_str()).collect();
            setup::say(&format!(
                "error: {} rules are called like {named}:\n    {}",
                several.len(),
                names.join("\n    ")
            ));
            None
        }
    }
}

/// A problem of a search that was typed.
fn placed(problem: Diagnostic, search: &str) -> Diagnostic {
    problem.in_source(&Arc::new(Source::new("<search>", search)))
}
