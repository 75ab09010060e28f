//! Alternatives of which there are many: `IN` lists, the rows of a lookup, what a join waits for. In the index they are one
//! thing that holds where any of them does, so that a formula is not walked through value by value.

use super::super::{Formula, Predicate};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Predicates of one field that stand in one OR.
pub(super) struct Group {
    /// Stands for all of them in the formula; no other formula has it.
    pub(super) whole: Arc<Predicate>,
    pub(super) any: Vec<Arc<Predicate>>,
}

/// The formula in which at least `many` indexed alternatives of a field are one.
pub(super) fn gathered(
    formula: &Formula,
    many: usize,
    indexed: &dyn Fn(&Predicate) -> bool,
    groups: &mut Vec<Group>,
) -> Formula {
    let mut all = |parts: &[Formula]| -> Vec<Formula> {
        parts.iter().map(|part| gathered(part, many, indexed, groups)).collect()
    };
    match formula {
        Formula::And(parts) => Formula::And(all(parts)),
        Formula::Not(inner) => Formula::Not(Box::new(gathered(inner, many, indexed, groups))),
        Formula::Or(parts) if parts.len() < many => Formula::Or(all(parts)),
        Formula::Or(parts) => {
            let mut of_field: FxHashMap<&str, Vec<Arc<Predicate>>> = FxHashMap::default();
            let mut left = Vec::new();
            for part in parts {
                match part {
                    Formula::Leaf(predicate) if indexed(predicate) => {
                        of_field.entry(predicate.field()).or_default().push(Arc::clone(predicate));
                    }
                    part => left.push(gathered(part, many, indexed, groups)),
                }
            }
            for any in of_field.into_values() {
                match any.first() {
                    Some(first) if any.len() >= many => {
                        let whole = Arc::new(Predicate::clone(first));
                        left.push(Formula::Leaf(Arc::clone(&whole)));
                        groups.push(Group { whole, any });
                    }
                    _ => left.extend(any.into_iter().map(Formula::Leaf)),
                }
            }
            Formula::Or(left)
        }
        Formula::Always | Formula::Never | Formula::Leaf(_) => formula.clone(),
    }
}
