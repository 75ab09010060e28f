//! `streamstats`: aggregates the rows up to each row and writes the results into it.

use super::grouping::{Grouping, Groups, Span, calls};
use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::eval::Expression;
use crate::memory::{Chunks, Memory, Rows, too_large, weight};
use crate::pipeline::{
    Command, Env, FieldSet, Fold, Kind, Stop, columns, concat, each_chunk, is_hidden, mark_in_order,
    nanoseconds,
};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::ast::Arg;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::VecDeque;
use std::sync::Arc;

pub(super) static STREAMSTATS: Spec = Spec {
    name: "streamstats",
    aliases: &[],
    summary: "Aggregates the rows up to each row, or the last rows before it, and writes the results into it.",
    syntax: "streamstats [current=<bool>] [window=<count>] [global=<bool>] <aggregation>[(<field>)] [AS <name>]... \
             [BY <fields>] [time_window=<span>] [reset_on_change=<bool>] [reset_before=(<eval-expression>)] \
             [reset_after=(<eval-expression>)] [allnum=<bool>]",
    kind: Kind::CentralisedStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/streamstats",
    deviations: &[],
    assumptions: &["eventstats-keeps-null-by", "streamstats-time-window"],
    examples: &[
        Example {
            spl: "| streamstats sum(n) as total count by host",
            input: r#"[{"host": "a", "n": 1}, {"host": "b", "n": 5}, {"host": "a", "n": 2}]"#,
            expected: r#"[{"host": "a", "n": 1, "total": 1, "count": 1}, {"host": "b", "n": 5, "total": 5, "count": 1},
                {"host": "a", "n": 2, "total": 3, "count": 2}]"#,
        },
        Example {
            spl: "| streamstats window=1 current=f last(n) as before",
            input: r#"[{"n": 1}, {"n": 2}, {"n": 3}]"#,
            expected: r#"[{"n": 1}, {"n": 2, "before": 1}, {"n": 3, "before": 2}]"#,
        },
    ],
    build: Build::Command(build),
};

/// Splunk's limit of a window (`max_stream_window` of limits.conf).
const LARGEST_WINDOW: usize = 10_000;
/// Rows that all windows together may be aggregated over, so that a search ends.
const MOST_WORK: usize = 200_000_000;

const OPTIONS: [&str; 8] = [
    "current",
    "window",
    "global",
    "time_window",
    "reset_on_change",
    "reset_before",
    "reset_after",
    "allnum",
];

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let args = call.lifted();
    let split = call.split_of(&args, &OPTIONS)?;
    let options = &split.options;
    let at = |name| options.get(name).map(Arg::span).unwrap_or_default();
    let window = options.count("window", 0)?;
    if window > LARGEST_WINDOW {
        return Err(call.bad(at("window"), &format!("a window has at most {LARGEST_WINDOW} rows")));
    }
    let time_window = match options.text("time_window")? {
        None => None,
        Some(_) if window > 0 => {
            return Err(call.bad(at("time_window"), "window and time_window exclude each other"));
        }
        Some(text) => match Span::parse(&text).and_then(Span::nanoseconds) {
            Some(length) => Some(length),
            None => return Err(call.bad(at("time_window"), "this is no length of time such as 5m or 1h")),
        },
    };
    let condition = |name: &str| match options.get(name) {
        None => Ok(None),
        Some(Arg::Expr(expression)) => Expression::compile(expression, call.context).map(Some),
        Some(other) => Err(call.bad(other.span(), "a condition in parentheses is expected")),
    };
    let (calls, by) = calls(call, &split.rest)?;
    let all_numbers = options.flag("allnum", false)?;
    Ok(Box::new(Streamstats {
        grouping: Arc::new(Grouping {
            all_numbers,
            ..Grouping::new(calls, by, call.context.timezone.clone())
        }),
        current: options.flag("current", true)?,
        window: match time_window {
            Some(length) => Window::Time(length),
            None if window > 0 => Window::Rows(window),
            None => Window::All,
        },
        global: options.flag("global", true)?,
        on_change: options.flag("reset_on_change", false)?,
        before: condition("reset_before")?,
        after: condition("reset_after")?,
    }))
}

