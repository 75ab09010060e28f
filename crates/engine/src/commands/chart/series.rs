//! Which values of the column field get a column, and what the others become.

use super::{Aggregation, Binning};
use crate::Value;
use crate::aggregations;
use crate::commands::Call;
use crate::commands::call::Options;
use crate::commands::grouping::{Input, aggregate};
use crate::pipeline::Pattern;
use grotto_diag::Diagnostic;
use grotto_spl::ast::{Aggregate, AggregateArg, Arg, Compare, SearchExpr, SearchValue, Word};
use grotto_spl::text;
use std::cmp::Ordering;

/// Options that choose series.
pub(super) const OPTIONS: [&str; 5] = ["limit", "useother", "otherstr", "usenull", "nullstr"];

/// Splunk's number of series.
const DEFAULT_LIMIT: usize = 10;

/// Columns of a table.
pub(super) struct Series {
    pub(super) keep: Keep,
    /// Name of the column of all others, if there is one.
    pub(super) other: Option<String>,
    /// Name of the column of rows without the field, if there is one.
    pub(super) null: Option<String>,
    pub(super) bins: Option<Binning>,
    /// The call whose result ranks the series.
    pub(super) score: Score,
    /// The call that counts rows.
    pub(super) count: usize,
}

/// What ranks series.
pub(super) enum Score {
    /// The sum over the cells of the only measure.
    Sum,
    /// The number of rows.
    Count,
    /// This call over all rows of the series.
    Call(usize),
}

/// Which series stay.
pub(super) enum Keep {
    All,
    /// The best or the worst by score.
    Ranked {
        count: usize,
        top: bool,
    },
    /// By a value of each series.
    Where {
        of: Of,
        test: Test,
    },
}

/// What is tested of a series.
#[derive(Clone, Copy)]
pub(super) enum Of {
    Count,
    Sum,
    Avg,
    Min,
    Max,
}

pub(super) enum Test {
    Compare(Compare, f64),
    Ranked { count: usize, top: bool, inside: bool },
}

impl Series {
    pub(super) fn new(
        call: &Call<'_>,
        options: &Options<'_>,
        filter: Option<&Arg>,
        bins: Option<Binning>,
        measures: usize,
        calls: &mut Vec<Aggregation>,
    ) -> Result<Self, Box<Diagnostic>> {
        let mut score = if measures == 1 { Score::Sum } else { Score::Count };
        if let Some(arg) = options.get("agg") {
            let mut found = aggregate(call, &as_aggregate(call, arg)?)?;
            found.output = Pattern::new("\0score");
            calls.push(found);
            score = Score::Call(calls.len() - 1);
        }
        if let Some((aggregation, number)) = aggregations::find("count") {
            let output = Pattern::new("\0rows");
            calls.push(Aggregation { aggregation, number, input: Input::Rows, sparkline: None, output });
        }
        let other = options.text("otherstr")?.unwrap_or_else(|| "OTHER".to_owned());
        let null = options.text("nullstr")?.unwrap_or_else(|| "NULL".to_owned());
        Ok(Self {
            keep: match filter {
                Some(arg) => condition(call, arg)?,
                None => limit(call, options)?,
            },
            other: options.flag("useother", true)?.then_some(other),
            null: options.flag("usenull", true)?.then_some(null),
            bins,
            score,
            count: calls.len() - 1,
        })
    }

    /// Of series with their values (nothing for rows without the field), which stay.
    pub(super) fn kept(&self, series: &[Ranked]) -> Vec<bool> {
        match &self.keep {
            Keep::All => vec![true; series.len()],
            Keep::Ranked { count, top } => ranked(series, |s| s.score, *count, *top),
            Keep::Where { of, test: Test::Compare(compare, number) } => {
                let value = |s: &Ranked| s.of(*of);
                series.iter().map(|s| value(s).is_some_and(|v| compare.holds(v.total_cmp(number)))).collect()
            }
            Keep::Where { of, test: Test::Ranked { count, top, inside } } => {
                let kept = ranked(series, |s| s.of(*of).unwrap_or(f64::NEG_INFINITY), *count, *top);
                kept.into_iter().map(|k| k == *inside).collect()
            }
        }
    }
}

/// A series as it is ranked.
pub(super) struct Ranked {
    pub(super) value: Value,
    pub(super) score: f64,
    pub(super) rows: f64,
    /// The numbers of its cells.
    pub(super) cells: Vec<f64>,
}

impl Ranked {
    fn of(&self, of: Of) -> Option<f64> {
        let cells = self.cells.iter().copied();
        match of {
            Of::Count => Some(self.rows),
            Of::Sum => Some(cells.sum()),
            Of::Avg if self.cells.is_empty() => None,
            Of::Avg => Some(cells.sum::<f64>() / self.cells.len() as f64),
            Of::Min => cells.reduce(f64::min),
            Of::Max => cells.reduce(f64::max),
        }
    }
}

