//! Rows in JSON and searches over them, for tests.

use super::{Answer, Limits, ORDER, Run, columns, is_hidden};
use crate::lookup::{Definition, Lookups, Matching, Settings, Source, TimeBound};
use crate::memory::Memory;
use crate::plan::Plan;
use crate::predicate::{Formula, Mask};
use crate::rounds::{self, Events};
use crate::{Context, Value, geo, time};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};
use serde_json::{Map, Value as Json};
use std::sync::Arc;

/// One row as fields with their values as text.
pub(crate) type Row = Vec<(String, Vec<String>)>;

/// The context of all tests.
pub(crate) fn context() -> Context {
    Context {
        now: 1_700_000_000 * time::SECOND,
        lookups: lookups(),
        geo: Some(Arc::new(geo::testing::database())),
        ..Context::default()
    }
}

/// The lookups of all tests and examples.
fn lookups() -> Lookups {
    let mut lookups = Lookups::default();
    let files = [
        ("example_tools.csv", "tool,kind\nPsExec*,remote\nnmap,scan\n"),
        ("example_nets.csv", "net,zone,owner\n10.0.0.0/8,inside,ann\n10.1.0.0/16,lab,bob\n"),
        ("example_codes.csv", "code,meaning\nA,alpha\nB,beta\n"),
        ("example_pairs.csv", "a,b,n\n1,x,1x\n1,y,1y\n2,y,2y\n"),
        ("example_shifts.csv", "user,since,shift\nann,1000,early\nann,1300,late\n"),
    ];
    for (name, text) in files {
        lookups.add_text(name, text.into());
    }
    let wild = Settings {
        matching: vec![("tool".into(), Matching::Wildcard)],
        case_sensitive: false,
        min_matches: 1,
        default_match: Some("false".into()),
        ..Settings::default()
    };
    let nets = Settings { matching: vec![("net".into(), Matching::Cidr)], ..Settings::default() };
    let time = TimeBound {
        field: "since".into(),
        format: TimeBound::FORMAT.into(),
        min_offset: 0,
        max_offset: TimeBound::MAX_OFFSET,
    };
    let shifts = Settings { max_matches: 1, time: Some(time), ..Settings::default() };
    for (name, settings) in [("example_tools", wild), ("example_nets", nets), ("example_shifts", shifts)] {
        let source = Source::File(format!("{name}.csv"));
        lookups.define(name, Definition { settings, source, fields: Vec::new() });
    }
    let source = Source::Collection("example_empty".into());
    lookups.define("example_empty", Definition { settings: Settings::default(), source, fields: Vec::new() });
    lookups
}

fn value(json: &Json) -> Value {
    match json {
        Json::Null | Json::Object(_) => Value::Null,
        Json::Bool(b) => Value::Text(b.to_string()),
        Json::Number(n) => n.as_i64().map_or_else(|| Value::Float(n.as_f64().unwrap()), Value::Int),
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::list(items.iter().map(|item| value(item).text()).collect()),
    }
}

fn objects(json: &str) -> Vec<Map<String, Json>> {
    serde_json::from_str(json).unwrap_or_else(|e| panic!("{e}: {json}"))
}

/// The batch of rows in JSON; a `null` makes a column.
pub(crate) fn batch(json: &str) -> Batch {
    of_objects(&objects(json))
}

fn of_objects(objects: &[Map<String, Json>]) -> Batch {
    let mut out = Batch::new(objects.len());
    for name in objects.iter().flat_map(Map::keys) {
        if out.column(name).is_some() {
            continue;
        }
        let values: Vec<Value> = objects.iter().map(|o| o.get(name).map(value).unwrap_or_default()).collect();
        let column = if name == "_time" {
            Column::Time(values.iter().map(time::of_value).collect::<Vec<_>>().into())
        } else {
            columns::column(&values)
        };
        out.set(name.as_str(), column);
    }
    out
}

