//! `grotto search`: one search over log files.

use crate::Ending;
use crate::args::{Common, Form, Said, SearchArgs};
use crate::output::Output;
use crate::profile;
use crate::progress::Progress;
use crate::setup::{self, Setup};
use crate::tables;
use grotto_detect::row;
use grotto_detect::state::State;
use grotto_diag::Severity;
use grotto_diag::phase::{self, Phase};
use std::path::Path;
use std::time::Instant;

/// Runs the command.
pub(crate) fn run(args: &SearchArgs) -> std::io::Result<Ending> {
    if args.profile {
        phase::measure();
    }
    let Some(setup) = Setup::within(&args.common, &args.rules, true, &args.range) else {
        return Ok(Ending::Wrong);
    };
    answer(
        &Asked {
            search: &args.search,
            paths: &args.paths,
            state: args.state.as_deref(),
            common: &args.common,
            said: &args.said,
            form: &args.form,
            profile: args.profile,
        },
        &setup,
    )
}

/// A search, and over what.
pub(crate) struct Asked<'a> {
    /// The search, in SPL.
    pub(crate) search: &'a str,
    /// Log files, folders or globs.
    pub(crate) paths: &'a [String],
    /// Folder that scans keep what they found in.
    pub(crate) state: Option<&'a Path>,
    /// What commands share.
    pub(crate) common: &'a Common,
    /// What is said of the events.
    pub(crate) said: &'a Said,
    /// The form of the result.
    pub(crate) form: &'a Form,
    /// Whether to say where the time went.
    pub(crate) profile: bool,
}

/// Runs a search and prints its rows.
pub(crate) fn answer(args: &Asked<'_>, setup: &Setup) -> std::io::Result<Ending> {
    let started = Instant::now();
    let search =
        match grotto_detect::search::compile(args.search, &setup.macros, &setup.knowledge, &setup.context) {
            Ok(search) => search,
            Err(diagnostic) => {
                setup.complain();
                setup::report(&diagnostic, args.common.color);
                return Ok(Ending::Wrong);
            }
        };
    setup.complain();
    for note in search.notes() {
        setup::report(&note, args.common.color);
    }
    let mut inputs = setup::inputs(args.paths, args.common, args.said, &setup.context);
    if let Some(folder) = args.state {
        match State::read(folder) {
            Ok((state, problems)) => {
                for problem in &problems {
                    setup::report(problem, args.common.color);
                }
                inputs.parts.push(state.risk());
            }
            Err(problem) => {
                setup::report(&problem, args.common.color);
                return Ok(Ending::Wrong);
            }
        }
    }
    // Files of a folder that are no logs are nothing to talk about.
    for diagnostic in inputs.diagnostics.iter().filter(|d| d.severity == Severity::Error) {
        setup::report(diagnostic, args.common.color);
    }
    let progress = Progress::new(inputs.bytes());
    let found = grotto_detect::search::run(&search, &inputs.parts, &setup.knowledge, &|bytes| {
        progress.advance(bytes);
    });
    progress.finish();
    let unwritten = tables::write(args.common, &setup.context.lookups);
    for diagnostic in found.report.diagnostics.iter().chain(&found.warnings).chain(&unwritten) {
        setup::report(diagnostic, args.common.color);
    }
    let batch = match found.result {
        Ok(batch) => batch,
        Err(diagnostic) => {
            setup::report(&diagnostic, args.common.color);
            return Ok(Ending::Wrong);
        }
    };
    let phase = phase::enter(Phase::Output);
    let columns: Vec<String> =
        batch.columns().filter(|(_, c)| !c.all_null() || !found.events).map(|(n, _)| n.to_string()).collect();
    Output::open(args.form, args.common.color, false)?.rows(&columns, &row::rows(&batch), found.events)?;
    drop(phase);
    if args.profile {
        setup::say(&profile::report(started.elapsed(), &[]));
    }
    if found.report.failed > 0 {
        setup::say(&format!(
            "{} of {} event records could not be read",
            found.report.failed,
            found.report.events + found.report.failed
        ));
    }
    let nothing = found.report.events == 0 && found.report.failed + found.report.lost > 0;
    Ok(match () {
        () if (inputs.files.read == 0 && args.state.is_none()) || nothing => Ending::NothingRead,
        () if setup.is_faulty() || !unwritten.is_empty() => Ending::Wrong,
        () => Ending::Done,
    })
}
