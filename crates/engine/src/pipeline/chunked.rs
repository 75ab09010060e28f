//! Commands over rows that are on disk.

use super::order::mark_in_order;
use super::{Command, Env, Kind, Stop};
use crate::memory::{Chunks, Rows, Writer};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column, FieldName};
use std::mem::Discriminant;

/// Runs the commands that come next over rows that did not fit into memory, at least one and as many as can be run
/// together; and gives how many these were.
pub(super) fn run_next(
    commands: &[Box<dyn Command>],
    rows: &Chunks,
    env: &mut Env<'_>,
) -> Result<(Rows, usize), Stop> {
    let some = by_themselves(commands);
    if some.len() > 1
        && let Some(rows) = together(some, rows)?
    {
        return Ok((rows, some.len()));
    }
    match commands.first() {
        Some(command) => Ok((run(command.as_ref(), rows, env)?, 1)),
        None => Ok((Rows::Disk(rows.clone()), 0)),
    }
}

/// The commands up to the first that does not see rows by themselves.
pub(super) fn by_themselves(commands: &[Box<dyn Command>]) -> &[Box<dyn Command>] {
    let count = commands.iter().take_while(|command| command.sees_rows_by_themselves()).count();
    &commands[..count]
}

/// Runs commands together over each chunk; `None` when that can't be.
fn together(commands: &[Box<dyn Command>], rows: &Chunks) -> Result<Option<Rows>, Stop> {
    let mut together = Together::new(commands);
    let mut writer = Writer::new(rows.memory());
    for chunk in rows.iter() {
        let Some(left) = together.run(chunk?)? else { return Ok(None) };
        if left.rows() > 0 {
            writer.push(&left)?;
        }
    }
    if writer.is_empty() {
        writer.push(&together.none()?)?;
    }
    Ok(Some(Rows::Disk(writer.finish()?)))
}

/// Runs commands that [see rows by themselves](Command::sees_rows_by_themselves) one after the other over each chunk of
/// rows, so that nothing is written between them.
pub(crate) struct Together<'c> {
    commands: &'c [Box<dyn Command>],
    /// What is known of the chunks before each command, and after the last.
    shapes: Vec<Option<Shape>>,
}

impl<'c> Together<'c> {
    pub(crate) fn new(commands: &'c [Box<dyn Command>]) -> Self {
        Self { commands, shapes: (0..=commands.len()).map(|_| None).collect() }
    }

    /// What the commands make of a chunk; of no commands that is the chunk. `None` when chunks come to have other columns or
    /// types than others: what a command sees of its rows must be as if they were all one batch.
    ///
    /// # Errors
    /// Those of the commands.
    pub(crate) fn run(&mut self, mut chunk: Batch) -> Result<Option<Batch>, Box<Diagnostic>> {
        if self.commands.is_empty() {
            return Ok(Some(chunk));
        }
        let commands = self.commands.iter().map(Some).chain(std::iter::once(None));
        for (command, shape) in commands.zip(&mut self.shapes) {
            if !shape.get_or_insert_with(|| Shape::of(&chunk)).fits(&chunk) {
                return Ok(None);
            }
            match command {
                Some(command) if chunk.rows() > 0 => chunk = command.run(chunk)?,
                Some(_) | None => break,
            }
        }
        Ok(Some(chunk))
    }

    /// No rows, when that is what is left of all chunks.
    ///
    /// # Errors
    /// Those of the commands.
    pub(crate) fn none(&self) -> Result<Batch, Box<Diagnostic>> {
        // The commands that were not reached get no rows, of the columns that there were in the end.
        let reached = self.shapes.iter().take_while(|shape| shape.is_some()).count();
        let last = self.shapes.iter().flatten().last();
        let mut none = last.map_or_else(|| Batch::new(0), Shape::none);
        for command in self.commands.iter().skip(reached.saturating_sub(1)) {
            none = command.run(none)?;
        }
        Ok(none)
    }
}

/// The columns of chunks in order, each with its type if one of them has a value in it.
struct Shape(Vec<(FieldName, Option<Discriminant<Column>>)>);

impl Shape {
    fn of(chunk: &Batch) -> Self {
        Self(chunk.columns().map(|(name, _)| (FieldName::clone(name), None)).collect())
    }

