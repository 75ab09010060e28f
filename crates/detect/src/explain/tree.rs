//! A condition as a tree, with the number of events that satisfy each node.

use grotto_engine::predicate::{Formula, Mask, Predicate};
use grotto_events::Batch;
use serde::Serialize;

/// A node of a condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tree {
    /// `and`, `or`, `not`, `always`, `never`, or the predicate.
    pub text: String,
    /// Events that satisfy it.
    pub alone: u64,
    /// Events that satisfy it and all that stands before it: the earlier parts of every `and` around it.
    pub together: u64,
    /// What it is made of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Tree>,
}

impl Tree {
    /// The tree of a formula that has seen no events.
    pub(super) fn new(formula: &Formula) -> Self {
        let (text, children) = match formula {
            Formula::Always => ("always".to_owned(), &[][..]),
            Formula::Never => ("never".to_owned(), &[][..]),
            Formula::Leaf(predicate) => (written(predicate), &[][..]),
            Formula::Not(inner) => ("not".to_owned(), std::slice::from_ref(&**inner)),
            Formula::And(parts) => ("and".to_owned(), parts.as_slice()),
            Formula::Or(parts) => ("or".to_owned(), parts.as_slice()),
        };
        Self { text, alone: 0, together: 0, children: children.iter().map(Self::new).collect() }
    }

    /// Adds the counts of another tree of the same formula.
    pub(super) fn add(&mut self, other: &Self) {
        self.alone += other.alone;
        self.together += other.together;
        for (mine, theirs) in self.children.iter_mut().zip(&other.children) {
            mine.add(theirs);
        }
    }
}

/// A predicate as people write it.
pub(super) fn written(predicate: &Predicate) -> String {
    predicate.to_string()
}

/// What a condition makes of each row of a batch.
pub(super) struct Judged {
    /// Where it holds.
    pub(super) mask: Mask,
    /// For each row the least number of predicates that would have to come out differently; 0 where it holds.
    pub(super) costs: Vec<u32>,
}

/// Judges the rows of a batch and counts them in the tree. `before` are the rows that satisfy what stands before.
pub(super) fn judge(formula: &Formula, tree: &mut Tree, batch: &Batch, before: &Mask) -> Judged {
    let rows = batch.rows();
    let judged = match formula {
        Formula::Always => Judged { mask: Mask::All, costs: vec![0; rows] },
        Formula::Never => Judged { mask: Mask::None, costs: vec![1; rows] },
        Formula::Leaf(predicate) => {
            let mask = predicate.mask(batch);
            let costs = (0..rows).map(|row| u32::from(!mask.contains(row))).collect();
            Judged { mask, costs }
        }
        Formula::Not(inner) => {
            let mask = match tree.children.first_mut() {
                Some(child) => judge(inner, child, batch, before).mask,
                None => inner.mask(batch),
            };
            let mask = mask.negated();
            let costs = (0..rows).map(|row| u32::from(!mask.contains(row))).collect();
            Judged { mask, costs }
        }
        Formula::And(parts) => {
            let (mut mask, mut costs, mut so_far) = (Mask::All, vec![0u32; rows], before.clone());
            for (part, child) in parts.iter().zip(&mut tree.children) {
                let judged = judge(part, child, batch, &so_far);
                costs.iter_mut().zip(judged.costs).for_each(|(sum, cost)| *sum = sum.saturating_add(cost));
                so_far = so_far.and(judged.mask.clone());
                mask = mask.and(judged.mask);
            }
            Judged { mask, costs }
        }
        Formula::Or(parts) => {
            let (mut mask, mut costs) = (Mask::None, vec![u32::MAX; rows]);
            for (part, child) in parts.iter().zip(&mut tree.children) {
                let judged = judge(part, child, batch, before);
                costs.iter_mut().zip(judged.costs).for_each(|(least, cost)| *least = (*least).min(cost));
                mask = mask.or(judged.mask);
            }
            Judged { mask, costs }
        }
    };
    tree.alone += judged.mask.count(rows) as u64;
    tree.together += before.clone().and(judged.mask.clone()).count(rows) as u64;
    judged
}