/// Of the same score the value that sorts first by its characters is first.
fn ranked(series: &[Ranked], score: impl Fn(&Ranked) -> f64, count: usize, top: bool) -> Vec<bool> {
    let mut order: Vec<usize> = (0..series.len()).collect();
    let by_score = |a: &usize, b: &usize| -> Ordering {
        let (a, b) = (score(&series[*a]), score(&series[*b]));
        if top { b.total_cmp(&a) } else { a.total_cmp(&b) }
    };
    order.sort_by(|a, b| by_score(a, b).then_with(|| series[*a].value.text().cmp(&series[*b].value.text())));
    let mut kept = vec![false; series.len()];
    order.into_iter().take(count).for_each(|i| kept[i] = true);
    kept
}

/// `limit=5`, `limit=top5`, `limit=bottom 5`.
fn limit(call: &Call<'_>, options: &Options<'_>) -> Result<Keep, Box<Diagnostic>> {
    let Some(word) = options.word("limit")? else {
        return Ok(Keep::Ranked { count: DEFAULT_LIMIT, top: true });
    };
    let text = text::argument(word);
    let (count, top) = match rank(&text) {
        Some(found) => found,
        None => match text.trim().parse() {
            Ok(count) => (count, true),
            Err(_) => return Err(call.bad(word.at.0, "`limit` must be a number such as 5, top5 or bottom5")),
        },
    };
    Ok(if count == 0 { Keep::All } else { Keep::Ranked { count, top } })
}

/// `top5` or `bottom5`.
fn rank(text: &str) -> Option<(usize, bool)> {
    let lower = text.trim().to_ascii_lowercase();
    let (digits, top) = match lower.strip_prefix("top") {
        Some(digits) => (digits, true),
        None => (lower.strip_prefix("bottom")?, false),
    };
    digits.trim().parse().ok().map(|count| (count, top))
}

/// The aggregation that `agg=max(x)` names.
fn as_aggregate(call: &Call<'_>, arg: &Arg) -> Result<Aggregate, Box<Diagnostic>> {
    let alias = Some(Word::bare("\0score"));
    match arg {
        Arg::Word(word) => Ok(Aggregate { function: word.clone(), args: Vec::new(), alias, at: word.at }),
        Arg::Call { name, args } => {
            let args = args.iter().map(|arg| match arg {
                Arg::Word(word) => Ok(AggregateArg::Field(word.clone())),
                other => Err(call.unexpected(other)),
            });
            Ok(Aggregate {
                function: name.clone(),
                args: args.collect::<Result<_, _>>()?,
                alias,
                at: name.at,
            })
        }
        other => Err(call.unexpected(other)),
    }
}

/// `max in top5`, `sum notin bottom3`, `count > 10`.
fn condition(call: &Call<'_>, arg: &Arg) -> Result<Keep, Box<Diagnostic>> {
    let wrong = || call.unsupported(arg.span(), "WHERE takes `sum > 10` or `max in top5`");
    let Arg::Where(expression) = arg else { return Err(wrong()) };
    let word = |value: &SearchExpr| match value {
        SearchExpr::Term(SearchValue::Word(word)) => Some(word.raw.to_ascii_lowercase()),
        _ => None,
    };
    match expression {
        SearchExpr::Compare { field, op, value: SearchValue::Word(value), .. } => {
            let of = of(&field.raw).ok_or_else(wrong)?;
            let number = crate::value::parse_number(&text::search(value)).ok_or_else(wrong)?;
            Ok(Keep::Where { of, test: Test::Compare(*op, number) })
        }
        SearchExpr::And(terms, _) => {
            let words: Vec<String> = terms.iter().filter_map(word).collect();
            // The field of `max(x) in top5` says nothing: cells are of one aggregation.
            let (Some(first), [.., within, which]) = (words.first(), words.as_slice()) else {
                return Err(wrong());
            };
            let (true, 3..=4) = (words.len() == terms.len(), words.len()) else { return Err(wrong()) };
            let inside = match within.as_str() {
                "in" => true,
                "notin" => false,
                _ => return Err(wrong()),
            };
            let (count, top) = rank(which).ok_or_else(wrong)?;
            Ok(Keep::Where { of: of(first).ok_or_else(wrong)?, test: Test::Ranked { count, top, inside } })
        }
        _ => Err(wrong()),
    }
}

fn of(name: &str) -> Option<Of> {
    Some(match name.to_ascii_lowercase().as_str() {
        "count" | "c" => Of::Count,
        "sum" => Of::Sum,
        "avg" | "mean" => Of::Avg,
        "min" => Of::Min,
        "max" => Of::Max,
        _ => return None,
    })
}
