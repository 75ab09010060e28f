//! One search over log files.

use crate::driver;
use crate::job::{Job, Predicates};
use grotto_diag::{Diagnostic, Source};
use grotto_engine::Context;
use grotto_engine::pipeline::Kind;
use grotto_events::{Batch, Part, PartReport, ReadOptions};
use grotto_knowledge::Knowledge;
use grotto_spl::MacroTable;
use std::sync::Arc;

/// What a search gave.
pub struct Found {
    /// The rows, or why there are none.
    pub result: Result<Batch, Box<Diagnostic>>,
    /// What was read and what could not be.
    pub report: PartReport,
    /// Whether the rows are events, newest first, and not the table that a transforming command makes.
    pub events: bool,
}

/// Makes a search ready.
///
/// # Errors
/// What is wrong with it, with the place in what was typed.
pub fn compile(
    search: &str,
    macros: &MacroTable,
    knowledge: &Knowledge,
    context: &Context,
) -> Result<Job, Box<Diagnostic>> {
    let source = Arc::new(Source::new("<search>", search));
    crate::rules::compile(search, macros, knowledge, context, &mut Predicates::default())
        .1
        .map_err(|d| Box::new(d.in_source(&source)))
}

/// Runs a search over all parts.
pub fn run(job: Job, parts: &[Part], knowledge: &Knowledge, progress: &(dyn Fn(u64) + Sync)) -> Found {
    let options = ReadOptions { raw: job.reads.contains("_raw"), ..ReadOptions::default() };
    let streaming = job.plan.commands().iter().all(|c| c.kind() != Kind::Transforming);
    let mut pass = driver::run(parts, &[job], knowledge, &options, progress);
    let result = pass.results.pop().unwrap_or_else(|| Ok(Batch::new(0)));
    let events = streaming && result.as_ref().is_ok_and(|batch| batch.column("_raw").is_some());
    Found { result, report: pass.report, events }
}
