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
//!
//! Searches inside a search are plans of their own ([`Plan::subsearches`]). [`crate::rounds`] runs all of them in as
//! few passes over the events as can be, and gives their results to the commands that ask for them.

mod cost;
mod hint;
mod later;
mod subsearch;

pub use cost::Cost;
pub(crate) use hint::unless;
pub(crate) use subsearch::alone;

use crate::commands::{self, Begin, Build, Call};
use crate::context::Context;
use crate::memory::Memory;
use crate::pipeline::{Cap, Command, Env, FieldSet, Kind, Limits, Matches, Run, Stages, Stop};
use crate::predicate::Formula;
use crate::time::TimeRange;
use grotto_diag::{Diagnostic, Span};
use grotto_events::Batch;
use grotto_spl::ast::{Head as AstHead, Search, Stage};
use std::sync::Arc;
use subsearch::{Deferred, Open};

/// A search ready to run, to be shared by threads.
#[derive(Debug)]
pub struct Plan {
    head: Head,
    /// The first stage, while it waits for the results of subsearches in it.
    open: Option<Open>,
    stages: Arc<Stages>,
    hint: Formula,
    /// The command that drops rows without match in another search, by number.
    narrowing: Option<usize>,
    /// What rows must match, once the other search is known.
    matches: Option<Arc<Matches>>,
    /// The searches that wait for rows of this one.
    later: Vec<Arc<Plan>>,
    key: Arc<str>,
    span: Span,
    cost: Arc<Cost>,
}

/// What a search begins with.
#[derive(Debug, Clone)]
pub enum Head {
    /// `search`: the events for which the formula is true; all events without one.
    Search(Option<Formula>),
    /// `tstats`: what it aggregates.
    Tstats(TstatsHead),
    /// `from datamodel`: the rows of a data model's node, under its own names of fields, for which the formula is true.
    Model(Model, Option<Formula>),
    /// `makeresults`: these rows and no events.
    Rows(Batch),
    /// `multisearch`: nothing of its own; the first command brings the results of other searches.
    Results,
}

impl Head {
    /// The condition that rows must fulfil; `None` takes all.
    pub fn formula(&self) -> Option<&Formula> {
        match self {
            Self::Search(formula) | Self::Model(_, formula) => formula.as_ref(),
            Self::Tstats(tstats) => tstats.filter.as_ref(),
            Self::Rows(_) | Self::Results => None,
        }
    }

    /// What it reads of a range of time, where it does not name one itself.
    fn within(self, range: &TimeRange) -> Self {
        match self {
            Self::Search(formula) => Self::Search(range.bound(formula)),
            Self::Model(model, formula) => Self::Model(model, range.bound(formula)),
            Self::Tstats(head) => Self::Tstats(TstatsHead { filter: range.bound(head.filter), ..head }),
            Self::Rows(_) | Self::Results => self,
        }
    }

