//! Some of the events that satisfied the heads of rules, with what matched in them.
//!
//! A scan does not keep them; this is another pass over the events, bounded in how much it reads and keeps.

use super::marks::{self, Matched};
use crate::driver::PARTITION;
use crate::job::Job;
use crate::row::Row;
use crate::rules::RuleSet;
use grotto_engine::pipeline::{FieldSet, is_hidden};
use grotto_engine::predicate::{Formula, Mask, Predicate};
use grotto_events::{Batch, Cell, Column, Part, ReadOptions};
use grotto_knowledge::Knowledge;
use rayon::prelude::*;
use serde::Serialize;
use std::sync::Arc;

/// How many samples are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleLimits {
    /// Events of each rule.
    pub per_rule: usize,
    /// Events of all rules.
    pub all: usize,
    /// Bytes of logs that are read for them; the pass ends with the parts in which this many were read.
    pub bytes: u64,
}

impl Default for SampleLimits {
    fn default() -> Self {
        Self { per_rule: 3, all: 200, bytes: 1 << 30 }
    }
}

/// An event that satisfied the head of a rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sample {
    /// What matched.
    #[serde(flatten)]
    pub matched: Matched,
    /// The fields of the event, without its text.
    pub fields: Row,
}

/// What was found of the samples that were looked for.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Samples {
    /// For each rule with samples its number in the set and its first events, in the order of the logs.
    pub of_rules: Vec<(usize, Vec<Sample>)>,
    /// Bytes of the parts that were read.
    pub bytes: u64,
    /// Whether parts were left out, as the limit of bytes was reached.
    pub cut: bool,
    /// Streams that can't be read a second time.
    pub unread: usize,
}

/// A rule whose events are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// Its number in the set.
    pub rule: usize,
    /// The times in which its events have to be, in nanoseconds since 1970, each from the first (inclusive) to the second
    /// (exclusive): what the rule looked at when it fired. Empty when any time will do.
    pub within: Vec<(i64, i64)>,
}

impl Look {
    /// Looks for events of a rule at any time.
    pub fn anywhere(rule: usize) -> Self {
        Self { rule, within: Vec::new() }
    }

    /// Whether an event of a batch is at a time that counts. One without a time is in no window.
    fn takes(&self, base: &Batch, row: usize) -> bool {
        self.within.is_empty()
            || match base.column("_time").map(|times| times.cell(row)) {
                Some(Cell::Time(at)) => self.within.iter().any(|(from, to)| (*from..*to).contains(&at)),
                _ => false,
            }
    }
}

/// Reads the logs once more for events that satisfy the heads of rules. The result does not depend on the number of threads. Rules that don't read events, or whose head hangs on the result of another
/// search, have no samples.
pub fn samples(
    set: &RuleSet,
    rules: &[Look],
    knowledge: &Knowledge,
    parts: &[Part],
    limits: SampleLimits,
) -> Samples {
    let job = |look: &Look| {
        let job = set.jobs.get(set.rules.get(look.rule)?.job?)?;
        (job.reads_events() && !job.plan.is_open()).then(|| (look.clone(), Arc::clone(job)))
    };
    let mut wanted: Vec<Wanted> = rules
        .iter()
        .filter_map(job)
        .take(limits.all.div_ceil(limits.per_rule.max(1)))
        .map(|(look, job)| Wanted { look, job, found: Vec::new() })
        .collect();
    let mut samples = Samples::default();
    let (readable, streams): (Vec<_>, Vec<_>) = parts.iter().partition(|part| part.reads_again());
    samples.unread = streams.len();
    let mut rest = readable.into_iter().peekable();
    while rest.peek().is_some() && wanted.iter().any(|w| w.found.len() < limits.per_rule) {
        if samples.bytes >= limits.bytes {
            samples.cut = true;
            break;
        }
        let together: Vec<&Part> = rest.by_ref().take(2 * rayon::current_num_threads()).collect();
        samples.bytes += together.iter().map(|part| part.bytes()).sum::<u64>();
        let looks: Vec<Vec<Vec<Sample>>> =
            together.par_iter().map(|part| look(part, &wanted, knowledge, limits.per_rule)).collect();
        for found in looks {
            for (wanted, found) in wanted.iter_mut().zip(found) {
                wanted.found.extend(found);
                wanted.found.truncate(limits.per_rule);
            }
        }
    }
    samples.of_rules =
        wanted.into_iter().filter(|w| !w.found.is_empty()).map(|w| (w.look.rule, w.found)).collect();
    samples
}

/// A rule whose events are looked for, and those that were found.
struct Wanted {
    look: Look,
    job: Arc<Job>,
    found: Vec<Sample>,
}

/// For each rule the first events of a part that satisfy its head.
fn look(part: &Part, wanted: &[Wanted], knowledge: &Knowledge, most: usize) -> Vec<Vec<Sample>> {
    let mut found: Vec<Vec<Sample>> = vec![Vec::new(); wanted.len()];
    let file = part.input().name();
    part.read(&ReadOptions::default(), &mut |base| {
        for (wanted, found) in wanted.iter().zip(&mut found) {
            let missing = most.saturating_sub(wanted.found.len() + found.len());
            if missing > 0 && may_match(&wanted.job, &base) {
                found.extend(of_batch(wanted, knowledge, &base, file, missing));
            }
        }
    });
    found
}

/// Whether what is the same in all rows of a batch leaves it open that rows satisfy the head.
fn may_match(job: &Job, base: &Batch) -> bool {
    let known = |p: &Predicate| {
        PARTITION.contains(&p.field()).then_some(())?;
        let value = base.column(p.field()).and_then(Column::as_constant)?;
        let mut one = Batch::new(1);
        one.set(p.field(), Column::constant(value, 1));
        Some(matches!(p.mask(&one), Mask::All))
    };
    let of_node = job.node.as_ref().is_none_or(|node| node.constraint.decided(&mut { known }) != Some(false));
    let plain = job.node.is_none();
    let of_head = job.condition.as_ref().filter(|_| plain);
    of_node && of_head.is_none_or(|condition| condition.decided(&mut { known }) != Some(false))
}

fn of_batch(wanted: &Wanted, knowledge: &Knowledge, base: &Batch, file: &str, most: usize) -> Vec<Sample> {
    let job = &wanted.job;
    let (inside, batch) = match &job.node {
        None => (Mask::All, knowledge.derive(base, &job.reads)),
        Some(node) => {
            let mut fields = FieldSet::none();
            fields.extend(node.constraint.fields());
            fields.union(&node.sources(&job.reads));
            let derived = knowledge.derive(base, &fields);
            let inside = node.constraint.mask_with(&mut |p| p.mask(&derived));
            if inside.is_none() {
                return Vec::new();
            }
            let modelled = node.derive(&derived, &job.reads);
            (inside, modelled)
        }
    };
    let formula = job.condition.as_ref().unwrap_or(&Formula::Always);
    let mask = formula.mask_with(&mut |p| p.mask(&batch)).and(inside);
    let rows = (0..base.rows()).filter(|row| mask.contains(*row) && wanted.look.takes(base, *row));
    rows.take(most)
        .map(|row| Sample {
            matched: marks::matched(formula, &batch, base, row, file),
            fields: fields(base, row),
        })
        .collect()
}

/// The fields of an event, but not its text.
fn fields(base: &Batch, row: usize) -> Row {
    let all = crate::row::row(base, row);
    all.into_iter().filter(|(name, _)| name != "_raw" && !is_hidden(name)).collect()
}
