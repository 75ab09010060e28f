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
use crate::memory::{Chunks, Rows};
use crate::pipeline::{Command, Env, FieldSet, Kind, Stop, run_chunks};
use grotto_diag::{Diagnostic, Span};
use grotto_events::Batch;
use grotto_spl::ast::{
    Arg, At, Compare, Expr, ExprKind, Quote, Search, SearchExpr, SearchValue, Stage, Word,
};
use grotto_spl::rewrite::{Rewrite, walk};
use grotto_spl::text;
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

/// What replaces a subsearch.
enum Fill {
    /// This text.
    Text(String),
    /// Something that is true for no row: the subsearch found nothing.
    Nothing,
    /// It is only taken out, or something went wrong, which was noted.
    Gap,
}

impl Holes {
    /// What a subsearch becomes where a condition stands: what `format` makes of it.
    fn condition_of(&mut self, search: &Search) -> Fill {
        match self.next(search) {
            None => Fill::Gap,
            Some(rows) => match format::implicit(&rows) {
                text if text == format::NOTHING => Fill::Nothing,
                text => Fill::Text(text),
            },
        }
    }

    /// What a subsearch becomes where a value stands: the text of its field `search`.
    fn value_of(&mut self, search: &Search) -> Fill {
        let Some(rows) = self.next(search) else { return Fill::Gap };
        if rows.rows() == 0 {
            return Fill::Nothing;
        }
        if let Some(text) = format::inserted(&rows) {
            return Fill::Text(text);
        }
        let message = "a value is needed, and the subsearch gives rows";
        let help = "end it with `| return $field`, or make a field called search";
        self.fail(search.at.0, Diagnostic::error("engine/subsearch-value", message).help(help));
        Fill::Gap
    }

    /// The result of a subsearch; `None` while subsearches are taken out.
    fn next(&mut self, search: &Search) -> Option<Batch> {
        if self.results.is_none() {
            self.found.push(search.clone());
        }
        self.results.as_mut()?.next()
    }

    fn fail(&mut self, at: Span, mut problem: Diagnostic) {
        problem.labels.clear();
        self.problem.get_or_insert_with(|| Box::new(problem.at(at, "the result of this")));
    }

    /// What was parsed of a result; a problem is noted.
    fn parsed<T>(&mut self, at: Span, parsed: Result<T, Box<Diagnostic>>) -> Option<T> {
        parsed.map_err(|problem| self.fail(at, *problem)).ok()
    }

    /// Fills the place of an operand, argument or assigned value.
    fn operand(&mut self, expression: &mut Expr) {
        let ExprKind::Subsearch(search) = &expression.kind else { return self.expression(expression) };
        let search = search.clone();
        let fill = self.value_of(&search);
        // Whatever is compared with null is null, and null is not true.
        *expression = self.expression_of(search.at.0, fill, "null()");
    }

    fn expression_of(&mut self, at: Span, fill: Fill, nothing: &str) -> Expr {
        let text = match fill {
            Fill::Text(text) => text,
            Fill::Nothing => nothing.to_owned(),
            Fill::Gap => return Expr { kind: ExprKind::Text(empty(at)), at: At(at) },
        };
        let parsed = self.parsed(at, grotto_spl::parse_expression(&text));
        parsed.unwrap_or(Expr { kind: ExprKind::Text(empty(at)), at: At(at) })
    }

    /// What a comparison with a subsearch becomes: the text may be more than a value, `x=[…]` then `x=a b`.
    fn comparison(&mut self, field: &Word, op: Compare, search: &Search) -> Option<SearchExpr> {
        let at = search.at.0;
        let text = match self.value_of(search) {
            Fill::Text(text) => text,
            Fill::Nothing => return None,
            Fill::Gap => "\"\"".to_owned(),
        };
        let text = format!("{}{}{text}", format::field(&text::field(field)), op.symbol());
        Some(self.parsed(at, grotto_spl::parse_search_expression(&text)).unwrap_or_else(|| anything(at)))
    }