    /// The data model that rows come from; `None` for raw events.
    pub fn model(&self) -> Option<&Model> {
        match self {
            Self::Model(model, _) => Some(model),
            Self::Tstats(tstats) => tstats.model.as_ref(),
            Self::Search(_) | Self::Rows(_) | Self::Results => None,
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
#[derive(Debug, Clone)]
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
        Self::whole(search, context, limits, None, search.at.0)
    }

    /// Compiles a search that is part of another, of whose rows the first `most` count. Its problems, once it runs,
    /// are said to stand `at`.
    ///
    /// # Errors
    /// As [`compile`](Self::compile).
    pub(crate) fn nested(
        search: &Search,
        context: &Context,
        most: usize,
        at: Span,
    ) -> Result<Arc<Self>, Box<Diagnostic>> {
        Self::whole(search, context, Limits::default(), Some(most), at).map(Arc::new)
    }

    fn whole(
        search: &Search,
        context: &Context,
        limits: Limits,
        most: Option<usize>,
        span: Span,
    ) -> Result<Self, Box<Diagnostic>> {
        let Some((first, rest)) = search.stages.split_first() else {
            return Err(Box::new(Diagnostic::error("spl/empty-stage", "the search is empty")));
        };
        subsearch::check_depth(search)?;
        let (begin, open) = match Open::new(first, context)? {
            Some((open, closed)) => (begin(&closed, context)?, Some(open)),
            None => (begin(first, context)?, None),
        };
        let mut built: Vec<Box<dyn Command>> = begin.command.into_iter().collect();
        built.extend(commands_of(rest, context)?);
        let mut key = grotto_spl::print::search(search);
        if !context.range.is_all() {
            key = format!("{:?}@{}:{key}", context.range, context.now);
        }
        if let Some(most) = most {
            built.push(Box::new(Cap(most)));
            key = format!("{most}:{key}");
        }
        let hint = hint::of(&built);
        let later = if open.is_none() { later::of(&begin.head, &hint, &built) } else { Vec::new() };
        let narrowing = hint::narrowing(&built).filter(|_| open.is_none() && later.is_empty());
        let stages = Arc::new(Stages::new(built, limits, context.memory.clone()));
        let (key, cost) = (key.into(), Arc::default());
        Ok(Self { head: begin.head, open, stages, hint, narrowing, matches: None, later, key, span, cost })
    }

    /// Everything that keeps a search from running, each stage looked at by itself; [`compile`](Self::compile) stops at
    /// the first. Empty for a search whose stages are all well, though they may not go together.
    pub fn problems(search: &Search, context: &Context) -> Vec<Diagnostic> {
        let Some((first, rest)) = search.stages.split_first() else { return Vec::new() };
        let begins = Open::new(first, context).and_then(|open| match open {
            Some((_, closed)) => begin(&closed, context).map(drop),
            None => begin(first, context).map(drop),
        });
        let others = rest.iter().map(|stage| command(stage, context).map(drop));
        std::iter::once(begins).chain(others).filter_map(|each| each.err().map(|problem| *problem)).collect()
    }

    /// What names the search: those with the same key give the same rows of the same events.
    pub fn key(&self) -> &Arc<str> {
        &self.key
    }

    /// What running it has cost so far.
    pub fn cost(&self) -> &Cost {
        &self.cost
    }

    /// Where it stands in the text that was compiled.
    pub fn span(&self) -> Span {
        self.span
    }

    /// The searches inside this one that are known before it runs.
    pub fn subsearches(&self) -> Vec<Arc<Self>> {
        let inside = self.open.iter().flat_map(|open| open.searches.iter().cloned());
        inside.chain(self.stages.commands.iter().flat_map(|command| command.searches())).collect()
    }

    /// Whether the head has places for the results of subsearches, so that it can't be asked yet; see
    /// [`filled`](Self::filled).
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// The search with the results of the subsearches of its head in their places.
    ///
    /// # Errors
    /// [`Stop::Waits`] when one of them has not run; what a result makes that is no search expression.
    pub fn filled(&self, env: &mut Env<'_>) -> Result<Self, Stop> {
        let head = match &self.open {
            None => return Err(Stop::Failed(Box::new(alone()))),
            Some(open) => {
                let stage = open.filled(env)?;
                begin(&stage, open.context()).map_err(|problem| open.placed(*problem))?.head
            }
        };
        Ok(self.with(head, self.hint.clone()))
    }

    /// Whether it waits for the rows of another search before it reads events, if it may, and reads fewer then; see
    /// [`narrowed`](Self::narrowed).
    pub fn narrows(&self) -> bool {
        self.narrowing.is_some()
    }

    /// The searches inside it that are best run once it has rows that need them: they take in much, and this one looks for
    /// something that few events have.
    pub fn later(&self) -> &[Arc<Self>] {
        &self.later
    }

    /// Whether it, or a search inside it, [narrows](Self::narrows) or has searches that run [later](Self::later).
    pub fn narrows_inside(&self) -> bool {
        self.narrows()
            || !self.later.is_empty()
            || self.subsearches().iter().any(|search| search.narrows_inside())
    }

    /// The search with a [hint](Self::hint) that knows the rows of the other search.
    ///
    /// # Errors
    /// [`Stop::Waits`] when that has not run; its failure.
    pub fn narrowed(&self, env: &mut Env<'_>) -> Result<Self, Stop> {
        let Some(number) = self.narrowing else { return Ok(self.with(self.head.clone(), self.hint.clone())) };
        let (hint, matches) = hint::narrowed(self, number, env)?;
        let narrowed = self.with(self.head.clone(), Formula::and([self.hint.clone(), hint]));
        Ok(Self { matches: matches.map(Arc::new), ..narrowed })
    }

    /// The search with another head and hint, which waits for nothing.
    fn with(&self, head: Head, hint: Formula) -> Self {
        let (stages, key, cost) = (Arc::clone(&self.stages), Arc::clone(&self.key), Arc::clone(&self.cost));
        // One that waits for another search has none that wait for it.
        let later = Vec::new();
        Self {
            head,
            open: None,
            stages,
            hint,
            narrowing: None,
            matches: None,
            later,
            key,
            span: self.span,
            cost,
        }
    }

    /// What rows must satisfy, besides the head's formula, for anything to come of them; rows that don't may be left
    /// out or not. Of a search that makes something of nothing it is always true.
    pub fn hint(&self) -> &Formula {
        &self.hint
    }

    /// Whether it gives events, each of which is there whatever the others are.
    pub fn is_streaming(&self) -> bool {
        let streams = |command: &dyn Command| {
            matches!(command.kind(), Kind::DistributableStreaming | Kind::CentralisedStreaming)
        };
        let reads = matches!(self.head, Head::Search(_) | Head::Model(..));
        reads && self.stages.commands.iter().all(|command| streams(command.as_ref()))
    }

    /// Whether the events may have to be read more than once for it.
    pub fn reads_again(&self) -> bool {
        self.is_open()
            || self.stages.commands.iter().any(|command| command.asks_later())
            || self.subsearches().iter().any(|search| search.reads_again())
    }

    /// What the search begins with; of one that [is open](Self::is_open), as if there were no subsearches in it.
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

    /// The memory of its runs.
    pub(crate) fn memory(&self) -> &Memory {
        self.stages.memory()
    }

    /// Bytes that its runs have written to disk for want of memory.
    pub fn spilled(&self) -> u64 {
        self.stages.spilled()
    }

    /// A run that has seen no rows, which takes in all.
    pub fn start(&self) -> Run {
        self.stages.start()
    }

    /// A run that has seen no rows. Of those that it gets it leaves out what later commands would drop, where that can be
    /// told from the fields that it groups by; the result is the same.
    pub fn start_sieved(&self) -> Run {
        self.stages.start_sieved(self.matches.clone())
    }

    /// The run of a search that reads no events; `None` for others.
    pub fn generate(&self) -> Option<Run> {
        let mut run = self.start();
        match &self.head {
            Head::Rows(rows) => run.push(rows),
            Head::Results => {}
            Head::Search(_) | Head::Tstats(_) | Head::Model(..) => return None,
        }
        Some(run)
    }
}

/// The commands that some stages after a head are. How fields are shown comes last, so that no command sees it.
pub(crate) fn commands_of(
    stages: &[Stage],
    context: &Context,
) -> Result<Vec<Box<dyn Command>>, Box<Diagnostic>> {
    let (mut commands, mut shown) = (Vec::new(), Vec::new());
    for stage in stages {
        let late = stage.command().as_deref() == Some("fieldformat");
        let command = command(stage, context)?;
        if late { shown.push(command) } else { commands.push(command) }
    }
    commands.extend(shown);
    Ok(commands)
}

/// Any stage but the first.
fn command(stage: &Stage, context: &Context) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    match Open::new(stage, context)? {
        Some((open, closed)) => {
            built(&closed, context)?;
            Ok(Box::new(Deferred(open)))
        }
        None => built(stage, context),
    }
}

/// The first stage.
fn begin(stage: &Stage, context: &Context) -> Result<Begin, Box<Diagnostic>> {
    let name = name(stage)?;
    let call = Call::new(&name, stage, context);
    match &commands::find(&call)?.build {
        Build::Begin(begin) | Build::Either { begin, .. } => {
            let Begin { head, command } = begin(&call)?;
            Ok(Begin { head: head.within(&context.range), command })
        }
        Build::Command(_) => Err(Box::new(
            Diagnostic::error("engine/not-generating", format!("a search can't begin with `{name}`"))
                .at(call.name_span(), "needs rows")
                .help("begin with a search for events, or with a generating command such as tstats"),
        )),
    }
}

/// A stage without subsearches in its expressions.
fn built(stage: &Stage, context: &Context) -> Result<Box<dyn Command>, Box<Diagnostic>> {
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