struct Streamstats {
    grouping: Arc<Grouping>,
    /// Whether the row itself counts.
    current: bool,
    window: Window,
    /// Whether the window is over all rows, not over those of the group.
    global: bool,
    /// Begin anew when the group is another one than before.
    on_change: bool,
    /// Begin anew before rows for which this holds.
    before: Option<Expression>,
    /// Begin anew after rows for which this holds; it may read the results.
    after: Option<Expression>,
}

/// Which rows count.
#[derive(Clone, Copy)]
enum Window {
    All,
    /// At most so many.
    Rows(usize),
    /// Those that are less than this (nanoseconds) away.
    Time(i64),
}

impl Command for Streamstats {
    fn kind(&self) -> Kind {
        Kind::CentralisedStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        needs.union(&self.grouping.needs());
        for condition in self.before.iter().chain(&self.after) {
            needs.extend(condition.fields());
        }
        if matches!(self.window, Window::Time(_)) {
            needs.insert("_time");
        }
        needs
    }

    fn stays_empty(&self) -> bool {
        true
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let results = Pass::new(self, &rows, Carried::new(self))?.results()?.0;
        Ok(beside(rows, results))
    }

    fn run_chunks(&self, rows: &Chunks, _: &mut Env<'_>) -> Result<Option<Rows>, Stop> {
        let memory = rows.memory();
        let one_way = matches!(self.window, Window::Time(_)) && goes_one_way(rows)?;
        let (mut carried, mut next) = (Carried::new(self), 0);
        each_chunk(rows, &mut |mut chunk| {
            mark_in_order(&mut chunk, &mut next);
            let before = std::mem::replace(&mut carried, Carried::new(self));
            let all = match before.reached.rows() {
                0 => chunk.clone(),
                _ => concat(&[before.reached.clone(), chunk.clone()]),
            };
            let (results, mut after) = Pass::new(self, &all, before)?.results()?;
            after.reach(&all, self.window, one_way);
            after.check(memory)?;
            carried = after;
            chunk.retain(|name| !is_hidden(name));
            Ok(beside(chunk, results))
        })
        .map(Some)
    }
}

/// Whether the times of all rows only fall, or only rise. Then what is too far from a row is too far from all later ones.
fn goes_one_way(rows: &Chunks) -> Result<bool, Box<Diagnostic>> {
    let (mut rises, mut falls) = (true, true);
    let mut last: Option<i64> = None;
    for chunk in rows.iter() {
        let chunk = chunk?;
        for row in 0..chunk.rows() {
            let Some(time) = nanoseconds(chunk.cell("_time", row)) else { return Ok(false) };
            rises &= last.is_none_or(|last| last <= time);
            falls &= last.is_none_or(|last| last >= time);
            last = Some(time);
        }
    }
    Ok(rises || falls)
}

/// Rows with their results.
fn beside(mut rows: Batch, (names, results): Results) -> Batch {
    for (i, name) in names.into_iter().enumerate() {
        let value = |(row, values): (usize, &Option<Vec<Value>>)| match values {
            Some(values) => values.get(i).cloned().unwrap_or_default(),
            None => rows.cell(&name, row).into(),
        };
        let column = columns::column(&results.iter().enumerate().map(value).collect::<Vec<_>>());
        rows.set(name.as_str(), column);
    }
    rows
}

/// The names of results, and each row's; none for rows that are in no group.
type Results = (Vec<String>, Vec<Option<Vec<Value>>>);

/// What is remembered from rows to rows.
struct Carried {
    groups: Groups,
    /// Groups that have seen rows since the last reset.
    seen: FxHashSet<u32>,
    /// The group of the row before, and that row if it is still there.
    last: Option<u32>,
    last_row: Option<u32>,
    windows: Windows,
    /// The rows that windows hold, by whose numbers they hold them.
    reached: Batch,
    /// Rows that windows were aggregated over.
    work: usize,
}

/// Numbers of the rows in reach; of each group, or of all.
type Windows = FxHashMap<Option<u32>, VecDeque<u32>>;

