//! What rows of events must satisfy, besides the head, for anything to come of them.
//!
//! Many rules aggregate every event of a data model first and choose among the groups afterwards:
//!
//! ```text
//! | tstats count from datamodel=Endpoint.Processes by Processes.process Processes.dest
//! | rename Processes.* as *
//! | search process=*mimikatz*            requires: process=*mimikatz*
//! ```
//!
//! What a command requires is traced back through the commands before it, to the fields of the head. A group whose BY
//! field fits only takes in rows whose field fits, so the others need not be aggregated. A `join` drops rows without
//! match; once the rows of its search are known, so are the values that its rows must have.
//!
//! Each step may ask for too little, never for too much; see [`Command::before`] and [`Command::requires`].

use super::Plan;
use crate::pipeline::{Command, Env, FieldSet, Matches, Matching, Stop, columns};
use crate::predicate::{Formula, Predicate, Subject};
use grotto_events::{Batch, Cell, FieldName};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Values of a field that a join makes a condition of; with more there is none.
const MOST_VALUES: usize = 10_000;

/// What rows of the head must satisfy for any to come out of all commands, or more rows.
pub(super) fn of(commands: &[Box<dyn Command>]) -> Formula {
    // Rows that are made of nothing come whatever the events are.
    if commands.iter().any(|command| !command.stays_empty()) {
        return Formula::Always;
    }
    let mut hint = Formula::Always;
    for (number, command) in commands.iter().enumerate().rev() {
        hint = Formula::and([before(commands, number, &hint), command.requires()]);
    }
    hint
}

/// What rows before the command with a number satisfy for those after it to satisfy `after`.
fn before(commands: &[Box<dyn Command>], number: usize, after: &Formula) -> Formula {
    let Some(command) = commands.get(number) else { return Formula::Always };
    let certain = certain(commands, number);
    after.implied(&mut |predicate| match predicate.subject() {
        Subject::Field(name) if !name.contains('*') => command.before_having(predicate, &certain),
        Subject::Field(_) | Subject::Raw => Formula::Always,
    })
}

/// Fields of which all rows before the command with a number have values: what they are grouped by and is left as it is.
fn certain(commands: &[Box<dyn Command>], number: usize) -> FieldSet {
    let earlier = commands.get(..number).unwrap_or_default();
    let mut grouped = earlier.iter().enumerate().rev();
    let Some((at, by)) = grouped.find_map(|(at, command)| Some((at, command.groups()?))) else {
        return FieldSet::none();
    };
    let left = |field: &&FieldName| earlier.iter().skip(at + 1).all(|command| command.leaves(field));
    FieldSet::of(by.fields.iter().filter(left))
}

/// What rows of the head must satisfy for rows before the command with a number to satisfy `wanted`.
fn at_head(commands: &[Box<dyn Command>], number: usize, wanted: Formula) -> Formula {
    (0..number).rev().fold(wanted, |wanted, number| before(commands, number, &wanted))
}

/// The first command, by number, that drops rows without match in another search, when what it requires can be traced
/// back to the head.
pub(super) fn narrowing(commands: &[Box<dyn Command>]) -> Option<usize> {
    if commands.iter().any(|command| !command.stays_empty()) {
        return None;
    }
    let number = commands.iter().position(|command| command.matches().is_some())?;
    let Matching { keys, .. } = commands.get(number)?.matches()?;
    keys.iter().any(|(field, _)| at_head(commands, number, any(field)) != Formula::Always).then_some(number)
}

/// That a field has a value that is like no other and stands for any.
fn any(field: &str) -> Formula {
    Predicate::equal(field.into(), "\u{1}any\u{1}", true).into()
}

/// The field of the head from which rows before the command with a number have the value of one of theirs, as it is: a row
/// that has a value of this field has the same there, or is in groups for each of its values.
fn origin(commands: &[Box<dyn Command>], number: usize, field: &str) -> Option<FieldName> {
    let mut field = FieldName::from(field);
    for number in (0..number).rev() {
        let command = commands.get(number)?;
        let grouped = || command.groups().is_some_and(|by| by.fields.contains(&field));
        if command.leaves(&field) || grouped() {
            continue;
        }
        // Another field whose value becomes that of this one; what may become something else is said of the same field.
        let Formula::Leaf(predicate) = before(commands, number, &any(&field)) else { return None };
        let Subject::Field(name) = predicate.subject() else { return None };
        if *name == field || Formula::Leaf(Arc::clone(&predicate)) != any(name) {
            return None;
        }
        field = Arc::clone(name);
    }
    Some(field)
}

/// What rows of the head must satisfy now that the rows of the other search are known, and the values that they must
/// have together.
///
/// # Errors
/// [`Stop::Waits`] when they are not; the other search's failure.
pub(super) fn narrowed(
    plan: &Plan,
    number: usize,
    env: &mut Env<'_>,
) -> Result<(Formula, Option<Matches>), Stop> {
    let commands = plan.commands();
    let Some(Matching { search, keys }) = commands.get(number).and_then(|command| command.matches()) else {
        return Ok((Formula::Always, None));
    };
    let rows = env.result(search)?;
    if rows.rows() == 0 {
        return Ok((Formula::Never, None));
    }
    let wanted = keys.iter().map(|(field, theirs)| at_head(commands, number, values(&rows, field, theirs)));
    let origin = |(field, theirs)| Some((origin(commands, number, field)?, String::as_str(theirs)));
    let origins: Vec<(FieldName, &str)> =
        keys.iter().filter_map(|(field, theirs)| origin((field, theirs))).collect();
    let matches = (!origins.is_empty()).then(|| Matches::new(origins, &rows));
    Ok((Formula::and(wanted), matches))
}

/// That a field has one of the values that another has.
fn values(rows: &Batch, field: &str, theirs: &str) -> Formula {
    let mut values = BTreeSet::new();
    for row in 0..rows.rows() {
        match rows.cell(theirs, row) {
            Cell::Null => {}
            Cell::List(..) => return Formula::Always,
            cell => columns::with_text(cell, |text| {
                if !values.contains(text) {
                    values.insert(text.to_owned());
                }
            }),
        }
        if values.len() > MOST_VALUES {
            return Formula::Always;
        }
    }
    Formula::or(values.iter().map(|value| Predicate::equal(field.into(), value, true).into()))
}

/// What a row after a command says of the row before it when the command leaves the field alone, unless `changed`.
pub(crate) fn unless(changed: bool, after: &Arc<Predicate>) -> Formula {
    if changed { Formula::Always } else { Formula::Leaf(Arc::clone(after)) }
}

#[cfg(test)]
mod tests;
