//! One search over log files.

use crate::driver;
use crate::job::{Job, Predicates};
use grotto_diag::{Diagnostic, Source};
use grotto_engine::Context;
use grotto_engine::pipeline::Kind;
use grotto_events::{Batch, Part, PartReport};
use grotto_knowledge::Knowledge;
use grotto_spl::{Expanded, MacroTable};
use std::sync::Arc;

/// What a search gave.
pub struct Found {
    /// The rows, or why there are none.
    pub result: Result<Batch, Box<Diagnostic>>,
    /// What was left out on the way.
    pub warnings: Vec<Diagnostic>,
    /// What was read and what could not be.
    pub report: PartReport,
    /// Whether the rows are events, newest first, and not the table that a transforming command makes.
    pub events: bool,
}

/// A search made ready.
pub struct Search {
    job: Arc<Job>,
    predicates: Predicates,
    expanded: Option<Expanded>,
    source: Arc<Source>,
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
) -> Result<Search, Box<Diagnostic>> {
    let source = Arc::new(Source::new("<search>", search));
    let predicates = Predicates::default();
    let (expanded, job) = crate::rules::compile(search, macros, knowledge, context, &predicates);
    match job {
        Ok(job) => Ok(Search { job: Arc::new(job), predicates, expanded, source }),
        Err(problem) => Err(Box::new(problem.in_source(&source))),
    }
}

impl Search {
    /// What is worth saying though it runs: fields that its data model lacks, sources taken for others.
    pub fn notes(&self) -> Vec<Diagnostic> {
        let expanded = self.expanded.as_ref().map_or("", |expanded| expanded.text.as_str());
        let notes = crate::notes::remarks(&self.source.text, expanded, &self.job);
        notes.into_iter().map(|note| note.in_source(&self.source)).collect()
    }
}

/// Runs a search over all parts.
pub fn run(search: &Search, parts: &[Part], knowledge: &Knowledge, progress: &(dyn Fn(u64) + Sync)) -> Found {
    let Search { job, predicates, expanded, source } = search;
    let streaming = job.plan.commands().iter().all(|c| c.kind() != Kind::Transforming);
    let mut pass = driver::run(parts, std::slice::from_ref(job), knowledge, predicates.clone(), progress);
    let placed = |problem: Diagnostic| {
        let problem = match expanded {
            Some(expanded) => crate::rules::as_written(problem, expanded),
            None => problem,
        };
        problem.in_source(source)
    };
    // Script blocks put together from their parts are the second answer, and for rules only.
    let answer = pass.answers.pop().and_then(|answers| answers.into_iter().next());
    let answer = answer.map(|told| told.answer);
    let (result, warnings) = match answer {
        Some(answer) => (answer.whole(), answer.warnings),
        None => (Ok(Batch::new(0)), Vec::new()),
    };
    let events = streaming && result.as_ref().is_ok_and(|batch| batch.column("_raw").is_some());
    Found {
        result: result.map_err(|problem| Box::new(placed(*problem))),
        warnings: warnings.into_iter().map(placed).collect(),
        report: pass.report,
        events,
    }
}
