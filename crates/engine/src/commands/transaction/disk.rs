//! Transactions of rows that do not fit into memory.
//!
//! One walk over the rows says which transaction each is in. What it says goes to disk, sorted by row, and a second walk
//! puts it beside the rows. These, sorted by transaction, are a transaction after the other, and each of them is made a
//! row of. Only what decides about open transactions is in memory, never their rows.

use super::find::{Done, Finder, Found};
use super::{Transaction, lone};
use crate::memory::{self, Chunks, Memory, Writer, too_large};
use crate::pipeline::{concat, is_hidden, nanoseconds};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Cell, Column};
use std::cmp::Reverse;

/// Hidden columns: number of a row, of its transaction, what is known of that.
const ROW: &str = "\0txn-row";
const TRANSACTION: &str = "\0txn";
const CLOSED: &str = "\0txn-closed";
const MATCHES: &str = "\0txn-matches";

/// Stands for the transaction of rows that are in none.
const NONE: i64 = i64::MAX;

/// Places that are written at once.
const AT_ONCE: usize = 4096;

/// The table of transactions.
pub(super) fn run(command: &Transaction, rows: &Chunks) -> Result<Chunks, Box<Diagnostic>> {
    let sorted = newest_first(rows)?;
    let rows = sorted.as_ref().unwrap_or(rows);
    let places = places(command, rows)?;
    let together = memory::sort(&beside(rows, &places)?, &|rows: &Batch| numbers(rows, TRANSACTION))?;
    drop(places);
    let table = table(command, &together)?;
    Ok(newest_first(&table)?.unwrap_or(table))
}

/// The rows by time, the newest first; `None` if they are.
fn newest_first(rows: &Chunks) -> Result<Option<Chunks>, Box<Diagnostic>> {
    let times = |rows: &Batch| -> Vec<Reverse<Option<i64>>> {
        (0..rows.rows()).map(|row| Reverse(nanoseconds(rows.cell("_time", row)))).collect()
    };
    let mut last = None;
    for chunk in rows.iter() {
        for time in times(&chunk?) {
            if last.is_some_and(|last| last > time) {
                return memory::sort(rows, &times).map(Some);
            }
            last = Some(time);
        }
    }
    Ok(None)
}

/// The whole numbers of a column.
fn numbers(rows: &Batch, name: &str) -> Vec<i64> {
    (0..rows.rows()).map(|row| number(rows, name, row)).collect()
}

fn number(rows: &Batch, name: &str, row: usize) -> i64 {
    if let Cell::Int(number) = rows.cell(name, row) { number } else { 0 }
}

/// Which transaction each row is in, sorted by row.
fn places(command: &Transaction, rows: &Chunks) -> Result<Chunks, Box<Diagnostic>> {
    let memory = rows.memory();
    let mut finder = Finder::new(&command.settings);
    let mut places = Places::new(memory);
    let timeless = has_timeless(rows)?;
    for chunk in rows.iter() {
        finder.take(&chunk?)?;
        if !timeless {
            finder.close_old();
        }
        places.add(command, finder.found())?;
        if finder.bytes() > memory.whole() {
            return Err(too_large("what open transactions have to remember", memory));
        }
    }
    finder.end();
    places.add(command, finder.found())?;
    memory::sort(&places.finish()?, &|rows: &Batch| numbers(rows, ROW))
}

/// Whether there are rows without time, which come last and can be in a transaction however old it is.
fn has_timeless(rows: &Chunks) -> Result<bool, Box<Diagnostic>> {
    for chunk in rows.backwards() {
        let chunk = chunk?;
        if let Some(last) = chunk.rows().checked_sub(1) {
            return Ok(nanoseconds(chunk.cell("_time", last)).is_none());
        }
    }
    Ok(false)
}

/// Writes which transaction rows are in.
struct Places {
    writer: Writer,
    /// Row, transaction, whether that is closed, and its matches. The number of a transaction is that of its first row.
    waiting: [Vec<i64>; 4],
}

impl Places {
    fn new(memory: &Memory) -> Self {
        Self { writer: Writer::new(memory), waiting: Default::default() }
    }

    fn add(&mut self, command: &Transaction, found: Found) -> Result<(), Box<Diagnostic>> {
        let Found { transactions, mut orphans } = found;
        for Done { rows, closed, evicted, matches } in transactions {
            if evicted && !command.keep_evicted {
                orphans.extend(rows);
                continue;
            }
            let first = rows.first().map_or(NONE, |row| i64::from(*row));
            for row in rows {
                self.push([row.into(), first, closed.into(), matches as i64])?;
            }
        }
        if command.keep_orphans {
            for row in orphans {
                self.push([row.into(), NONE, 0, 0])?;
            }
        }
        Ok(())
    }

