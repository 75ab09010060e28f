//! Why a rule fires or does not: how many events each predicate of its head takes, alone and together, which events
//! come nearest, how many rows go into each stage and come out, and on which assumptions the result hangs.
//!
//! This is the slow, obvious way through the events: every predicate is asked of every event, and the search is run once
//! for each of its stages, as far as that stage. It says what happens, not what is fastest.

mod head;
mod marks;
mod near;
mod samples;
mod stages;
mod tree;

pub use head::Head;
pub use marks::{Mark, Matched};
pub use near::{Failed, Near, Seen};
pub use samples::{Look, Sample, SampleLimits, Samples, samples};
pub use stages::{Condition, Missing, Stage};
pub use tree::Tree;

use crate::driver;
use crate::job::{Job, Predicates};
use crate::row::{Row, rows};
use crate::usage;
use grotto_diag::Diagnostic;
use grotto_engine::Context;
use grotto_engine::assumptions;
use grotto_engine::memory::Stored;
use grotto_engine::plan::Plan;
use grotto_engine::reference::{self, Support};
use grotto_events::{Part, PartReport};
use grotto_knowledge::Knowledge;
use grotto_spl::MacroTable;
use grotto_spl::ast::Search;
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How many of the result's rows are shown.
const ROWS: usize = 5;

/// What became of a search over some events.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// The search after macro expansion.
    pub search: String,
    /// Events that were read.
    pub events: u64,
    /// In one sentence: which stage lost the rows, or how many there are in the end.
    pub verdict: String,
    /// The stage after which no rows are left, from 1; `None` when there are rows in the end.
    pub failing_stage: Option<usize>,
    /// What the search looks for in events; `None` when it reads none, or when that depends on the result of a search
    /// inside it.
    pub head: Option<Head>,
    /// The stages, the first one included.
    pub stages: Vec<Stage>,
    /// Rows of the result, the first few.
    pub rows: Vec<Row>,
    /// Rows that the search makes of script blocks put together from their parts, beyond those of the events.
    pub joined_rows: usize,
    /// The choices that the commands, functions and aggregations of the search make where documentation is silent.
    pub assumptions: Vec<Assumed>,
    /// What could not be read, and what was cut off.
    #[serde(skip)]
    pub diagnostics: Vec<Diagnostic>,
}

/// A choice that a result hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Assumed {
    /// Its name in `grotto spl assumptions`.
    pub name: &'static str,
    /// What grotto does, in one sentence.
    pub choice: &'static str,
}

