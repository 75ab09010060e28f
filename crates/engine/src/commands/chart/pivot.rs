//! From groups to a table.

use super::measures::Measure;
use super::series::{Ranked, Score, Series};
use super::{Layout, set};
use crate::Value;
use crate::aggregations::State;
use crate::commands::grouping::{Binning, Grouping, Groups, Part};
use crate::pipeline::{columns, compare};
use grotto_events::Batch;
use jiff::tz::TimeZone;

/// Bins that are filled in at most when their number is counted.
const MOST_BINS: usize = 10_000_000;

/// Results of a cell by slot.
type States = Vec<Option<Box<dyn State>>>;

/// A column of cells: a value of the column field, or the only one.
struct Line {
    name: String,
    /// One for each row of the table; empty for none.
    cells: Vec<States>,
}

/// The table of groups.
pub(super) fn table(mut groups: Groups, grouping: &Grouping, layout: &Layout) -> Batch {
    if grouping.by.is_empty() && groups.len() == 0 {
        groups.begin();
    }
    groups.settle();
    let filled = layout.row.is_some() && layout.continuous;
    let mut rows: Vec<Value> = match layout.row {
        Some(_) => groups.by_values(0),
        None => vec![Value::Null],
    };
    rows.sort_by(compare);
    rows.dedup();
    let bins = layout.row.as_ref().and_then(|_| grouping.by[0].bins.as_ref());
    if let Some(bins) = bins.filter(|_| filled) {
        rows = with_gaps(rows, bins, &grouping.timezone);
    }
    let parts = groups.parts();
    let slots = Slots { names: parts.slots, times: parts.times, grouping };
    let lines = match &layout.series {
        Some(series) => series_lines(parts.groups, &rows, layout, series, &slots),
        None => vec![Line { name: String::new(), cells: placed(parts.groups, &rows, layout) }],
    };
    let mut out = Batch::new(rows.len());
    if let Some(field) = &layout.row {
        set(&mut out, field, columns::column(&labelled(&rows, bins)));
    }
    let measures = slots.measures(layout);
    for measure in &measures {
        for line in &lines {
            let name = match (&layout.series, measures.len()) {
                (None, _) => measure.name.clone(),
                (Some(_), 1) => line.name.clone(),
                (Some(_), _) => layout.naming.name(&measure.name, &line.name),
            };
            let values = slots.values(measure, &line.cells, &rows, bins);
            set(&mut out, &name, columns::column(&values));
        }
    }
    out
}

/// The names of rows: ranges of numbers, times as they are.
fn labelled(rows: &[Value], bins: Option<&Binning>) -> Vec<Value> {
    let label = |value: &Value| match (value, bins) {
        (Value::Float(begin), Some(bins)) => Value::Text(bins.label(*begin)),
        (other, _) => other.clone(),
    };
    rows.iter().map(label).collect()
}

/// Groups as cells of rows, where there is one column.
fn placed(groups: Vec<Part>, rows: &[Value], layout: &Layout) -> Vec<States> {
    let mut cells: Vec<States> = rows.iter().map(|_| Vec::new()).collect();
    for group in groups {
        let row = if layout.row.is_some() { place(rows, &group.by[0]) } else { Some(0) };
        if let Some(cell) = row.and_then(|row| cells.get_mut(row)) {
            *cell = group.states;
        }
    }
    cells
}

fn place(rows: &[Value], value: &Value) -> Option<usize> {
    rows.binary_search_by(|row| compare(row, value)).ok()
}

