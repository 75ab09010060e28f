//! Which predicates a formula can't do without.

use super::super::{Formula, Op, Predicate, Shape};
use std::sync::Arc;

/// Predicates of which at least one holds in every row in which a formula does.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    pub(super) any: Vec<Arc<Predicate>>,
    /// In which part of the rows one of them may hold, guessed.
    cost: f64,
}

/// Whether the index can find the rows of a predicate without asking it of every row.
pub(super) fn is_indexed(predicate: &Predicate) -> bool {
    matches!(predicate.op(), Op::Exists | Op::Equal | Op::Contains | Op::Term)
        && !predicate.field().contains('*')
}

/// The rarest guard of a formula; `None` when it may hold where no indexed predicate does.
pub(super) fn of(formula: &Formula, indexed: &dyn Fn(&Predicate) -> bool) -> Option<Guard> {
    match formula {
        Formula::Always | Formula::Not(_) => None,
        Formula::Never => Some(Guard { any: Vec::new(), cost: 0.0 }),
        Formula::Leaf(predicate) => {
            indexed(predicate).then(|| Guard { any: vec![Arc::clone(predicate)], cost: cost(predicate) })
        }
        Formula::And(parts) => {
            parts.iter().filter_map(|part| of(part, indexed)).min_by(|a, b| a.cost.total_cmp(&b.cost))
        }
        Formula::Or(parts) => {
            let mut all = Guard { any: Vec::new(), cost: 0.0 };
            for part in parts {
                let guard = of(part, indexed)?;
                all.any.extend(guard.any);
                all.cost += guard.cost;
            }
            Some(all)
        }
    }
}

/// The formula with the parts of every AND in the order in which they are likely to fail.
pub(super) fn sorted(formula: &Formula, indexed: &dyn Fn(&Predicate) -> bool) -> Formula {
    match formula {
        Formula::And(parts) => {
            let mut parts: Vec<(f64, Formula)> = parts
                .iter()
                .map(|part| (of(part, indexed).map_or(f64::MAX, |guard| guard.cost), sorted(part, indexed)))
                .collect();
            parts.sort_by(|a, b| a.0.total_cmp(&b.0));
            Formula::And(parts.into_iter().map(|(_, part)| part).collect())
        }
        Formula::Or(parts) => Formula::Or(parts.iter().map(|part| sorted(part, indexed)).collect()),
        Formula::Not(inner) => Formula::Not(Box::new(sorted(inner, indexed))),
        Formula::Always | Formula::Never | Formula::Leaf(_) => formula.clone(),
    }
}

/// In which part of the rows a predicate may hold, guessed: longer texts are rarer.
fn cost(predicate: &Predicate) -> f64 {
    let longest = || predicate.value().split('*').map(str::len).max().unwrap_or_default() as f64;
    match (predicate.op(), predicate.glob().map(super::super::Glob::shape)) {
        (Op::Exists, _) | (_, Some(Shape::Any)) => 0.95,
        (_, Some(Shape::Exact)) => 0.3 * 0.7_f64.powf(longest()) + 1e-4,
        _ => 0.9 * 0.7_f64.powf(longest()) + 1e-6,
    }
}
