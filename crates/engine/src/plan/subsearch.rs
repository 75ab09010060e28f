//! Searches whose result becomes part of the text of another: `[ … ]` in search and eval expressions.
//!
//! Such a stage is compiled twice. First with the subsearches taken out, to find what is wrong with it before anything
//! runs; then, when their results are there, with those in their places.
//!
//! Facts: <https://help.splunk.com/en/splunk-enterprise/search/search-manual/10.0/subsearches/about-subsearches>,
//! <https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/format>.

use super::Plan;
use crate::Context;
use crate::commands::format;
use crate::pipeline::{Command, Env, FieldSet, Kind, Stop};
use grotto_diag::{Diagnostic, Span};
use grotto_events::Batch;
use grotto_spl::ast::{At, Expr, ExprKind, Quote, Search, SearchExpr, SearchValue, Stage, Word};
use grotto_spl::rewrite::{Rewrite, walk};
use std::sync::Arc;

/// Rows of a subsearch that become a search expression: `maxout` of `limits.conf`
/// (<https://help.splunk.com/en/splunk-enterprise/search/search-manual/10.0/subsearches/about-subsearches>).
pub(crate) const MOST_ROWS: usize = 10_000;

/// A stage with subsearches in its expressions.
#[derive(Debug)]
pub(super) struct Open {
    stage: Stage,
    context: Context,
    pub(super) searches: Vec<Arc<Plan>>,
}

impl Open {
    /// The stage, if there are subsearches in its expressions, and what it is without them.
    pub(super) fn new(stage: &Stage, context: &Context) -> Result<Option<(Self, Stage)>, Box<Diagnostic>> {
        // What `join … where` is followed by is its own.
        if stage.command().as_deref() == Some("join") {
            return Ok(None);
        }
        let mut closed = stage.clone();
        let mut holes = Holes::default();
        walk::stage(&mut holes, &mut closed);
        if holes.found.is_empty() {
            return Ok(None);
        }
        let searches = holes.found.iter().map(|search| Plan::nested(search, context, MOST_ROWS, search.at.0));
        let searches = searches.collect::<Result<Vec<_>, _>>()?;
        Ok(Some((Self { stage: stage.clone(), context: context.clone(), searches }, closed)))
    }

    /// The stage with results in place of subsearches.
    pub(super) fn filled(&self, env: &mut Env<'_>) -> Result<Stage, Stop> {
        let results = env.results(&self.searches)?;
        let mut holes = Holes { results: Some(results.into_iter()), ..Holes::default() };
        let mut stage = self.stage.clone();
        walk::stage(&mut holes, &mut stage);
        match holes.problem {
            Some(problem) => Err(Stop::Failed(problem)),
            None => Ok(stage),
        }
    }

    /// A problem of the filled stage, whose text nobody wrote, at the place of the stage.
    pub(super) fn placed(&self, mut problem: Diagnostic) -> Box<Diagnostic> {
        problem.labels.clear();
        Box::new(problem.at(self.stage.at.0, "with the results of its subsearch"))
    }

    /// What the filled stage is compiled with.
    pub(super) fn context(&self) -> &Context {
        &self.context
    }
}

/// Takes subsearches out of a stage, or puts results into their places.
#[derive(Default)]
struct Holes {
    found: Vec<Search>,
    results: Option<std::vec::IntoIter<Batch>>,
    problem: Option<Box<Diagnostic>>,
}

impl Holes {
    /// The text that replaces a subsearch; `None` while they are taken out, or when something went wrong.
    fn text(&mut self, search: &Search, raw: bool) -> Option<String> {
        let Some(results) = &mut self.results else {
            self.found.push(search.clone());
            return None;
        };
        let rows = results.next()?;
        let text = if raw { format::inserted(&rows) } else { Some(format::implicit(&rows)) };
        if text.is_none() {
            self.fail(
                search.at.0,
                Diagnostic::error("engine/subsearch-value", "the subsearch does not give one text")
                    .help("end it with `| return $field`, or make a field called search"),
            );
        }
        text
    }

    fn fail(&mut self, at: Span, mut problem: Diagnostic) {
        problem.labels.clear();
        self.problem.get_or_insert_with(|| Box::new(problem.at(at, "the result of this")));
    }