impl Carried {
    fn new(command: &Streamstats) -> Self {
        Self {
            groups: Groups::new(Arc::clone(&command.grouping)),
            seen: FxHashSet::default(),
            last: None,
            last_row: None,
            windows: Windows::default(),
            reached: Batch::new(0),
            work: 0,
        }
    }

    /// Keeps of these rows those that windows hold, and the last one. Groups are made anew of these: what is known of
    /// them is in their windows. Where rows `go one way` in time, also windows of groups that have no more rows let go
    /// of what is too old.
    fn reach(&mut self, rows: &Batch, window: Window, one_way: bool) {
        match (window, rows.rows().checked_sub(1)) {
            (Window::All, _) => {
                self.last_row = None;
                return;
            }
            (Window::Time(length), Some(last)) if one_way => {
                let now = nanoseconds(rows.cell("_time", last));
                self.windows.values_mut().for_each(|window| expire(window, rows, now, length));
            }
            _ => {}
        }
        self.windows.retain(|_, window| !window.is_empty());
        let mut held: Vec<u32> = self.windows.values().flatten().copied().chain(self.last_row).collect();
        held.sort_unstable();
        held.dedup();
        for row in self.windows.values_mut().flatten().chain(&mut self.last_row) {
            *row = held.binary_search(row).unwrap_or_default() as u32;
        }
        self.reached = rows.take(&held).compact();
        self.groups = self.groups.empty();
        self.seen.clear();
    }

    /// Whether what is remembered fits into memory.
    fn check(&mut self, memory: &Memory) -> Result<(), Box<Diagnostic>> {
        let windows = weight(&self.reached) + self.windows.values().map(|w| 64 + 4 * w.len()).sum::<usize>();
        if windows > memory.whole() {
            return Err(too_large("what the windows of streamstats hold", memory));
        }
        if windows + self.groups.bytes() > memory.whole() {
            self.groups.weigh();
            if windows + self.groups.bytes() > memory.whole() {
                return Err(too_large("what groups have to remember", memory));
            }
        }
        Ok(())
    }
}

/// One walk over the rows.
struct Pass<'s> {
    command: &'s Streamstats,
    rows: &'s Batch,
    groups: Groups,
    group_of: Vec<Option<u32>>,
    /// The first row that was not walked over before; those before it are in windows.
    start: usize,
    windows: Windows,
    /// Groups that have seen rows since the last reset.
    seen: FxHashSet<u32>,
    last: Option<u32>,
    last_row: Option<u32>,
    work: usize,
}

impl<'s> Pass<'s> {
    /// Over the rows behind those that are still in reach.
    fn new(command: &'s Streamstats, rows: &'s Batch, before: Carried) -> Result<Self, Box<Diagnostic>> {
        let Carried { mut groups, seen, mut last, last_row, windows, reached, work } = before;
        let mut group_of: Vec<Option<u32>> = vec![None; rows.rows()];
        for (row, group) in groups.members(rows)?.into_iter().rev() {
            group_of[row as usize] = Some(group);
        }
        // Groups may have other numbers now.
        if let Some(row) = last_row {
            last = group_of.get(row as usize).copied().flatten();
        }
        let group_now = |key: Option<u32>, window: &VecDeque<u32>| {
            key.and(window.front()).and_then(|row| group_of.get(*row as usize).copied().flatten())
        };
        let windows = windows.into_iter().map(|(key, window)| (group_now(key, &window), window)).collect();
        let start = reached.rows();
        Ok(Self { command, rows, groups, group_of, start, windows, seen, last, last_row, work })
    }

