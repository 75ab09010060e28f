//! `transaction`: puts events that belong together into one row.

mod disk;
mod find;
mod render;

use super::{Build, Call, Example, Spec};
use crate::Context;
use crate::commands::call::Options;
use crate::commands::grouping::Span;
use crate::eval::Expression;
use crate::memory::{Chunks, Rows};
use crate::pipeline::{Command, Env, FieldSet, Kind, Stop, concat, nanoseconds};
use crate::predicate::Formula;
use arrow_array::BooleanArray;
use find::Finder;
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};
use grotto_spl::ast::{Arg, Word};
use grotto_spl::text;
use render::Rendering;
use std::cmp::Reverse;

pub(super) static TRANSACTION: Spec = Spec {
    name: "transaction",
    aliases: &["transam"],
    summary: "Puts events that share values of the fields into one row, with the time of the earliest, the values of \
              all, their number in eventcount and the seconds from the first to the last in duration. Values unify \
              transitively: an event with two of the fields joins events that have only one of them.",
    syntax: "transaction [<fields>] [maxspan=<time>] [maxpause=<time>] [maxevents=<count>] \
             [startswith=<condition>] [endswith=<condition>] [connected=<bool>] [unifyends=<bool>] \
             [keepevicted=<bool>] [keeporphans=<bool>] [maxopentxn=<count>] [maxopenevents=<count>] \
             [mvlist=<bool>|<fields>] [mvraw=<bool>] [delim=<text>] [nullstr=<text>]",
    kind: Kind::CentralisedStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/transaction",
    deviations: &[
        "`name` is not supported: there are no transaction types",
        "open transactions are evicted only when `maxopentxn` or `maxopenevents` is given; without them the limits of the search hold",
        "rows that do not come newest first are put in that order before",
    ],
    assumptions: &[
        "transaction-at-the-end",
        "transaction-events-without-fields",
        "transaction-raw-lines",
        "transaction-unifies-open",
    ],
    examples: &[
        Example {
            spl: "| transaction user maxpause=1m | table _time user action eventcount duration closed_txn",
            input: r#"[{"_time": 500, "user": "a", "action": "x"}, {"_time": 130, "user": "b", "action": "z"},
                {"_time": 100, "user": "a", "action": "y"}, {"_time": 60, "user": "a", "action": "x"}]"#,
            expected: r#"[{"_time": 500, "user": "a", "action": "x", "eventcount": 1, "duration": 0, "closed_txn": 1},
                {"_time": 130, "user": "b", "action": "z", "eventcount": 1, "duration": 0, "closed_txn": 1},
                {"_time": 60, "user": "a", "action": ["x", "y"], "eventcount": 2, "duration": 40, "closed_txn": 0}]"#,
        },
        Example {
            spl: r"| transaction task startswith=(EventCode=4698) endswith=(EventCode=4699) mvlist=t | table _time task EventCode",
            input: r#"[{"_time": 40, "task": "t", "EventCode": 4698}, {"_time": 30, "task": "t", "EventCode": 4699},
                {"_time": 20, "task": "t", "EventCode": 4698}, {"_time": 10, "task": "u", "EventCode": 4699}]"#,
            expected: r#"[{"_time": 20, "task": ["t", "t"], "EventCode": ["4698", "4699"]}]"#,
        },
        Example {
            spl: "| transaction host cookie | table _time event eventcount",
            input: r#"[{"_time": 3, "event": "1", "host": "a"}, {"_time": 2, "event": "2", "host": "a", "cookie": "b"},
                {"_time": 1, "event": "3", "cookie": "b"}]"#,
            expected: r#"[{"_time": 1, "event": ["1", "2", "3"], "eventcount": 3}]"#,
        },
    ],
    build: Build::Command(build),
};

/// Fields that the command makes.
const MADE: [&str; 5] = ["duration", "eventcount", "closed_txn", "field_match_sum", "_txn_orphan"];

const OPTIONS: [&str; 16] = [
    "maxspan",
    "maxpause",
    "maxevents",
    "startswith",
    "endswith",
    "connected",
    "unifyends",
    "keepevicted",
    "keeporphans",
    "maxopentxn",
    "maxopenevents",
    "mvlist",
    "mvraw",
    "delim",
    "nullstr",
    "fields",
];

/// Fields are told apart by a bit each.
const MOST_FIELDS: usize = 64;

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&OPTIONS)?;
    let options = &split.options;
    let mut fields: Vec<String> = options.word("fields")?.into_iter().flat_map(listed).collect();
    for word in call.words(&split.rest)? {
        fields.extend(listed(word));
    }
    fields.sort();
    fields.dedup();
    if fields.len() > MOST_FIELDS {
        return Err(call.bad(call.name_span(), &format!("at most {MOST_FIELDS} fields")));
    }
    let positive = |name: &str| -> Result<Option<usize>, Box<Diagnostic>> {
        let count = options.count(name, 0)?;
        Ok((count > 0).then_some(count))
    };
    let settings = Settings {
        fields,
        starts: condition(call, options, "startswith")?,
        ends: condition(call, options, "endswith")?,
        max_span: length(call, options, "maxspan")?,
        max_pause: length(call, options, "maxpause")?,
        max_events: options.count("maxevents", 1000)?.max(1),
        max_open: positive("maxopentxn")?,
        max_open_events: positive("maxopenevents")?,
        connected: options.flag("connected", true)?,
        unify_ends: options.flag("unifyends", false)?,
    };
    Ok(Box::new(Transaction {
        settings,
        keep_evicted: options.flag("keepevicted", false)?,
        keep_orphans: options.flag("keeporphans", false)?,
        rendering: Rendering::new(options)?,
    }))
}