/// The rows of a batch.
pub(crate) fn rows(batch: &Batch) -> Vec<Row> {
    (0..batch.rows())
        .map(|row| {
            let some =
                batch.columns().map(|(name, column)| (name.to_string(), columns::texts(column.cell(row))));
            some.filter(|(_, texts)| !texts.is_empty()).collect()
        })
        .collect()
}

/// The rows in JSON.
pub(crate) fn expected(json: &str) -> Vec<Row> {
    let text = |json: &Json| match json {
        Json::Array(items) => items.iter().map(|item| value(item).text()).collect(),
        one => vec![value(one).text()],
    };
    objects(json).iter().map(|o| o.iter().map(|(name, json)| (name.clone(), text(json))).collect()).collect()
}

/// Compiles a search; one that begins with a command that needs rows gets them from all events.
pub(crate) fn plan(spl: &str) -> Result<Plan, Box<Diagnostic>> {
    plan_with(spl, Limits::default())
}

/// Likewise, with limits.
pub(crate) fn plan_with(spl: &str, limits: Limits) -> Result<Plan, Box<Diagnostic>> {
    plan_in(spl, limits, &context())
}

/// Likewise, with this memory.
pub(crate) fn plan_with_memory(spl: &str, memory: &Memory) -> Result<Plan, Box<Diagnostic>> {
    plan_in(spl, Limits::default(), &Context { memory: memory.clone(), ..context() })
}

/// Likewise, with a context.
fn plan_in(spl: &str, limits: Limits, context: &Context) -> Result<Plan, Box<Diagnostic>> {
    match Plan::compile_with(&grotto_spl::parse(spl)?, context, limits) {
        Err(error) if error.slug == "engine/not-generating" => {
            Plan::compile_with(&grotto_spl::parse(&format!("search * {spl}"))?, context, limits)
        }
        other => other,
    }
}

/// Gives a run the rows that pass the plan's head; with `hints` those of which nothing can come are left out.
fn feed(plan: &Plan, run: &mut Run, batch: &Batch, hints: bool) {
    let hint = if hints { plan.hint().mask(batch) } else { Mask::All };
    match plan.head().formula().map_or(Mask::All, |formula| formula.mask(batch)).and(hint) {
        Mask::All => run.push(batch),
        Mask::None => {}
        Mask::Bits(mask) => run.push(&batch.filter(&mask)),
    }
}

/// The batch with positions: the newest row, which is the first, was read last.
fn placed(mut batch: Batch, from: usize, all: usize) -> Batch {
    let positions: Vec<i64> = (0..batch.rows()).map(|row| (all - from - row) as i64).collect();
    batch.set(ORDER, Column::Int(positions.into()));
    batch
}

/// Rows that are there for any number of searches.
struct Rows {
    all: Batch,
    /// Whether every row comes in a batch of its own, in three runs that see them backwards. The batches have the same
    /// columns: as with events of one type, what one row declares all do.
    split: bool,
    /// Whether searches get the fields only that they say they need.
    few: bool,
    /// Whether rows of which nothing can come are left out, and searches wait for others to read less.
    hints: bool,
}

impl Events for Rows {
    fn narrows(&self) -> bool {
        self.hints
    }

    fn read(&mut self, searches: &[Arc<Plan>]) -> Vec<Result<Vec<Run>, Box<Diagnostic>>> {
        searches.iter().map(|plan| Ok(vec![self.take_in(plan)])).collect()
    }
}

impl Rows {
    fn start(&self, plan: &Plan) -> Run {
        if self.hints { plan.start_sieved() } else { plan.start() }
    }

    fn take_in(&self, plan: &Plan) -> Run {
        let all = self.all.rows();
        if !self.split {
            let mut run = self.start(plan);
            let mut rows = placed(self.all.clone(), 0, all);
            if self.few {
                let mut needed = plan.needed_fields();
                needed.extend(plan.head().formula().map(Formula::fields).into_iter().flatten());
                rows.retain(|name| needed.contains(name) || is_hidden(name));
            }
            feed(plan, &mut run, &rows, self.hints);
            return run;
        }
        let mut runs: Vec<Run> = (0..3).map(|_| self.start(plan)).collect();
        for row in (0..all).rev() {
            feed(plan, &mut runs[row % 3], &placed(self.all.slice(row, 1), row, all), self.hints);
        }
        let mut whole = runs.pop().unwrap();
        for run in runs {
            whole.merge(run);
        }
        whole
    }
}

