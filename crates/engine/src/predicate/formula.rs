//! Boolean formulas over predicates.

use super::{Mask, Predicate};
use grotto_events::Batch;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A boolean formula over [`Predicate`]s. Cheap to clone but for its shape.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Formula {
    /// Every row.
    Always,
    /// No row.
    Never,
    /// The rows in which a predicate holds.
    Leaf(Arc<Predicate>),
    /// All other rows.
    Not(Box<Formula>),
    /// The rows of all; at least two.
    And(Vec<Formula>),
    /// The rows of any; at least two.
    Or(Vec<Formula>),
}

impl From<Predicate> for Formula {
    fn from(predicate: Predicate) -> Self {
        Self::Leaf(Arc::new(predicate))
    }
}

impl Formula {
    /// All of these; nested `And`s become one.
    pub fn and(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Self::Always => {}
                Self::Never => return Self::Never,
                Self::And(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        if kept.len() > 1 { Self::And(kept) } else { kept.pop().unwrap_or(Self::Always) }
    }

    /// Any of these; nested `Or`s become one.
    pub fn or(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Self::Never => {}
                Self::Always => return Self::Always,
                Self::Or(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        if kept.len() > 1 { Self::Or(kept) } else { kept.pop().unwrap_or(Self::Never) }
    }

    /// The opposite.
    pub fn negated(self) -> Self {
        match self {
            Self::Always => Self::Never,
            Self::Never => Self::Always,
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// The predicates, in order, one as often as it appears.
    pub fn predicates(&self) -> Vec<&Arc<Predicate>> {
        let mut all = Vec::new();
        self.collect(&mut all);
        all
    }

    fn collect<'f>(&'f self, all: &mut Vec<&'f Arc<Predicate>>) {
        match self {
            Self::Always | Self::Never => {}
            Self::Leaf(predicate) => all.push(predicate),
            Self::Not(inner) => inner.collect(all),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.collect(all)),
        }
    }

    /// The fields that it reads, each once; names may have wildcards.
    pub fn fields(&self) -> BTreeSet<&str> {
        self.predicates().into_iter().map(|predicate| predicate.field()).collect()
    }

    /// Another formula with each predicate replaced, for sharing equal ones between formulas.
    pub fn map(&self, share: &mut dyn FnMut(&Arc<Predicate>) -> Arc<Predicate>) -> Self {
        match self {
            Self::Always => Self::Always,
            Self::Never => Self::Never,
            Self::Leaf(predicate) => Self::Leaf(share(predicate)),
            Self::Not(inner) => Self::Not(Box::new(inner.map(share))),
            Self::And(parts) => Self::And(parts.iter().map(|part| part.map(share)).collect()),
            Self::Or(parts) => Self::Or(parts.iter().map(|part| part.map(share)).collect()),
        }
    }

    /// What is left of it when some predicates are known.
    #[must_use]
    pub fn folded(&self, known: &mut dyn FnMut(&Arc<Predicate>) -> Option<bool>) -> Self {
        match self {
            Self::Always => Self::Always,
            Self::Never => Self::Never,
            Self::Leaf(predicate) => match known(predicate) {
                Some(true) => Self::Always,
                Some(false) => Self::Never,
                None => self.clone(),
            },
            Self::Not(inner) => inner.folded(known).negated(),
            Self::And(parts) => Self::and(parts.iter().map(|part| part.folded(known))),
            Self::Or(parts) => Self::or(parts.iter().map(|part| part.folded(known))),
        }
    }

    /// A formula that holds wherever this one does, and may hold elsewhere: each predicate is replaced by what it
    /// implies, and what is negated by nothing at all.
    #[must_use]
    pub fn implied(&self, of: &mut dyn FnMut(&Arc<Predicate>) -> Self) -> Self {
        match self {
            Self::Always | Self::Not(_) => Self::Always,
            Self::Never => Self::Never,
            Self::Leaf(predicate) => of(predicate),
            Self::And(parts) => Self::and(parts.iter().map(|part| part.implied(of))),
            Self::Or(parts) => Self::or(parts.iter().map(|part| part.implied(of))),
        }
    }

    /// In which rows of a batch it holds.
    pub fn mask(&self, batch: &Batch) -> Mask {
        self.mask_with(&mut |predicate| predicate.mask(batch))
    }

    /// In which rows it holds, given where each predicate holds. A predicate whose answer can't matter is not asked.
    pub fn mask_with(&self, ask: &mut dyn FnMut(&Arc<Predicate>) -> Mask) -> Mask {
        match self {
            Self::Always => Mask::All,
            Self::Never => Mask::None,
            Self::Leaf(predicate) => ask(predicate),
            Self::Not(inner) => inner.mask_with(ask).negated(),
            Self::And(parts) => {
                let mut mask = Mask::All;
                for part in parts {
                    mask = mask.and(part.mask_with(ask));
                    if mask == Mask::None {
                        break;
                    }
                }
                mask
            }
            Self::Or(parts) => {
                let mut mask = Mask::None;
                for part in parts {
                    mask = mask.or(part.mask_with(ask));
                    if mask == Mask::All {
                        break;
                    }
                }
                mask
            }
        }
    }

    /// What the formula is when only some predicates are known, such as those of the columns that are the same in a
    /// whole file; `None` when that depends on the others.
    pub fn decided(&self, known: &mut dyn FnMut(&Predicate) -> Option<bool>) -> Option<bool> {
        match self {
            Self::Always => Some(true),
            Self::Never => Some(false),
            Self::Leaf(predicate) => known(predicate),
            Self::Not(inner) => inner.decided(known).map(|b| !b),
            Self::And(parts) => decided(parts, false, known),
            Self::Or(parts) => decided(parts, true, known),
        }
    }
}

/// `decisive` if any part is, its opposite if all parts are, else unknown.
fn decided(
    parts: &[Formula],
    decisive: bool,
    known: &mut dyn FnMut(&Predicate) -> Option<bool>,
) -> Option<bool> {
    let mut result = Some(!decisive);
    for part in parts {
        match part.decided(known) {
            Some(b) if b == decisive => return Some(decisive),
            Some(_) => {}
            None => result = None,
        }
    }
    result
}
