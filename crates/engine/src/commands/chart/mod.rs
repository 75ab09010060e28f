//! `chart`: aggregations as a table of rows and columns; and what it shares with `timechart`.

mod measures;
mod pivot;
mod series;
pub(super) mod timechart;

use super::grouping::{BIN_OPTIONS, Binning, By, Call as Aggregation, Grouping, Groups, is_time};
use super::{Build, Call, Example, Spec};
use crate::memory::{Memory, Rows};
use crate::pipeline::{Command, FieldSet, Fold, Kind};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};
use grotto_spl::ast::{Arg, Word};
use grotto_spl::text;
use measures::Measure;
use series::Series;
use std::any::Any;
use std::sync::Arc;

pub(super) static CHART: Spec = Spec {
    name: "chart",
    aliases: &[],
    summary: "Aggregates rows into a table: a row for each value of one field, and with a second field a column for \
              each of its values, the ten with the largest sums and one for all others.",
    syntax: "chart <aggregation>[(<field>)] [AS <name>]... [OVER <row field> [<bin options>]] [BY [<row field>] \
             <column field>] [limit=[top|bottom]<count>] [useother=<bool>] [otherstr=<text>] [usenull=<bool>] \
             [nullstr=<text>] [agg=<aggregation>] [cont=<bool>] [sep=<text>] [format=<text>] [span=<span>] \
             [bins=<count>] [WHERE <aggregation> in|notin top|bottom<count> | <comparison>]",
    kind: Kind::Transforming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/chart",
    deviations: &["WHERE takes count, sum, avg, min and max of the series"],
    assumptions: &[
        "bins-of-nice-sizes",
        "chart-bins-time-only",
        "chart-order-of-columns",
        "chart-where-cells",
    ],
    examples: &[
        Example {
            spl: "| chart count sum(bytes) as bytes over host",
            input: r#"[{"host": "b", "bytes": 5}, {"host": "a", "bytes": 1}, {"host": "b", "bytes": 2}, {"bytes": 9}]"#,
            expected: r#"[{"host": "a", "count": 1, "bytes": 1}, {"host": "b", "count": 2, "bytes": 7}]"#,
        },
        Example {
            spl: "| chart count by host user",
            input: r#"[{"host": "a", "user": "x"}, {"host": "b", "user": "y"}, {"host": "a", "user": "x"}, {"host": "b"}]"#,
            expected: r#"[{"host": "a", "x": 2, "y": 0, "NULL": 0}, {"host": "b", "x": 0, "y": 1, "NULL": 1}]"#,
        },
        Example {
            spl: "| chart limit=1 useother=t sum(n) over k by s",
            input: r#"[{"k": 1, "s": "p", "n": 1}, {"k": 1, "s": "q", "n": 5}, {"k": 2, "s": "r", "n": 2}]"#,
            expected: r#"[{"k": 1, "q": 5, "OTHER": 1}, {"k": 2, "OTHER": 2}]"#,
        },
        Example {
            spl: "| chart eval(max(n)-min(n)) as spread by k s",
            input: r#"[{"k": 1, "s": "p", "n": 7}, {"k": 1, "s": "p", "n": 2}, {"k": 1, "s": "q", "n": 3}]"#,
            expected: r#"[{"k": 1, "p": 5, "q": 0}]"#,
        },
    ],
    build: Build::Command(build),
};

/// Options that shape the whole table.
const TABLE_OPTIONS: [&str; 6] = ["cont", "sep", "format", "dedup_splitvals", "allnum", "agg"];

/// Rows that a table may have once gaps are filled.
const MOST_ROWS: usize = 1_000_000;

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let mut parts = Parts::of(call, false)?;
    let (row, split) = match (parts.over.take(), parts.by.len()) {
        (None, 0) => (None, None),
        (None, 1) => (Some(parts.by.remove(0)), None),
        (None, 2) => (Some(parts.by.remove(0)), Some(parts.by.remove(0))),
        (Some(over), 0) => (Some(over), None),
        (Some(over), 1) => (Some(over), Some(parts.by.remove(0))),
        _ => {
            return Err(call.bad(call.name_span(), "at most one field for rows and one for columns"));
        }
    };
    Chart::new(call, &parts, row, split.as_ref()).map(|chart| Box::new(chart) as Box<dyn Command>)
}

/// A field of rows or columns with the options that stand behind it.
struct Axis<'a> {
    field: String,
    args: Vec<&'a Arg>,
}

/// The arguments by what they are about.
struct Parts<'a> {
    aggregates: Vec<&'a Arg>,
    /// Options before any field.
    options: Vec<&'a Arg>,
    over: Option<Axis<'a>>,
    by: Vec<Axis<'a>>,
    filter: Option<&'a Arg>,
    /// `timechart`: options belong to the time wherever they stand.
    timed: bool,
}