    fn results(mut self) -> Result<(Results, Carried), Box<Diagnostic>> {
        let before = self.command.before.as_ref().map(|condition| condition.mask(self.rows));
        let mut results = Vec::with_capacity(self.rows.rows() - self.start);
        for row in self.start..self.rows.rows() {
            if before.as_ref().is_some_and(|mask| mask.value(row)) {
                self.reset();
            }
            let Some(group) = self.group_of[row] else {
                results.push(None);
                continue;
            };
            if self.command.on_change && self.last.is_some_and(|last| last != group) {
                self.reset();
            }
            (self.last, self.last_row) = (Some(group), Some(row as u32));
            let values = self.row(row as u32, group)?;
            let reset = self.command.after.as_ref().is_some_and(|after| self.holds(after, row, &values));
            results.push(Some(values));
            if reset {
                self.reset();
            }
        }
        let results = (self.groups.names(), results);
        let Self { groups, seen, last, last_row, windows, work, .. } = self;
        Ok((results, Carried { groups, seen, last, last_row, windows, reached: Batch::new(0), work }))
    }

    /// The results of a row of a group.
    fn row(&mut self, row: u32, group: u32) -> Result<Vec<Value>, Box<Diagnostic>> {
        self.expire(row, group);
        let before = if self.command.current { None } else { Some(self.values(group)?) };
        self.seen.insert(group);
        match self.command.window {
            Window::All => self.groups.aggregate(self.rows, &[(row, group)]),
            Window::Rows(most) => {
                let window = self.windows.entry((!self.command.global).then_some(group)).or_default();
                window.push_back(row);
                if window.len() > most {
                    window.pop_front();
                }
            }
            Window::Time(_) => {
                let window = self.windows.entry(Some(group)).or_default();
                window.push_back(row);
                if window.len() > LARGEST_WINDOW {
                    return Err(too_much(&format!("a window of time holds more than {LARGEST_WINDOW} rows")));
                }
            }
        }
        match before {
            Some(before) => Ok(before),
            None => self.values(group),
        }
    }

    /// Forgets rows that are too far in time from the row that comes.
    fn expire(&mut self, row: u32, group: u32) {
        let Window::Time(length) = self.command.window else { return };
        let Some(window) = self.windows.get_mut(&Some(group)) else { return };
        expire(window, self.rows, nanoseconds(self.rows.cell("_time", row as usize)), length);
    }

    /// The results of a group over the rows in reach.
    fn values(&mut self, group: u32) -> Result<Vec<Value>, Box<Diagnostic>> {
        let by_group = match self.command.window {
            Window::All => return Ok(self.groups.values(group)),
            Window::Rows(_) => !self.command.global,
            Window::Time(_) => true,
        };
        self.groups.reset(group);
        let window = self.windows.get(&by_group.then_some(group));
        let in_group = |row: &&u32| self.group_of[**row as usize] == Some(group);
        let members: Vec<(u32, u32)> =
            window.into_iter().flatten().filter(in_group).map(|row| (*row, group)).collect();
        self.work += window.map_or(0, VecDeque::len);
        if self.work > MOST_WORK {
            return Err(too_much(&format!("the windows of streamstats hold more than {MOST_WORK} rows")));
        }
        self.groups.aggregate(self.rows, &members);
        Ok(self.groups.values(group))
    }

    /// Whether a condition holds for a row with its results.
    fn holds(&self, condition: &Expression, row: usize, values: &[Value]) -> bool {
        let mut one = Batch::new(1);
        for field in condition.fields() {
            if let Some(column) = self.rows.column(field) {
                one.set(field.clone(), columns::column(&[column.cell(row).into()]));
            }
        }
        for (name, value) in self.groups.names().iter().zip(values) {
            one.set(name.as_str(), columns::column(std::slice::from_ref(value)));
        }
        condition.mask(&one).value(0)
    }

    /// As if no rows had been.
    fn reset(&mut self) {
        self.windows.clear();
        for group in std::mem::take(&mut self.seen) {
            self.groups.reset(group);
        }
    }
}

/// Takes the first rows that are too far in time out of a window.
fn expire(window: &mut VecDeque<u32>, rows: &Batch, now: Option<i64>, length: i64) {
    while let Some(first) = window.front() {
        let time = nanoseconds(rows.cell("_time", *first as usize));
        if now.zip(time).is_some_and(|(a, b)| a.abs_diff(b) < length.unsigned_abs()) {
            return;
        }
        window.pop_front();
    }
}

fn too_much(message: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("engine/limit", message.to_owned()).help("make the window smaller"))
}