/// A column for each series that stays, then those of rows without the field and of all others.
fn series_lines(
    groups: Vec<Part>,
    rows: &[Value],
    layout: &Layout,
    series: &Series,
    slots: &Slots<'_>,
) -> Vec<Line> {
    let column = usize::from(layout.row.is_some());
    let mut values: Vec<Value> = groups.iter().map(|group| group.by[column].clone()).collect();
    values.sort_by(compare);
    values.dedup();
    let mut cells: Vec<Vec<States>> =
        values.iter().map(|_| rows.iter().map(|_| Vec::new()).collect()).collect();
    for group in groups {
        let row = if column == 0 { Some(0) } else { place(rows, &group.by[0]) };
        if let (Some(row), Some(at)) = (row, place(&values, &group.by[column])) {
            cells[at][row] = group.states;
        }
    }
    let null = values.iter().position(Value::is_null);
    let measures = slots.measures(layout);
    let mut all: Vec<(Ranked, Vec<States>)> = Vec::new();
    let mut lone = None;
    for (i, (value, mut cells)) in values.into_iter().zip(cells).enumerate() {
        if Some(i) == null {
            lone = Some(cells);
            continue;
        }
        let numbers: Vec<f64> = match measures.first() {
            Some(measure) => {
                let bins = layout.row.as_ref().and_then(|_| slots.grouping.by[0].bins.as_ref());
                slots.values(measure, &cells, rows, bins).iter().filter_map(Value::number).collect()
            }
            None => Vec::new(),
        };
        let count = slots.total(series.count, &mut cells);
        let score = match series.score {
            Score::Sum => numbers.iter().sum(),
            Score::Count => count,
            Score::Call(call) => slots.total(call, &mut cells),
        };
        all.push((Ranked { value, score, rows: count, cells: numbers }, cells));
    }
    let (ranked, cells): (Vec<Ranked>, Vec<Vec<States>>) = all.into_iter().unzip();
    let kept = series.kept(&ranked);
    let (mut lines, mut other) = (Vec::new(), None);
    for ((ranked, kept), cells) in ranked.into_iter().zip(kept).zip(cells) {
        if kept {
            let name = labelled(&[ranked.value], series.bins.as_ref()).remove(0).text();
            lines.push(Line { name, cells });
        } else if series.other.is_some() {
            other = Some(merged(other.unwrap_or_default(), cells));
        }
    }
    for (name, cells) in [(&series.null, lone), (&series.other, other)] {
        if let (Some(name), Some(cells)) = (name, cells) {
            lines.push(Line { name: name.clone(), cells });
        }
    }
    lines
}

/// Cells put together row by row.
fn merged(mut mine: Vec<States>, theirs: Vec<States>) -> Vec<States> {
    if mine.is_empty() {
        return theirs;
    }
    for (mine, theirs) in mine.iter_mut().zip(theirs) {
        if mine.is_empty() {
            *mine = theirs;
            continue;
        }
        for (mine, theirs) in mine.iter_mut().zip(theirs) {
            match (mine.as_mut(), theirs) {
                (Some(mine), Some(theirs)) => mine.merge(theirs),
                (None, theirs) => *mine = theirs,
                (Some(_), None) => {}
            }
        }
    }
    mine
}

/// The bins from the first to the last.
fn with_gaps(rows: Vec<Value>, bins: &Binning, timezone: &TimeZone) -> Vec<Value> {
    let mut out: Vec<Value> = Vec::with_capacity(rows.len());
    for row in rows {
        while let Some(next) = out.last().and_then(|last| after(last, bins, timezone)) {
            if compare(&next, &row).is_lt() && out.len() < MOST_BINS {
                out.push(next);
            } else {
                break;
            }
        }
        out.push(row);
    }
    out
}

/// The bin after one, with the same rounding as bins of values have.
fn after(begin: &Value, bins: &Binning, timezone: &TimeZone) -> Option<Value> {
    match begin {
        Value::Time(ns) => bins.next_time(*ns, timezone).map(Value::Time),
        Value::Float(number) => bins.after(*number).map(Value::Float),
        _ => None,
    }
}

/// How many bins there are from the first to the last.
pub(super) fn bins_between(bins: &Binning, values: &[Value], timezone: &TimeZone) -> usize {
    let (mut low, mut high): (Option<f64>, Option<f64>) = (None, None);
    let (mut first, mut last): (Option<i64>, Option<i64>) = (None, None);
    for value in values {
        match value {
            Value::Time(ns) => {
                first = Some(first.map_or(*ns, |f| f.min(*ns)));
                last = last.max(Some(*ns));
            }
            Value::Float(x) => {
                low = Some(low.map_or(*x, |l| l.min(*x)));
                high = Some(high.map_or(*x, |h| h.max(*x)));
            }
            _ => {}
        }
    }
    if let Some((first, last)) = first.zip(last) {
        let step = bins.next_time(first, timezone).map_or(i64::MAX, |next| next - first).max(1);
        return usize::try_from(last.saturating_sub(first) / step + 1).unwrap_or(usize::MAX);
    }
    match low.zip(high).zip(low.and_then(|low| bins.after(low))) {
        Some(((low, high), next)) if !bins.is_log() => ((high - low) / (next - low)) as usize + 1,
        _ => 1,
    }
}