/// Runs a search over events and looks at every step.
///
/// # Errors
/// What is wrong with the search, with places in `search`.
pub fn explain(
    search: &str,
    macros: &MacroTable,
    knowledge: &Knowledge,
    context: &Context,
    parts: &[Part],
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Explanation, Box<Diagnostic>> {
    let predicates = Predicates::default();
    let (expanded, compiled) = crate::rules::compile(search, macros, knowledge, context, &predicates);
    let job = Arc::new(compiled?);
    let text = expanded.map(|expanded| expanded.text).unwrap_or_default();
    let tree = grotto_spl::parse(&text)?;
    let prefixes = prefixes(&tree, context, knowledge, &predicates)?;
    for part in parts {
        // The events are read twice at least.
        part.keep().map_err(Box::new)?;
    }
    let pass = driver::run(parts, &prefixes.jobs, knowledge, predicates, progress);
    let mut diagnostics = pass.report.diagnostics.clone();
    let mut answers = pass.answers.into_iter();
    let of_stages: Vec<_> = answers.by_ref().take(tree.stages.len()).collect();
    let of_inner: Vec<_> = answers.collect();
    let stages = stages::report(&tree, &of_stages, &prefixes.inner, &of_inner, context);
    let head = (job.reads_events() && !job.plan.is_open()).then(|| head::look(&job, knowledge, parts));
    let last = of_stages.last();
    let mut result = None;
    if let Some(answer) = last.and_then(|answers| answers.first()).map(|told| &told.answer) {
        diagnostics.extend(answer.warnings.iter().cloned());
        match answer.whole() {
            Ok(rows) => result = Some(rows),
            Err(problem) => diagnostics.push(*problem),
        }
    }
    let joined = last.and_then(|answers| answers.get(1)).and_then(|told| told.answer.rows.as_ref().ok());
    let failing_stage = stages.iter().position(|stage| stage.rows_out == Some(0)).map(|at| at + 1);
    Ok(Explanation {
        verdict: verdict(&stages, failing_stage, head.as_ref(), &pass.report),
        failing_stage,
        events: pass.report.events,
        head,
        stages,
        rows: result.map(|batch| rows(&batch.slice(0, ROWS.min(batch.rows())))).unwrap_or_default(),
        joined_rows: joined.map_or(0, Stored::rows),
        assumptions: assumed(&tree),
        diagnostics,
        search: text,
    })
}

/// The searches to run: one for each stage, as far as that stage, then those inside the stages.
struct Prefixes {
    jobs: Vec<Arc<Job>>,
    /// The stage, from 0, of each search inside a stage.
    inner: Vec<usize>,
}

fn prefixes(
    tree: &Search,
    context: &Context,
    knowledge: &Knowledge,
    predicates: &Predicates,
) -> Result<Prefixes, Box<Diagnostic>> {
    let mut made = Prefixes { jobs: Vec::new(), inner: Vec::new() };
    let mut add = |search: &Search| -> Result<(), Box<Diagnostic>> {
        let plan = Arc::new(Plan::compile(search, context)?);
        made.jobs.push(Arc::new(Job::new(plan, knowledge, predicates)?));
        Ok(())
    };
    for count in 1..=tree.stages.len() {
        add(&Search { stages: tree.stages[..count].to_vec(), at: tree.at })?;
    }
    for (number, inner) in stages::searches_inside(tree) {
        // One that works on the rows before it, as that of appendpipe, can't be run by itself.
        if add(inner).is_ok() {
            made.inner.push(number);
        }
    }
    Ok(made)
}

/// The assumptions of all parts of SPL that a search uses.
fn assumed(tree: &Search) -> Vec<Assumed> {
    let mut names = BTreeSet::new();
    for part in usage::parts(tree) {
        let (kind, name) = match &part {
            usage::Part::Command(name) => (reference::Kind::Command, name),
            usage::Part::Function(name) => (reference::Kind::Function, name),
            usage::Part::Aggregation(name) => (reference::Kind::Aggregation, name),
            usage::Part::Option(..) => continue,
        };
        for entry in reference::find(name).into_iter().filter(|entry| entry.kind == kind) {
            if let Support::Yes(page) = entry.support {
                names.extend(page.assumptions.iter().copied());
            }
        }
    }
    let found = names.into_iter().filter_map(assumptions::find);
    found.map(|assumption| Assumed { name: assumption.name, choice: assumption.choice }).collect()
}

/// What happened, in one sentence.
fn verdict(stages: &[Stage], failing: Option<usize>, head: Option<&Head>, report: &PartReport) -> String {
    let Some(number) = failing else {
        let rows = stages.last().and_then(|stage| stage.rows_out);
        return match rows {
            Some(rows) => format!("the search gives {rows} {}", plural(rows, "row")),
            None => "the search failed".to_owned(),
        };
    };
    let stage = &stages[number - 1];
    if report.events == 0 {
        return "no event was read".to_owned();
    }
    if number > 1 {
        let rows = stage.rows_in.unwrap_or_default();
        return format!(
            "stage {number}, `{}`, keeps none of its {rows} {}",
            stage.command,
            plural(rows, "row")
        );
    }
    match head {
        Some(Head { model: Some(model), of_model: 0, .. }) => {
            format!("none of the {} events belongs to the data model node {model}", report.events)
        }
        Some(Head { selected: 0, of_model, model, .. }) => {
            let of = if model.is_some() { *of_model } else { report.events };
            format!("none of {of} events satisfies the head of the search")
        }
        Some(Head { selected, .. }) => {
            format!("stage 1, `{}`, gives no row for the {selected} events that it selects", stage.command)
        }
        None => format!("stage 1, `{}`, gives no row", stage.command),
    }
}

fn plural(count: u64, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}