fn answer_of(spl: &str, json: &str, split: bool, few: bool) -> Result<Answer, Box<Diagnostic>> {
    Ok(answer_to(plan(spl)?, Rows { all: batch(json), split, few, hints: false }))
}

/// Runs a plan over rows.
fn answer_to(plan: Plan, mut rows: Rows) -> Answer {
    let mut answers = rounds::run([Arc::new(plan)], &mut rows);
    answers.remove(0).remove(0)
}

/// Runs a plan over rows in JSON, all at once.
pub(crate) fn answer_once(plan: Plan, json: &str) -> Answer {
    answer_to(plan, Rows { all: batch(json), split: false, few: false, hints: false })
}

/// Runs a search over rows in JSON, newest first, all at once. Searches inside it get the same rows.
pub(crate) fn run(spl: &str, json: &str) -> Result<Batch, Box<Diagnostic>> {
    answer_of(spl, json, false, false)?.whole()
}

/// Likewise; every search gets the fields only that it says it needs.
pub(crate) fn run_with_few_fields(spl: &str, json: &str) -> Result<Batch, Box<Diagnostic>> {
    answer_of(spl, json, false, true)?.whole()
}

/// Likewise; the slugs and messages of its warnings.
pub(crate) fn warnings(spl: &str, json: &str) -> Vec<(&'static str, String)> {
    let answer = answer_of(spl, json, false, false).unwrap_or_else(|e| panic!("{spl}: {e}"));
    answer.warnings.into_iter().map(|warning| (warning.slug, warning.message)).collect()
}

/// Runs a search with every row in a batch of its own.
pub(crate) fn run_split(spl: &str, json: &str) -> Result<Batch, Box<Diagnostic>> {
    answer_of(spl, json, true, false)?.whole()
}

/// Likewise, with this memory; and the bytes that were written to disk.
pub(crate) fn run_split_in(spl: &str, json: &str, memory: &Memory) -> Result<(Batch, u64), Box<Diagnostic>> {
    let plan = plan_with_memory(spl, memory)?;
    let rows = answer_to(plan, Rows { all: batch(json), split: true, few: false, hints: false }).whole()?;
    Ok((rows, memory.written()))
}

/// Runs a search with every row in a batch of its own, without those of which nothing can come.
fn run_hinted(spl: &str, json: &str) -> Result<Batch, Box<Diagnostic>> {
    answer_to(plan(spl)?, Rows { all: batch(json), split: true, few: false, hints: true }).whole()
}

/// Runs a search in all ways, checks that the results are the same, and gives the rows.
pub(crate) fn result(spl: &str, json: &str) -> Vec<Row> {
    let once = run(spl, json).unwrap_or_else(|e| panic!("{spl}: {e}"));
    assert!(once.names().all(|name| !is_hidden(name)), "{spl}: a hidden column in the result");
    let split = run_split(spl, json).unwrap_or_else(|e| panic!("{spl}: {e}"));
    // Batches of other shapes may bring their columns in another order.
    let unordered = |batch: &Batch| {
        rows(batch)
            .into_iter()
            .map(|mut row| {
                row.sort();
                row
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(unordered(&split), unordered(&once), "{spl}: the result depends on how rows are split");
    let hinted = run_hinted(spl, json).unwrap_or_else(|e| panic!("{spl}: {e}"));
    assert_eq!(unordered(&hinted), unordered(&once), "{spl}: rows were left out that matter");
    rows(&once)
}

/// Checks that a search over rows gives these rows.
pub(crate) fn check(spl: &str, input: &str, output: &str) {
    assert_eq!(result(spl, input), expected(output), "{spl}");
}
