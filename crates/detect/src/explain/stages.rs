//! What each stage of a search does to the rows.

use super::tree::{Tree, judge};
use crate::driver::Told;
use grotto_engine::Context;
use grotto_engine::eval::Expression;
use grotto_engine::pipeline::is_hidden;
use grotto_engine::predicate::{Formula, Mask};
use grotto_events::Batch;
use grotto_spl::ast::{self, Arg, ExprKind, Logic, Search};
use grotto_spl::{print, text};
use serde::Serialize;

/// A stage and what it does.
#[derive(Debug, Clone, Serialize)]
pub struct Stage {
    /// Its number, from 1.
    pub number: usize,
    /// Its command.
    pub command: String,
    /// Its text, macros expanded.
    pub text: String,
    /// Rows before it; `None` for the first stage, and when they are too many to keep.
    pub rows_in: Option<u64>,
    /// Rows after it; `None` when they are too many to keep or it failed.
    pub rows_out: Option<u64>,
    /// Fields that no row has before it and some row has after it.
    pub made: Vec<String>,
    /// Fields that some row has before it and none after it.
    pub dropped: Vec<String>,
    /// For a command that groups rows: how many rows lack each of the fields that it groups by.
    pub missing: Vec<Missing>,
    /// For a command that keeps some rows: its condition, with the number of rows that satisfy each part.
    pub condition: Option<Condition>,
    /// Rows of the search inside it.
    pub inner_rows: Option<u64>,
    /// Why it failed.
    pub problem: Option<String>,
}

/// A field that rows lack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// The field.
    pub field: String,
    /// Rows without a value for it.
    pub rows: u64,
}

/// The condition of a `search` or `where` stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Condition {
    /// A search expression.
    Search(Tree),
    /// The terms of an eval expression that are joined by AND, each with the rows for which it is true.
    Terms(Vec<(String, u64)>),
}

/// The searches inside the stages, each with the number of its stage from 0. Those of a head are none of them: they
/// are part of its condition.
pub(super) fn searches_inside(tree: &Search) -> Vec<(usize, &Search)> {
    let numbered = tree.stages.iter().enumerate().filter(|(_, stage)| {
        // These run on the rows before them, or on each of them.
        !matches!(stage.command().as_deref(), Some("appendpipe" | "foreach" | "map"))
    });
    let inside = |arg: &'_ Arg| matches!(arg, Arg::Subsearch(_));
    numbered
        .flat_map(|(number, stage)| stage.args.iter().filter(move |a| inside(a)).map(move |a| (number, a)))
        .filter_map(|(number, arg)| if let Arg::Subsearch(s) = arg { Some((number, s)) } else { None })
        .collect()
}

/// What became of each stage. `answers` are those of the search as far as each stage; `inner` and `of_inner` the stages
/// of searches inside it, and their answers.
pub(super) fn report(
    tree: &Search,
    answers: &[Vec<Told>],
    inner: &[usize],
    of_inner: &[Vec<Told>],
    context: &Context,
) -> Vec<Stage> {
    let rows = |answers: &[Told]| answers.first().and_then(|told| told.answer.whole().ok());
    let mut before: Option<Batch> = None;
    let mut stages = Vec::new();
    for (number, (stage, answers)) in tree.stages.iter().zip(answers).enumerate() {
        let after = rows(answers);
        let first = number == 0;
        let inner_rows: Vec<u64> = inner
            .iter()
            .zip(of_inner)
            .filter(|(of, _)| **of == number)
            .filter_map(|(_, answers)| rows(answers).map(|batch| batch.rows() as u64))
            .collect();
        let empty = Batch::new(0);
        let (old, new) = (before.as_ref().unwrap_or(&empty), after.as_ref().unwrap_or(&empty));
        // The fields of events are no work of the head.
        let made = if first && after.as_ref().is_some_and(|rows| rows.column("_raw").is_some()) {
            Vec::new()
        } else {
            difference(new, old)
        };
        let problem = answers.first().and_then(|told| told.answer.rows.as_ref().err());
        stages.push(Stage {
            number: number + 1,
            command: stage.command().unwrap_or_default(),
            text: print::stage(stage),
            rows_in: before.as_ref().map(|rows| rows.rows() as u64),
            rows_out: after.as_ref().map(|rows| rows.rows() as u64),
            made,
            dropped: if new.rows() == 0 { Vec::new() } else { difference(old, new) },
            missing: if first { Vec::new() } else { missing(stage, old) },
            condition: if first { None } else { condition(stage, old, context) },
            inner_rows: (!inner_rows.is_empty()).then(|| inner_rows.iter().sum()),
            problem: problem.map(|problem| problem.message.clone()),
        });
        before = after;
    }
    stages
}

/// The fields that some row of one batch has and no row of the other.
fn difference(some: &Batch, none: &Batch) -> Vec<String> {
    let has = |batch: &Batch, name: &str| batch.column(name).is_some_and(|column| !column.all_null());
    let names = some.names().filter(|name| !is_hidden(name));
    names.filter(|name| has(some, name) && !has(none, name)).map(ToString::to_string).collect()
}

/// How many rows lack the fields that a stage groups by.
fn missing(stage: &ast::Stage, rows: &Batch) -> Vec<Missing> {
    if !matches!(stage.command().as_deref(), Some("stats" | "chart" | "timechart" | "dedup" | "top" | "rare"))
    {
        return Vec::new();
    }
    let by = stage.args.iter().flat_map(|arg| if let Arg::By(list) = arg { list.as_slice() } else { &[] });
    let words = by.filter_map(Arg::word).map(text::field);
    let count = |field: &str| {
        let nulls = rows.column(field).map_or(rows.rows(), |column| column.array().null_count());
        nulls as u64
    };
    words.map(|field| Missing { rows: count(&field), field }).filter(|missing| missing.rows > 0).collect()
}

/// The condition of a stage that keeps some rows.
fn condition(stage: &ast::Stage, rows: &Batch, context: &Context) -> Option<Condition> {
    match (stage.command().as_deref(), stage.args.first()) {
        (Some("search"), Some(Arg::Search(expr))) => {
            let formula = Formula::compile(expr, context).ok()?;
            let mut tree = Tree::new(&formula);
            judge(&formula, &mut tree, rows, &Mask::All);
            Some(Condition::Search(tree))
        }
        (Some("where"), Some(Arg::Expr(expr))) => {
            let terms = match &expr.kind {
                ExprKind::Logic { op: Logic::And, terms } => terms.as_slice(),
                _ => std::slice::from_ref(expr),
            };
            let counted = terms.iter().map(|term| {
                let compiled = Expression::compile(term, context).ok()?;
                Some((print::expression(term), compiled.mask(rows).true_count() as u64))
            });
            counted.collect::<Option<Vec<_>>>().map(Condition::Terms)
        }
        _ => None,
    }
}
