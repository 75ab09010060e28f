//! Commands over rows that are on disk.

use super::order::mark_in_order;
use super::{Command, Env, Kind, Stop};
use crate::memory::{Chunks, Rows, Writer};
use grotto_events::Batch;

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
        return Ok(fold.finish(memory)?);
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
