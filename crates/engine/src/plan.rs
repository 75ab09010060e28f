//! A search made ready to run.
//!
//! A plan has a [`Head`], which says what the search reads, and the commands after it. Whoever reads events asks the
//! head which rows it takes, gives those rows to a [`Run`] for each thread, merges the runs and takes the result:
//!
//! ```text
//! plan.head()     ── formula, data model ──►  which events, which derived columns
//! plan.needed()   ── fields ───────────────►  which columns the rows must have
//! plan.start()    ── Run: push(rows)…, merge(other run), finish() → result
//! ```

use crate::commands::{self, Begin, Build, Call};
use crate::context::Context;
use crate::pipeline::{Command, FieldSet, Limits, Run, Stages};
use crate::predicate::Formula;
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::ast::{Head as AstHead, Search, Stage};
use std::sync::Arc;

/// A search ready to run, to be shared by threads.
#[derive(Debug)]
pub struct Plan {
    head: Head,
    stages: Arc<Stages>,
}

/// What a search begins with.
#[derive(Debug)]
pub enum Head {
    /// `search`: the events for which the formula is true; all events without one.
    Search(Option<Formula>),
    /// `tstats`: what it aggregates.
    Tstats(TstatsHead),
    /// `from datamodel`: the rows of a data model's node, under its own names of fields.
    Model(Model),
    /// `makeresults`: these rows and no events.
    Rows(Batch),
}

impl Head {
    /// The condition that rows must fulfil; `None` takes all.
    pub fn formula(&self) -> Option<&Formula> {
        match self {
            Self::Search(formula) => formula.as_ref(),
            Self::Tstats(tstats) => tstats.filter.as_ref(),
            Self::Model(_) | Self::Rows(_) => None,
        }
    }

    /// The data model that rows come from; `None` for raw events.
    pub fn model(&self) -> Option<&Model> {
        match self {
            Self::Model(model) => Some(model),
            Self::Tstats(tstats) => tstats.model.as_ref(),
            Self::Search(_) | Self::Rows(_) => None,
        }
    }
}

/// A data model and a node of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// Name of the data model, such as `Endpoint`.
    pub name: String,
    /// Name of the node, such as `Processes`; `None` for the model's first root.
    pub node: Option<String>,
}

impl Model {
    /// The model that `Endpoint.Processes` or `Endpoint` names.
    pub fn named(text: &str) -> Self {
        match text.split_once('.') {
            // The last name of `Authentication.Authentication.Failed` is the node.
            Some((name, path)) => {
                Self { name: name.to_owned(), node: path.rsplit('.').next().map(str::to_owned) }
            }
            None => Self { name: text.to_owned(), node: None },
        }
    }
}

/// What `tstats` reads. Its rows must have columns under the full names of fields (`Processes.process_name`).
#[derive(Debug)]
pub struct TstatsHead {
    /// The data model; `None` reads raw events.
    pub model: Option<Model>,
    /// The condition after `WHERE`.
    pub filter: Option<Formula>,
    /// `summariesonly`: read accelerated data only. There are no accelerated data here; all events are read anyway.
    pub summariesonly: bool,
    /// `allow_old_summaries`: likewise.
    pub allow_old_summaries: bool,
    /// `fillnull_value`: the text that stands for missing BY fields.
    pub fillnull_value: Option<String>,
}

impl Plan {
    /// Compiles a search whose macros have been expanded.
    ///
    /// # Errors
    /// A diagnostic whose labels are spans of the searched text: `spl/unknown-command`, `engine/unsupported-command`,
    /// `engine/unsupported-option` and what commands say about their arguments.
    pub fn compile(search: &Search, context: &Context) -> Result<Self, Box<Diagnostic>> {
        Self::compile_with(search, context, Limits::default())
    }

    /// As [`compile`](Self::compile), with other limits.
    ///
    /// # Errors
    /// As [`compile`](Self::compile).
    pub fn compile_with(search: &Search, context: &Context, limits: Limits) -> Result<Self, Box<Diagnostic>> {
        let Some((first, rest)) = search.stages.split_first() else {
            return Err(Box::new(Diagnostic::error("spl/empty-stage", "the search is empty")));
        };
        let begin = begin(first, context)?;
        let mut built: Vec<Box<dyn Command>> = begin.command.into_iter().collect();
        for stage in rest {
            built.push(command(stage, context)?);
        }
        Ok(Self { head: begin.head, stages: Arc::new(Stages::new(built, limits)) })
    }

    /// What the search begins with.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The fields that rows must bring when they have them: those of the commands. What the head's formula reads is
    /// not among them; `_time` always is.
    pub fn needed_fields(&self) -> FieldSet {
        self.stages.needed()
    }

    /// The commands after the head.
    pub fn commands(&self) -> &[Box<dyn Command>] {
        &self.stages.commands
    }

    /// A run that has seen no rows.
    pub fn start(&self) -> Run {
        self.stages.start()
    }

    /// The result of a search that reads no events; `None` for others.
    ///
    /// # Errors
    /// As [`Run::finish`].
    pub fn generate(&self) -> Option<Result<Batch, Box<Diagnostic>>> {
        let Head::Rows(rows) = &self.head else { return None };
        let mut run = self.start();
        run.push(rows);
        Some(run.finish())
    }
}

/// The first stage.
fn begin(stage: &Stage, context: &Context) -> Result<Begin, Box<Diagnostic>> {
    let name = name(stage)?;
    let call = Call::new(&name, stage, context);
    match &commands::find(&call)?.build {
        Build::Begin(begin) | Build::Either { begin, .. } => begin(&call),
        Build::Command(_) => Err(Box::new(
            Diagnostic::error("engine/not-generating", format!("a search can't begin with `{name}`"))
                .at(call.name_span(), "needs rows")
                .help("begin with a search for events, or with a generating command such as tstats"),
        )),
    }
}

/// Any stage but the first.
fn command(stage: &Stage, context: &Context) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let name = name(stage)?;
    let call = Call::new(&name, stage, context);
    match &commands::find(&call)?.build {
        Build::Command(build) | Build::Either { build, .. } => build(&call),
        Build::Begin(_) => Err(Box::new(
            Diagnostic::error("engine/not-first", format!("`{name}` must be the first command of a search"))
                .at(call.name_span(), "not first here"),
        )),
    }
}

/// The stage's command.
fn name(stage: &Stage) -> Result<String, Box<Diagnostic>> {
    match &stage.head {
        AstHead::Macro(call) => Err(commands::unexpanded(call)),
        AstHead::Implied | AstHead::Command(_) => Ok(stage.command().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests;