impl<'a> Parts<'a> {
    fn of(call: &Call<'a>, timed: bool) -> Result<Self, Box<Diagnostic>> {
        let mut parts = Self {
            aggregates: Vec::new(),
            options: Vec::new(),
            over: None,
            by: Vec::new(),
            filter: None,
            timed,
        };
        for arg in call.args {
            match arg {
                Arg::Aggregate(_) => parts.aggregates.push(arg),
                Arg::Option { .. } => match (&mut parts.over, parts.by.last_mut()) {
                    (_, Some(axis)) | (Some(axis), None) => axis.args.push(arg),
                    (None, None) => parts.options.push(arg),
                },
                Arg::Over(word) if parts.over.is_none() && !timed => parts.over = Some(Axis::of(call, word)?),
                Arg::By(items) => {
                    for item in items {
                        match (item, parts.by.last_mut()) {
                            (Arg::Word(word), _) => parts.by.push(Axis::of(call, word)?),
                            (Arg::Option { .. }, Some(axis)) => axis.args.push(item),
                            _ => return Err(call.unexpected(item)),
                        }
                    }
                }
                Arg::Where(_) if parts.filter.is_none() => parts.filter = Some(arg),
                other => return Err(call.unexpected(other)),
            }
        }
        if parts.aggregates.is_empty() {
            return Err(call.missing("an aggregation"));
        }
        Ok(parts)
    }

    /// Every option, wherever it stands.
    fn all_options(&self, row: Option<&Axis<'a>>, split: Option<&Axis<'a>>) -> Vec<Arg> {
        let axes = row.into_iter().chain(split).flat_map(|axis| &axis.args);
        self.options.iter().chain(axes).map(|arg| (*arg).clone()).collect()
    }
}

impl<'a> Axis<'a> {
    fn of(call: &Call<'_>, word: &Word) -> Result<Self, Box<Diagnostic>> {
        let field = text::field(word);
        if field.contains('*') {
            return Err(call.bad(word.at.0, "a BY field can't have wildcards"));
        }
        Ok(Self { field, args: Vec::new() })
    }

    /// The bins that the options behind the field, or before all fields, ask for.
    fn bins(&self, call: &Call<'_>, others: &[&'a Arg]) -> Result<Option<Binning>, Box<Diagnostic>> {
        let args: Vec<Arg> = others.iter().chain(&self.args).map(|arg| (*arg).clone()).collect();
        let is_bin = |arg: &Arg| matches!(arg, Arg::Option { name, .. } if BIN_OPTIONS.iter().any(|o| name.is_keyword(o)));
        let args: Vec<Arg> = args.into_iter().filter(is_bin).collect();
        Binning::of(call, &call.split_of(&args, &BIN_OPTIONS)?.options)
    }
}

/// A table of rows and columns, ready to be filled.
struct Chart {
    grouping: Arc<Grouping>,
    layout: Arc<Layout>,
}

/// How groups become a table.
struct Layout {
    measures: Vec<Measure>,
    /// The field of rows; it is the first BY field.
    row: Option<String>,
    /// Whether a column is made for each value of the last BY field, and which.
    series: Option<Series>,
    /// Fill gaps between bins.
    continuous: bool,
    naming: Naming,
}

/// Names of columns where there are several aggregations of several series.
struct Naming {
    separator: String,
    format: Option<String>,
}

impl Naming {
    fn name(&self, aggregation: &str, value: &str) -> String {
        match &self.format {
            Some(format) => format.replace("$AGG$", aggregation).replace("$VAL$", value),
            None => format!("{aggregation}{}{value}", self.separator),
        }
    }
}

impl Chart {
    fn new<'a>(
        call: &Call<'a>,
        parts: &Parts<'a>,
        row: Option<Axis<'a>>,
        split: Option<&Axis<'a>>,
    ) -> Result<Self, Box<Diagnostic>> {
        let options = parts.all_options(row.as_ref(), split);
        let mut known: Vec<&str> =
            TABLE_OPTIONS.into_iter().chain(BIN_OPTIONS).chain(series::OPTIONS).collect();
        if parts.timed {
            known.extend(["partial", "fixedrange"]);
        }
        let options = call.split_of(&options, &known)?.options;
        if parts.timed && !options.flag("partial", true)? {
            let at = options.get("partial").map(Arg::span).unwrap_or_default();
            return Err(call.unsupported(at, "the search has no time range that would make bins partial"));
        }
        let (mut calls, measures) = measures::of(call, &parts.aggregates, parts.timed)?;
        let mut by = Vec::new();
        if let Some(axis) = &row {
            by.push(row_field(call, parts, axis, split)?);
        }
        let mut series = None;
        if let Some(axis) = split {
            let bins = if parts.timed { None } else { axis.bins(call, &[])? };
            let found = Series::new(call, &options, parts.filter, bins.clone(), measures.len(), &mut calls)?;
            by.push(By { field: axis.field.clone(), bins, keep_null: true });
            series = Some(found);
        } else if let Some(filter) = parts.filter {
            return Err(call.bad(filter.span(), "WHERE chooses series, and there is no field for them"));
        }
        let grouping = Grouping {
            all_numbers: options.flag("allnum", false)?,
            split_once: options.flag("dedup_splitvals", false)?,
            ..Grouping::new(calls, by, call.context.timezone.clone())
        };
        let layout = Layout {
            measures,
            row: row.map(|axis| axis.field),
            series,
            continuous: options.flag("cont", true)?,
            naming: Naming {
                separator: options.text("sep")?.unwrap_or_else(|| ": ".to_owned()),
                format: options.text("format")?,
            },
        };
        Ok(Self { grouping: Arc::new(grouping), layout: Arc::new(layout) })
    }

    /// With sizes of bins that fit the rows.
    fn resolved(&self, rows: &Batch) -> Arc<Grouping> {
        let mut grouping = (*self.grouping).clone();
        for by in &mut grouping.by {
            if let (Some(bins), Some(column)) = (&by.bins, rows.column(&by.field)) {
                by.bins = Some(bins.resolved(column, is_time(&by.field, rows), &grouping.timezone));
            }
        }
        Arc::new(grouping)
    }
}