    fn parsed<T>(&mut self, at: Span, parsed: Result<T, Box<Diagnostic>>) -> Option<T> {
        parsed.map_err(|problem| self.fail(at, *problem)).ok()
    }
}

impl Rewrite for Holes {
    /// Subsearches that are arguments are the command's business.
    fn subsearch(&mut self, _: &mut Search) {}

    fn condition(&mut self, condition: &mut SearchExpr) {
        let SearchExpr::Term(SearchValue::Subsearch(search)) = condition else {
            return walk::condition(self, condition);
        };
        let at = search.at.0;
        *condition = match self.text(&search.clone(), false) {
            Some(text) if text == format::NOTHING => SearchExpr::Not(Box::new(anything(at)), At(at)),
            Some(text) => {
                let parsed = grotto_spl::parse_search_expression(&text);
                self.parsed(at, parsed).unwrap_or_else(|| anything(at))
            }
            None => anything(at),
        };
    }

    fn values(&mut self, values: &mut Vec<SearchValue>) {
        let mut filled = Vec::with_capacity(values.len());
        for mut value in std::mem::take(values) {
            let SearchValue::Subsearch(search) = &value else {
                self.value(&mut value);
                filled.push(value);
                continue;
            };
            let text = self
                .text(search, true)
                .map(|text| grotto_spl::parse_search_expression(&format!("x IN ({text})")));
            match text.and_then(|parsed| self.parsed(search.at.0, parsed)) {
                Some(SearchExpr::In { values, .. }) => filled.extend(values),
                _ => filled.push(SearchValue::Word(empty(search.at.0))),
            }
        }
        *values = filled;
    }

    fn value(&mut self, value: &mut SearchValue) {
        let SearchValue::Subsearch(search) = value else { return walk::value(self, value) };
        let at = search.at.0;
        let text = self
            .text(&search.clone(), true)
            .map(|text| grotto_spl::parse_search_expression(&format!("x={text}")));
        *value = match text.and_then(|parsed| self.parsed(at, parsed)) {
            Some(SearchExpr::Compare { value, .. }) => value,
            _ => SearchValue::Word(empty(at)),
        };
    }

    fn expression(&mut self, expression: &mut Expr) {
        let ExprKind::Subsearch(search) = &expression.kind else { return walk::expression(self, expression) };
        let at = search.at.0;
        let never = || "false()".to_owned();
        let text = self
            .text(&search.clone(), false)
            .map(|text| if text == format::NOTHING { never() } else { text });
        let parsed = text.map(|text| grotto_spl::parse_expression(&text));
        *expression = parsed
            .and_then(|parsed| self.parsed(at, parsed))
            .unwrap_or(Expr { kind: ExprKind::Text(empty(at)), at: At(at) });
    }
}

/// A term that every row satisfies.
fn anything(at: Span) -> SearchExpr {
    SearchExpr::Term(SearchValue::Word(empty(at)))
}

fn empty(at: Span) -> Word {
    Word { raw: String::new(), quote: Quote::Double, at: At(at) }
}

/// A command that can be built only when the results of its subsearches are there.
pub(super) struct Deferred(pub(super) Open);

impl Command for Deferred {
    fn kind(&self) -> Kind {
        Kind::DatasetProcessing
    }

    fn needs(&self, _: &FieldSet) -> FieldSet {
        // The results name fields that nobody knows yet.
        FieldSet::all()
    }

    fn run(&self, _: Batch) -> Result<Batch, Box<Diagnostic>> {
        Err(Box::new(alone()))
    }

    fn run_in(&self, rows: Batch, env: &mut Env<'_>) -> Result<Batch, Stop> {
        let stage = self.0.filled(env)?;
        let command = super::built(&stage, self.0.context()).map_err(|problem| self.0.placed(*problem))?;
        command.run_in(rows, env)
    }

    fn searches(&self) -> Vec<Arc<Plan>> {
        self.0.searches.clone()
    }
}

/// `engine/subsearch-left`: a command that needs another search's result was run without.
pub(crate) fn alone() -> Diagnostic {
    Diagnostic::error("engine/subsearch-left", "a search inside this search was not run")
}
