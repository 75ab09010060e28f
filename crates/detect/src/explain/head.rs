//! What the head of a search makes of the events.

use super::marks::{self, Matched};
use super::near::{Near, Nearest};
use super::tree::{Tree, judge};
use crate::job::Job;
use crate::row::Row;
use grotto_engine::pipeline::FieldSet;
use grotto_engine::predicate::{Formula, Mask};
use grotto_events::{Batch, Part, ReadOptions};
use grotto_knowledge::Knowledge;
use rayon::prelude::*;
use serde::Serialize;

/// How many of the selected events are shown with what matched in them.
const MATCHED: usize = 3;

/// What the head of a search makes of the events.
#[derive(Debug, Clone, Serialize)]
pub struct Head {
    /// The data model node that it reads, such as `Endpoint.Processes`.
    pub model: Option<String>,
    /// How events get into that node, with counts over all events.
    pub constraint: Option<Tree>,
    /// Events that belong to it; without a data model, all.
    pub of_model: u64,
    /// The condition, with counts over the events of the data model node, or over all; `None` takes all.
    pub condition: Option<Tree>,
    /// Events that satisfy everything.
    pub selected: u64,
    /// Of the events that do not, those that satisfy the most.
    pub nearest: Vec<Near>,
    /// Some that do, with what matched.
    pub matched: Vec<Matched>,
}

/// Reads the events and asks every predicate of each.
pub(super) fn look(job: &Job, knowledge: &Knowledge, parts: &[Part]) -> Head {
    let looks: Vec<Look> = parts
        .par_iter()
        .map(|part| {
            let mut look = Look::new(job);
            let file = part.input().name().to_owned();
            part.read(&ReadOptions::default(), &mut |batch| look.at(job, knowledge, &batch, &file));
            look
        })
        .collect();
    let mut all = Look::new(job);
    for look in looks {
        all.merge(look);
    }
    Head {
        model: job.node.as_ref().map(|node| model_name(job, node.name())),
        constraint: all.constraint,
        of_model: all.of_model,
        condition: all.condition,
        selected: all.selected,
        nearest: all.nearest.into_list(),
        matched: all.matched,
    }
}

fn model_name(job: &Job, node: &str) -> String {
    let model = job.plan.head().model().map_or("", |model| model.name.as_str());
    format!("{model}.{node}")
}

/// What was seen so far.
struct Look {
    constraint: Option<Tree>,
    condition: Option<Tree>,
    of_model: u64,
    selected: u64,
    nearest: Nearest,
    matched: Vec<Matched>,
}

impl Look {
    fn new(job: &Job) -> Self {
        Self {
            constraint: job.node.as_ref().map(|node| Tree::new(&node.constraint)),
            condition: job.condition.as_ref().map(Tree::new),
            of_model: 0,
            selected: 0,
            nearest: Nearest::default(),
            matched: Vec::new(),
        }
    }

    fn merge(&mut self, later: Self) {
        for (mine, theirs) in
            [(&mut self.constraint, &later.constraint), (&mut self.condition, &later.condition)]
        {
            if let (Some(mine), Some(theirs)) = (mine, theirs) {
                mine.add(theirs);
            }
        }
        self.of_model += later.of_model;
        self.selected += later.selected;
        self.nearest.merge(later.nearest);
        self.matched.extend(later.matched);
        self.matched.truncate(MATCHED);
    }

    /// Looks at a batch of events of one type.
    fn at(&mut self, job: &Job, knowledge: &Knowledge, base: &Batch, file: &str) {
        let (inside, batch) = match &job.node {
            None => (Mask::All, knowledge.derive(base, &job.reads)),
            Some(node) => {
                let mut fields = FieldSet::none();
                fields.extend(node.constraint.fields());
                fields.union(&node.sources(&job.reads));
                let derived = knowledge.derive(base, &fields);
                let Some(tree) = &mut self.constraint else { return };
                let judged = judge(&node.constraint, tree, &derived, &Mask::All);
                self.nearest.offer(&node.constraint, &derived, base, file, &judged.costs, 1 << 16);
                let modelled = node.derive(&derived, &job.reads);
                (judged.mask, modelled)
            }
        };
        let rows = base.rows();
        self.of_model += inside.count(rows) as u64;
        if inside.is_none() {
            return;
        }
        let formula = job.condition.as_ref().unwrap_or(&Formula::Always);
        // Events outside of the data model node have no say in the counts of the condition.
        let members = inside.to_array(rows);
        let (batch, base) = (batch.filter(&members), base.filter(&members));
        let mut always = Tree::new(&Formula::Always);
        let tree = self.condition.as_mut().unwrap_or(&mut always);
        let judged = judge(formula, tree, &batch, &Mask::All);
        self.selected += judged.mask.count(batch.rows()) as u64;
        self.nearest.offer(formula, &batch, &base, file, &judged.costs, 0);
        let rows = (0..batch.rows()).filter(|row| judged.mask.contains(*row));
        for row in rows.take(MATCHED.saturating_sub(self.matched.len())) {
            self.matched.push(marks::matched(formula, &batch, &base, row, file));
        }
    }
}

/// What tells an event from others: when, where, which.
pub(super) fn identity(batch: &Batch, row: usize) -> Row {
    let named = ["_time", "host", "source", "EventCode", "EventRecordID"];
    crate::row::row(batch, row).into_iter().filter(|(name, _)| named.contains(&name.as_str())).collect()
}