/// The field of rows with its bins: those of `timechart` are of time, however they are asked for.
fn row_field<'a>(
    call: &Call<'a>,
    parts: &Parts<'a>,
    row: &Axis<'a>,
    split: Option<&Axis<'a>>,
) -> Result<By, Box<Diagnostic>> {
    let mut others = parts.options.clone();
    if parts.timed {
        others.extend(split.into_iter().flat_map(|axis| &axis.args));
    }
    let bins = row.bins(call, &others)?;
    let auto = (row.field == "_time").then(Binning::auto);
    Ok(By { field: row.field.clone(), bins: bins.or(auto), keep_null: false })
}

impl Command for Chart {
    fn kind(&self) -> Kind {
        Kind::Transforming
    }

    fn needs(&self, _: &FieldSet) -> FieldSet {
        self.grouping.needs()
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let grouping = self.resolved(&rows);
        let mut cells =
            Cells { groups: Groups::new(Arc::clone(&grouping)), grouping, layout: Arc::clone(&self.layout) };
        cells.groups.add(&rows)?;
        let filled = cells.filled();
        if filled > MOST_ROWS {
            let message = format!("the table has {filled} rows, more than {MOST_ROWS}");
            return Err(Box::new(Diagnostic::error("engine/limit", message).help("make the span larger")));
        }
        Ok(pivot::table(cells.groups, &cells.grouping, &cells.layout))
    }

    fn fold(&self) -> Option<Box<dyn Fold>> {
        // Sizes that follow from the rows need all of them.
        let auto = self.grouping.by.iter().any(|by| by.bins.as_ref().is_some_and(Binning::is_auto));
        let cells = || Cells {
            groups: Groups::new(Arc::clone(&self.grouping)),
            grouping: Arc::clone(&self.grouping),
            layout: Arc::clone(&self.layout),
        };
        (!auto).then(|| Box::new(cells()) as Box<dyn Fold>)
    }
}

/// The groups of a table.
struct Cells {
    groups: Groups,
    grouping: Arc<Grouping>,
    layout: Arc<Layout>,
}

impl Cells {
    /// Number of rows once gaps are filled.
    fn filled(&self) -> usize {
        let bins = self.grouping.by.first().and_then(|by| by.bins.as_ref());
        match bins.filter(|_| self.layout.continuous && self.layout.row.is_some()) {
            Some(bins) => pivot::bins_between(bins, &self.groups.by_values(0), &self.grouping.timezone),
            None => self.groups.len(),
        }
    }
}

impl Fold for Cells {
    fn accumulate(&mut self, rows: &Batch) -> Result<(), Box<Diagnostic>> {
        self.groups.accumulate(rows)
    }

    fn merge(&mut self, other: Box<dyn Fold>) {
        if let Ok(other) = other.into_any().downcast::<Self>() {
            self.groups.merge(Box::new(other.groups));
        }
    }

    fn finish(self: Box<Self>, _: &Memory, _: &[Box<dyn Command>]) -> Result<(Rows, usize), Box<Diagnostic>> {
        // Which columns there are follows from all groups.
        let groups = self.groups.whole()?;
        Ok((Rows::Memory(pivot::table(groups, &self.grouping, &self.layout)), 0))
    }

    fn rows(&self) -> usize {
        // Every row that is filled in takes memory as a group does.
        self.groups.len().max(self.filled().saturating_mul(5))
    }

    fn bytes(&self) -> usize {
        self.groups.bytes()
    }

    fn weigh(&mut self) {
        self.groups.weigh();
    }

    fn spill(&mut self, memory: &Memory) -> Result<u64, Box<Diagnostic>> {
        self.groups.spill(memory)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// A column of a result.
fn set(out: &mut Batch, name: &str, column: Column) {
    out.set(name, column);
}

#[cfg(test)]
mod tests;
