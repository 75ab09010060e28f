//! What stands in the cells of a table.

use super::Aggregation;
use crate::aggregations;
use crate::commands::Call;
use crate::commands::grouping::aggregate;
use crate::eval::Expression;
use crate::pipeline::Pattern;
use grotto_diag::Diagnostic;
use grotto_spl::ast::{Aggregate, AggregateArg, Arg, At, Expr, ExprKind, Quote, Word};
use grotto_spl::text;

/// A value of every cell.
pub(super) enum Measure {
    /// What this aggregation gives; with wildcards it is one for each field.
    Plain(usize),
    /// What it gives in a number of seconds.
    PerTime { call: usize, seconds: f64, name: String },
    /// Computed from aggregations, which the expression knows as these fields.
    Computed { expression: Expression, parts: Vec<(usize, String)>, name: String },
}

/// Functions of `timechart`: a sum over so many seconds.
const PER_TIME: [(&str, f64); 4] =
    [("per_second", 1.0), ("per_minute", 60.0), ("per_hour", 3600.0), ("per_day", 86_400.0)];

/// The aggregations to make, and the measures made of them.
pub(super) fn of(
    command: &Call<'_>,
    args: &[&Arg],
    timed: bool,
) -> Result<(Vec<Aggregation>, Vec<Measure>), Box<Diagnostic>> {
    let (mut calls, mut measures) = (Vec::new(), Vec::new());
    let mut names: Vec<String> = Vec::new();
    for arg in args {
        let Arg::Aggregate(written) = arg else { continue };
        let per_time = PER_TIME.iter().find(|(name, _)| timed && written.function.is_keyword(name));
        let (measure, name) = if let Some((_, seconds)) = per_time {
            let sum = Aggregate { function: Word::bare("sum"), ..written.clone() };
            let mut call = aggregate(command, &sum)?;
            let name = match &written.alias {
                Some(alias) => text::field(alias),
                None => format!("{}{}", written.function.raw, call.output.text().trim_start_matches("sum")),
            };
            if call.output.stars() > 0 {
                return Err(command.bad(written.at.0, "this aggregation can't have wildcards"));
            }
            call.output = hidden(calls.len());
            calls.push(call);
            (Measure::PerTime { call: calls.len() - 1, seconds: *seconds, name: name.clone() }, name)
        } else if written.function.is_keyword("eval") {
            let computed = computed(command, written, &mut calls)?;
            let Measure::Computed { name, .. } = &computed else { continue };
            let name = name.clone();
            (computed, name)
        } else {
            let call = aggregate(command, written)?;
            let name = call.output.text().to_string();
            calls.push(call);
            (Measure::Plain(calls.len() - 1), name)
        };
        if names.contains(&name) {
            return Err(command.bad(written.at.0, &format!("two results are named `{name}`")));
        }
        names.push(name);
        measures.push(measure);
    }
    Ok((calls, measures))
}

/// A name that no field can have.
fn hidden(number: usize) -> Pattern {
    Pattern::new(&format!("\0{number}"))
}

/// `eval(avg(a)/max(b))`.
fn computed(
    command: &Call<'_>,
    written: &Aggregate,
    calls: &mut Vec<Aggregation>,
) -> Result<Measure, Box<Diagnostic>> {
    let [AggregateArg::Eval(expression)] = written.args.as_slice() else {
        return Err(command.bad(written.at.0, "`eval` takes an expression of aggregations"));
    };
    let Some(alias) = &written.alias else {
        return Err(command.bad(written.at.0, "`eval` needs a name after AS"));
    };
    let mut lift = Lift { command, calls, parts: Vec::new() };
    let lifted = lift.expression(expression)?;
    let parts = lift.parts;
    if parts.is_empty() {
        return Err(command.bad(written.at.0, "there is no aggregation in this expression"));
    }
    let expression = Expression::compile(&lifted, command.context)?;
    Ok(Measure::Computed { expression, parts, name: text::field(alias) })
}

/// Replaces aggregations in an expression by fields.
struct Lift<'a, 'c> {
    command: &'a Call<'c>,
    calls: &'a mut Vec<Aggregation>,
    parts: Vec<(usize, String)>,
}

impl Lift<'_, '_> {
    fn all(&mut self, expressions: &[Expr]) -> Result<Vec<Expr>, Box<Diagnostic>> {
        expressions.iter().map(|expression| self.expression(expression)).collect()
    }

    fn boxed(&mut self, expression: &Expr) -> Result<Box<Expr>, Box<Diagnostic>> {
        self.expression(expression).map(Box::new)
    }

    fn expression(&mut self, expression: &Expr) -> Result<Expr, Box<Diagnostic>> {
        let kind = match &expression.kind {
            ExprKind::Call { name, args } if is_aggregation(name, args) => self.part(name, args)?,
            ExprKind::Call { name, args } => ExprKind::Call { name: name.clone(), args: self.all(args)? },
            ExprKind::Sign { negative, operand } => {
                ExprKind::Sign { negative: *negative, operand: self.boxed(operand)? }
            }
            ExprKind::Not(operand) => ExprKind::Not(self.boxed(operand)?),
            ExprKind::Binary { op, left, right } => {
                ExprKind::Binary { op: *op, left: self.boxed(left)?, right: self.boxed(right)? }
            }
            ExprKind::Logic { op, terms } => ExprKind::Logic { op: *op, terms: self.all(terms)? },
            ExprKind::In { value, list } => ExprKind::In { value: self.boxed(value)?, list: self.all(list)? },
            other => other.clone(),
        };
        Ok(Expr { kind, at: expression.at })
    }

    fn part(&mut self, name: &Word, args: &[Expr]) -> Result<ExprKind, Box<Diagnostic>> {
        let arg = match args {
            [Expr { kind: ExprKind::Field(word), .. }] => Some(AggregateArg::Field(word.clone())),
            [other] => Some(AggregateArg::Eval(other.clone())),
            _ => None,
        };
        let field = format!("\0{}", self.calls.len());
        let word = Word { raw: field.clone(), quote: Quote::Single, at: At::default() };
        let written = Aggregate {
            function: name.clone(),
            args: arg.into_iter().collect(),
            alias: Some(word.clone()),
            at: name.at,
        };
        let call = aggregate(self.command, &written)?;
        self.parts.push((self.calls.len(), field));
        self.calls.push(call);
        Ok(ExprKind::Field(word))
    }
}

/// Whether a call is an aggregation: `max(x)` is one, `max(x, 1)` is a function.
fn is_aggregation(name: &Word, args: &[Expr]) -> bool {
    let Some((aggregation, _)) = aggregations::find(&name.raw) else { return false };
    args.len() == 1 || (args.is_empty() && aggregation.name == "count")
}