/// The fields that a word writes: quoted ones may be several with commas between.
fn listed(word: &Word) -> Vec<String> {
    let text = text::field(word);
    text.split([',', ' ']).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// A condition of the start or the end.
enum Condition {
    Search(Formula),
    Eval(Expression),
}

impl Condition {
    fn mask(&self, rows: &Batch) -> BooleanArray {
        match self {
            Self::Search(formula) => formula.mask(rows).to_array(rows.rows()),
            Self::Eval(expression) => expression.mask(rows),
        }
    }

    fn needed(&self, needs: &mut FieldSet) {
        match self {
            Self::Search(formula) => needs.extend(formula.fields()),
            Self::Eval(expression) => needs.extend(expression.fields()),
        }
    }
}

/// A search expression in parentheses, `eval(…)`, or a quoted or single word that is read as a search.
fn condition(
    call: &Call<'_>,
    options: &Options<'_>,
    name: &str,
) -> Result<Option<Condition>, Box<Diagnostic>> {
    let Some(value) = options.get(name) else { return Ok(None) };
    let context: &Context = call.context;
    Ok(Some(match value {
        Arg::Search(expression) => Condition::Search(Formula::compile(expression, context)?),
        Arg::Call { name, args } if name.is_keyword("eval") => match args.as_slice() {
            [Arg::Expr(expression)] => Condition::Eval(Expression::compile(expression, context)?),
            _ => return Err(call.unexpected(value)),
        },
        Arg::Word(word) => {
            let at = |e: Box<Diagnostic>| call.bad(word.at.0, &format!("this is no search: {}", e.message));
            let expression = grotto_spl::parse_search_expression(&text::argument(word)).map_err(at)?;
            Condition::Search(Formula::compile(&expression, context).map_err(at)?)
        }
        other => return Err(call.unexpected(other)),
    }))
}

/// A length of time in nanoseconds; a negative one is none.
fn length(call: &Call<'_>, options: &Options<'_>, name: &str) -> Result<Option<i64>, Box<Diagnostic>> {
    let Some(word) = options.word(name)? else { return Ok(None) };
    let written = text::argument(word);
    if written.starts_with('-') {
        return Ok(None);
    }
    match Span::parse(&written).and_then(Span::nanoseconds) {
        Some(length) => Ok(Some(length)),
        None if written.trim_matches('0').is_empty() => Ok(Some(0)),
        None => Err(call.bad(word.at.0, &format!("`{written}` is no length of time such as 30s, 5m or 2h"))),
    }
}

/// What makes transactions.
struct Settings {
    fields: Vec<String>,
    starts: Option<Condition>,
    ends: Option<Condition>,
    /// Nanoseconds; events span less.
    max_span: Option<i64>,
    /// Nanoseconds; no pause is longer.
    max_pause: Option<i64>,
    max_events: usize,
    max_open: Option<usize>,
    max_open_events: Option<usize>,
    connected: bool,
    unify_ends: bool,
}

struct Transaction {
    settings: Settings,
    keep_evicted: bool,
    keep_orphans: bool,
    rendering: Rendering,
}

impl Command for Transaction {
    fn kind(&self) -> Kind {
        Kind::CentralisedStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        for name in MADE {
            needs.remove(name);
        }
        needs.extend(&self.settings.fields);
        needs.insert("_time");
        for condition in self.settings.starts.iter().chain(&self.settings.ends) {
            condition.needed(&mut needs);
        }
        needs
    }

    fn stays_empty(&self) -> bool {
        true
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let rows = newest_first(rows);
        let mut finder = Finder::new(&self.settings);
        finder.take(&rows)?;
        finder.end();
        let mut found = finder.found();
        let mut orphans = found.orphans;
        if !self.keep_evicted {
            let (kept, evicted): (Vec<_>, Vec<_>) =
                found.transactions.into_iter().partition(|transaction| !transaction.evicted);
            found.transactions = kept;
            orphans.extend(evicted.into_iter().flat_map(|transaction| transaction.rows));
        }
        // Not in the order in which they were closed, which says nothing.
        found.transactions.sort_unstable_by_key(|transaction| transaction.rows.first().copied());
        let table = self.rendering.table(&rows, &self.settings.fields, &found.transactions);
        if !self.keep_orphans || orphans.is_empty() {
            return Ok(newest_first(table));
        }
        orphans.sort_unstable();
        Ok(newest_first(concat(&[table, lone(rows.take(&orphans))])))
    }

    fn run_chunks(&self, rows: &Chunks, _: &mut Env<'_>) -> Result<Option<Rows>, Stop> {
        Ok(Some(Rows::Disk(disk::run(self, rows)?)))
    }
}

/// Rows that are in no transaction.
fn lone(mut rows: Batch) -> Batch {
    rows.set("_txn_orphan", Column::Int(vec![1; rows.rows()].into()));
    rows
}

/// The rows by time, the newest first, those without time last; of the same time as they come.
fn newest_first(rows: Batch) -> Batch {
    let Some(time) = rows.column("_time") else { return rows };
    let mut order: Vec<(Reverse<Option<i64>>, u32)> =
        (0..rows.rows()).map(|row| (Reverse(nanoseconds(time.cell(row))), row as u32)).collect();
    if order.is_sorted() {
        return rows;
    }
    order.sort_unstable();
    rows.take(&order.into_iter().map(|(_, row)| row).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests;