    fn push(&mut self, values: [i64; 4]) -> Result<(), Box<Diagnostic>> {
        for (column, value) in self.waiting.iter_mut().zip(values) {
            column.push(value);
        }
        if self.waiting[0].len() >= AT_ONCE { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<(), Box<Diagnostic>> {
        let mut batch = Batch::new(self.waiting[0].len());
        for (name, column) in [ROW, TRANSACTION, CLOSED, MATCHES].into_iter().zip(&mut self.waiting) {
            batch.set(name, Column::Int(std::mem::take(column).into()));
        }
        self.writer.push(&batch)
    }

    fn finish(mut self) -> Result<Chunks, Box<Diagnostic>> {
        self.write()?;
        self.writer.finish()
    }
}

/// The rows that have a place, with it in hidden columns.
fn beside(rows: &Chunks, places: &Chunks) -> Result<Chunks, Box<Diagnostic>> {
    let mut writer = Writer::new(rows.memory());
    let mut places = places.iter();
    let (mut of_rows, mut at) = (Batch::new(0), 0);
    let mut number_of_first = 0_i64;
    for chunk in rows.iter() {
        let chunk = chunk?;
        let end = number_of_first + chunk.rows() as i64;
        let mut kept: Vec<u32> = Vec::new();
        let mut columns: [Vec<i64>; 3] = Default::default();
        loop {
            if at == of_rows.rows() {
                let Some(next) = places.next().transpose()? else { break };
                (of_rows, at) = (next, 0);
                continue;
            }
            let row = number(&of_rows, ROW, at);
            if row >= end {
                break;
            }
            kept.push((row - number_of_first) as u32);
            for (column, name) in columns.iter_mut().zip([TRANSACTION, CLOSED, MATCHES]) {
                column.push(number(&of_rows, name, at));
            }
            at += 1;
        }
        number_of_first = end;
        let mut with = chunk.take(&kept);
        for (column, name) in columns.into_iter().zip([TRANSACTION, CLOSED, MATCHES]) {
            with.set(name, Column::Int(column.into()));
        }
        writer.push(&with)?;
    }
    writer.finish()
}

/// A row for each transaction, and behind them the rows that are in none.
fn table(command: &Transaction, together: &Chunks) -> Result<Chunks, Box<Diagnostic>> {
    let memory = together.memory();
    let mut writer = Writer::new(memory);
    let mut render = |rows: &Batch| -> Result<(), Box<Diagnostic>> {
        let (transactions, orphans) = grouped(rows);
        writer.push(&command.rendering.table(rows, &command.settings.fields, &transactions))?;
        if !orphans.is_empty() {
            let mut orphans = lone(rows.take(&orphans));
            orphans.retain(|name| !is_hidden(name));
            writer.push(&orphans)?;
        }
        Ok(())
    };
    render(&together.none()?)?;
    // Rows of a transaction of which there may be more to come.
    let mut open = Batch::new(0);
    for chunk in together.iter() {
        let chunk = chunk?;
        let all = if open.rows() == 0 { chunk } else { concat(&[open, chunk]) };
        let Some(last) = all.rows().checked_sub(1) else {
            open = all;
            continue;
        };
        let of_last = number(&all, TRANSACTION, last);
        let whole = if of_last == NONE {
            all.rows()
        } else {
            (0..all.rows()).find(|row| number(&all, TRANSACTION, *row) == of_last).unwrap_or_default()
        };
        render(&all.slice(0, whole))?;
        open = all.slice(whole, all.rows() - whole).compact();
        if memory::weight(&open) > memory.whole() {
            return Err(too_large("a single transaction", memory));
        }
    }
    render(&open)?;
    writer.finish()
}

/// The transactions of rows that are sorted by them, and the rows that are in none.
fn grouped(rows: &Batch) -> (Vec<Done>, Vec<u32>) {
    let (mut transactions, mut orphans): (Vec<Done>, Vec<u32>) = (Vec::new(), Vec::new());
    let mut last = None;
    for row in 0..rows.rows() {
        let transaction = number(rows, TRANSACTION, row);
        if transaction == NONE {
            orphans.push(row as u32);
            continue;
        }
        if last != Some(transaction) {
            last = Some(transaction);
            let closed = number(rows, CLOSED, row) != 0;
            let matches = number(rows, MATCHES, row) as usize;
            transactions.push(Done { rows: Vec::new(), closed, evicted: false, matches });
        }
        if let Some(done) = transactions.last_mut() {
            done.rows.push(row as u32);
        }
    }
    (transactions, orphans)
}