/// A measure with its name.
struct Column<'l> {
    measure: Kind<'l>,
    name: String,
}

enum Kind<'l> {
    Slot(usize),
    PerTime { slot: usize, seconds: f64 },
    Computed { expression: &'l crate::eval::Expression, parts: Vec<(usize, &'l str)> },
}

/// The slots of states, and how they are read.
struct Slots<'g> {
    names: Vec<(usize, String)>,
    times: Option<(i64, i64)>,
    grouping: &'g Grouping,
}

impl Slots<'_> {
    fn slot(&self, call: usize) -> usize {
        self.names.iter().position(|(c, _)| *c == call).unwrap_or(usize::MAX)
    }

    /// The measures, those with wildcards field by field.
    fn measures<'l>(&self, layout: &'l Layout) -> Vec<Column<'l>> {
        let mut out = Vec::new();
        for measure in &layout.measures {
            match measure {
                Measure::Plain(call) => {
                    for (slot, (_, name)) in self.names.iter().enumerate().filter(|(_, (c, _))| c == call) {
                        out.push(Column { measure: Kind::Slot(slot), name: name.clone() });
                    }
                }
                Measure::PerTime { call, seconds, name } => {
                    let measure = Kind::PerTime { slot: self.slot(*call), seconds: *seconds };
                    out.push(Column { measure, name: name.clone() });
                }
                Measure::Computed { expression, parts, name } => {
                    let parts =
                        parts.iter().map(|(call, field)| (self.slot(*call), field.as_str())).collect();
                    out.push(Column { measure: Kind::Computed { expression, parts }, name: name.clone() });
                }
            }
        }
        out
    }

    fn value(&self, slot: usize, states: &States) -> Value {
        match states.get(slot) {
            Some(Some(state)) => state.value(),
            _ => match self.names.get(slot) {
                Some((call, _)) => {
                    let mut state = self.grouping.calls[*call].state();
                    state.settle(self.times);
                    state.value()
                }
                None => Value::Null,
            },
        }
    }

    /// A measure of every row.
    fn values(
        &self,
        column: &Column<'_>,
        cells: &[States],
        rows: &[Value],
        bins: Option<&Binning>,
    ) -> Vec<Value> {
        match &column.measure {
            Kind::Slot(slot) => cells.iter().map(|states| self.value(*slot, states)).collect(),
            Kind::PerTime { slot, seconds } => {
                let rate = |(states, row): (&States, &Value)| {
                    let sum = self.value(*slot, states).number();
                    let length = length(row, bins, &self.grouping.timezone);
                    sum.zip(length).map_or(Value::Null, |(sum, length)| Value::Float(sum * seconds / length))
                };
                cells.iter().zip(rows).map(rate).collect()
            }
            Kind::Computed { expression, parts } => {
                let mut batch = Batch::new(cells.len());
                for (slot, field) in parts {
                    let values: Vec<Value> = cells.iter().map(|states| self.value(*slot, states)).collect();
                    set(&mut batch, field, columns::column(&values));
                }
                (0..cells.len()).map(|row| expression.value(&batch, row)).collect()
            }
        }
    }

    /// The number that a call gives over all cells; its states are used up.
    fn total(&self, call: usize, cells: &mut [States]) -> f64 {
        let slot = self.slot(call);
        let mut states = cells.iter_mut().filter_map(|states| states.get_mut(slot)?.take());
        let Some(mut first) = states.next() else { return 0.0 };
        states.for_each(|state| first.merge(state));
        first.value().number().unwrap_or(0.0)
    }
}

/// Seconds of a row's bin.
fn length(row: &Value, bins: Option<&Binning>, timezone: &TimeZone) -> Option<f64> {
    let Value::Time(begin) = row else { return None };
    let next = bins?.next_time(*begin, timezone)?;
    Some((next - begin) as f64 / 1e9)
}