    /// Whether a chunk has these columns too.
    fn fits(&mut self, chunk: &Batch) -> bool {
        let mut known = self.0.iter_mut();
        let fits = chunk.columns().all(|(name, column)| match known.next() {
            Some((known, _)) if known != name => false,
            None => false,
            Some(_) if column.all_null() => true,
            Some((_, kind)) => {
                let this = std::mem::discriminant(column);
                *kind.get_or_insert(this) == this
            }
        });
        fits && known.next().is_none()
    }

    /// No rows of these columns.
    fn none(&self) -> Batch {
        let mut none = Batch::new(0);
        for (name, _) in &self.0 {
            none.set(FieldName::clone(name), Column::null(0));
        }
        none
    }
}

/// Runs a command over rows that did not fit into memory: chunk by chunk if it can be run so, else over all at once if
/// they fit by now.
pub(crate) fn run(command: &dyn Command, rows: &Chunks, env: &mut Env<'_>) -> Result<Rows, Stop> {
    if let Some(result) = command.run_chunks(rows, env)? {
        return Ok(result);
    }
    if command.kind() == Kind::DistributableStreaming {
        return each(rows, &mut |chunk| Ok(command.run(chunk)?));
    }
    if let Some(mut fold) = command.fold() {
        let memory = rows.memory();
        let mut next = 0;
        for chunk in rows.iter() {
            let mut chunk = chunk?;
            mark_in_order(&mut chunk, &mut next);
            fold.accumulate(&chunk)?;
            if fold.bytes() > memory.share() {
                fold.weigh();
                if fold.bytes() > memory.share() {
                    fold.spill(memory)?;
                }
            }
        }
        return Ok(fold.finish(memory, &[])?.0);
    }
    if command.prunes() {
        let kept = pruned(command, rows)?.whole("what a command has to look at")?;
        return Ok(Rows::Memory(command.run_in(kept, env)?));
    }
    let all = whole(rows)?;
    Ok(Rows::Memory(command.run_in(all, env)?))
}

/// Runs several commands one after the other over rows that did not fit into memory.
///
/// # Errors
/// Those of [`run`].
pub(crate) fn run_all(commands: &[Box<dyn Command>], rows: &Chunks, env: &mut Env<'_>) -> Result<Rows, Stop> {
    let Some((first, others)) = commands.split_first() else {
        return each(rows, &mut Ok);
    };
    let memory = rows.memory();
    let mut rows = run(first.as_ref(), rows, env)?;
    for command in others {
        rows = match rows.within(memory)? {
            Rows::Disk(chunks) => run(command.as_ref(), &chunks, env)?,
            Rows::Memory(batch) => Rows::Memory(command.run_in(batch, env)?),
        };
    }
    Ok(rows)
}

/// The chunks after each of them went through a command.
///
/// # Errors
/// Those of the command; `engine/disk`.
pub(crate) fn each(rows: &Chunks, run: &mut dyn FnMut(Batch) -> Result<Batch, Stop>) -> Result<Rows, Stop> {
    let mut writer = Writer::new(rows.memory());
    for chunk in rows.iter() {
        writer.push(&run(chunk?)?)?;
    }
    Ok(Rows::Disk(writer.finish()?))
}

/// All rows at once.
fn whole(rows: &Chunks) -> Result<Batch, Stop> {
    let mut writer = Writer::new(rows.memory());
    for chunk in rows.iter() {
        writer.push(&chunk?)?;
    }
    Ok(Rows::Disk(writer.finish()?).whole("what a command needs all at once")?)
}

/// The rows that a command needs.
fn pruned(command: &dyn Command, rows: &Chunks) -> Result<Rows, Stop> {
    let mut kept: Option<Batch> = None;
    for chunk in rows.iter() {
        let all: Vec<Batch> = kept.take().into_iter().chain(std::iter::once(chunk?)).collect();
        let left = command.prune(&super::concat(&all)).compact();
        if crate::memory::weight(&left) > rows.memory().whole() {
            return Err(crate::memory::too_large("what a command has to look at", rows.memory()).into());
        }
        kept = Some(left);
    }
    Ok(Rows::Memory(kept.unwrap_or_else(|| Batch::new(0))))
}