    /// Fills the values of `IN`; whether there are any.
    fn listed(&mut self, values: &mut Vec<SearchValue>) -> bool {
        let mut filled = Vec::with_capacity(values.len());
        for mut value in std::mem::take(values) {
            let SearchValue::Subsearch(search) = &value else {
                walk::value(self, &mut value);
                filled.push(value);
                continue;
            };
            match self.value_of(search) {
                Fill::Nothing => {}
                Fill::Gap => filled.push(SearchValue::Word(empty(search.at.0))),
                Fill::Text(text) => {
                    let parsed = grotto_spl::parse_search_expression(&format!("x IN ({text})"));
                    match self.parsed(search.at.0, parsed) {
                        Some(SearchExpr::In { values, .. }) => filled.extend(values),
                        Some(_) => self.fail(search.at.0, not_a_list(&text)),
                        None => {}
                    }
                }
            }
        }
        *values = filled;
        !values.is_empty()
    }
}

impl Rewrite for Holes {
    /// Subsearches that are arguments are the command's business.
    fn subsearch(&mut self, _: &mut Search) {}

    fn argument(&mut self, arg: &mut Arg) {
        match arg {
            Arg::Assign { value, .. } => self.operand(value),
            other => walk::argument(self, other),
        }
    }

    fn condition(&mut self, condition: &mut SearchExpr) {
        let at = condition.span();
        let holds = match condition {
            SearchExpr::Compare { field, op, value: SearchValue::Subsearch(search), .. } => {
                match self.comparison(&field.clone(), *op, &search.clone()) {
                    Some(filled) => {
                        *condition = filled;
                        true
                    }
                    None => false,
                }
            }
            SearchExpr::In { values, .. } => self.listed(values),
            SearchExpr::Term(SearchValue::Subsearch(search)) => match self.condition_of(&search.clone()) {
                Fill::Nothing => false,
                Fill::Gap => {
                    *condition = anything(at);
                    true
                }
                Fill::Text(text) => {
                    let parsed = self.parsed(at, grotto_spl::parse_search_expression(&text));
                    *condition = parsed.unwrap_or_else(|| anything(at));
                    true
                }
            },
            _ => {
                walk::condition(self, condition);
                true
            }
        };
        if !holds {
            *condition = SearchExpr::Not(Box::new(anything(at)), At(at));
        }
    }

    fn expression(&mut self, expression: &mut Expr) {
        match &mut expression.kind {
            ExprKind::Subsearch(search) => {
                let search = search.clone();
                let fill = self.condition_of(&search);
                *expression = self.expression_of(search.at.0, fill, "false()");
            }
            ExprKind::Sign { operand, .. } => self.operand(operand),
            ExprKind::Binary { left, right, .. } => {
                self.operand(left);
                self.operand(right);
            }
            ExprKind::Call { args, .. } => {
                for arg in args {
                    self.operand(arg);
                }
            }
            ExprKind::In { value, list } => {
                self.operand(value);
                for item in list {
                    self.operand(item);
                }
            }
            _ => walk::expression(self, expression),
        }
    }
}

/// Searches may nest so deep.
const DEEPEST: usize = 16;

/// Refuses searches in searches in searches.
pub(super) fn check_depth(search: &Search) -> Result<(), Box<Diagnostic>> {
    let mut depth = Depth::default();
    walk::search(&mut depth, &mut search.clone());
    match depth.too_deep {
        None => Ok(()),
        Some(at) => {
            let message = format!("searches nest more than {DEEPEST} levels deep");
            Err(Box::new(Diagnostic::error("engine/limit", message).at(at, "too deep")))
        }
    }
}

#[derive(Default)]
struct Depth {
    now: usize,
    too_deep: Option<Span>,
}

impl Rewrite for Depth {
    fn subsearch(&mut self, search: &mut Search) {
        if self.now == DEEPEST {
            self.too_deep = Some(search.at.0);
            return;
        }
        self.now += 1;
        walk::search(self, search);
        self.now -= 1;
    }
}

fn not_a_list(text: &str) -> Diagnostic {
    let shown: String = text.chars().take(60).collect();
    Diagnostic::error("engine/subsearch-value", format!("`{shown}` is no list of values"))
        .help("separate values with commas, and put those with blanks into quotes")
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

    fn run_chunks(&self, rows: &Chunks, env: &mut Env<'_>) -> Result<Option<Rows>, Stop> {
        let stage = self.0.filled(env)?;
        let command = super::built(&stage, self.0.context()).map_err(|problem| self.0.placed(*problem))?;
        run_chunks(command.as_ref(), rows, env).map(Some)
    }

    fn searches(&self) -> Vec<Arc<Plan>> {
        self.0.searches.clone()
    }
}

/// `engine/subsearch-left`: a command that needs another search's result was run without.
pub(crate) fn alone() -> Diagnostic {
    Diagnostic::error("engine/subsearch-left", "a search inside this search was not run")
}
