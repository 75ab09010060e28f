//! The fields that add-ons make of an event, in Splunk's order: extractions, transforms, aliases, calculated fields,
//! lookups, eventtypes, tags
//! (<https://help.splunk.com/en/splunk-enterprise/manage-knowledge-objects/knowledge-management-manual/10.0/get-started-with-knowledge-objects/the-sequence-of-search-time-operations>).
//!
//! Only the steps whose results are wanted run, and what those read.

use crate::steps::{self, Changes, Group, Step};
use grotto_engine::pipeline::FieldSet;
use grotto_events::Batch;
use std::collections::BTreeSet;

/// Everything that add-ons do to the events of one source and source type: groups of steps in order. The steps of a
/// group don't see one another's results.
#[derive(Debug, Default)]
pub(crate) struct Derivation {
    pub(crate) groups: Vec<Group>,
}

impl Derivation {
    /// The batch with the wanted fields added.
    pub(crate) fn run(&self, base: &Batch, wanted: &FieldSet) -> Batch {
        let mut batch = base.clone();
        for (group, chosen) in self.groups.iter().zip(self.chosen(wanted).0) {
            if group.parallel {
                let changes: Changes = chosen.iter().flat_map(|step| step.changes(&batch)).collect();
                steps::apply(changes, &mut batch);
            } else {
                for step in chosen {
                    step.run(&mut batch);
                }
            }
        }
        batch
    }

    /// The fields that have the same value in every event in which those of `known` have theirs; `known` and the answer
    /// have one row.
    pub(crate) fn settle(&self, known: &Batch) -> Batch {
        let mut settled = known.clone();
        for group in &self.groups {
            let mut before = settled.clone();
            for step in &group.steps {
                step.settle(&before, &mut settled);
                if !group.parallel {
                    before.clone_from(&settled);
                }
            }
        }
        settled
    }

    /// Whether a field is another one under a second name.
    pub(crate) fn is_alias(&self, field: &str) -> bool {
        let mut steps = self.groups.iter().flat_map(|group| &group.steps);
        steps.any(|step| matches!(step, Step::Alias { target, .. } if target == field))
    }

    /// The fields that the wanted fields are made from, and these themselves.
    pub(crate) fn needed(&self, wanted: &FieldSet) -> FieldSet {
        self.chosen(wanted).1
    }

    /// For each group the steps that the wanted fields need, and all fields that those read.
    fn chosen(&self, wanted: &FieldSet) -> (Vec<Vec<&Step>>, FieldSet) {
        let mut needed = wanted.clone();
        let mut chosen: Vec<Vec<&Step>> = Vec::with_capacity(self.groups.len());
        for group in self.groups.iter().rev() {
            let mut of: Vec<&Step> = Vec::new();
            // In a group whose steps see each other, a step may be needed by a later one of the same group.
            for step in group.steps.iter().rev() {
                if step.makes_any(&needed) {
                    of.push(step);
                    if !group.parallel {
                        step.reads().for_each(|field| needed.insert(field));
                    }
                }
            }
            if group.parallel {
                of.iter().flat_map(|s| s.reads()).for_each(|field| needed.insert(field));
            }
            of.reverse();
            chosen.push(of);
        }
        chosen.reverse();
        (chosen, needed)
    }

    /// Adds the fields that the steps can make of events with the given ones, and says whether these are all: a step
    /// that takes names from the text of events may make any.
    pub(crate) fn gives(&self, fields: &mut BTreeSet<String>) -> bool {
        let mut all = true;
        for group in &self.groups {
            let before = fields.clone();
            for step in &group.steps {
                let from = if group.parallel { &before } else { &*fields };
                let mut reads = step.reads().peekable();
                if reads.peek().is_some() && !reads.any(|field| from.contains(field)) {
                    continue;
                }
                match step.makes() {
                    Some(names) => fields.extend(names),
                    None => all = false,
                }
            }
        }
        all
    }
}
