//! The ATT&CK matrix: how many rules are tagged with each technique, run, are proven. Three pages, so that each has an
//! address and none needs a script.

use super::Page;
use crate::model::{EvidenceState, RulePage, TechniqueEntry};
use crate::site::article::level;
use crate::site::cx::{Cx, thousands};
use crate::site::frame::{Frame, Menu};
use crate::site::links;
use askama::Template;

/// Which rules count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coverage {
    /// All that are tagged.
    Tagged,
    /// Those that run.
    Runnable,
    /// Those that fire on their own data.
    Proven,
}

impl Coverage {
    /// All.
    pub(super) const ALL: [Self; 3] = [Self::Tagged, Self::Runnable, Self::Proven];

    /// In a word.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Tagged => "tagged",
            Self::Runnable => "runnable",
            Self::Proven => "proven",
        }
    }

    /// The folder of its page.
    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::Tagged => "attack/",
            Self::Runnable => "attack/runnable/",
            Self::Proven => "attack/proven/",
        }
    }

    /// Which rules count.
    pub(super) fn says(self) -> &'static str {
        match self {
            Self::Tagged => "Rules that are tagged with each technique.",
            Self::Runnable => "Rules that are tagged with each technique and that grotto can run.",
            Self::Proven => "Rules that are tagged with each technique and fire on their own attack data.",
        }
    }

    /// Whether a rule counts.
    pub(super) fn has(self, rule: &RulePage) -> bool {
        match self {
            Self::Tagged => true,
            Self::Runnable => rule.evidence.state != EvidenceState::Cannot,
            Self::Proven => rule.evidence.state == EvidenceState::Fires,
        }
    }

    /// How many rules of a technique count.
    pub(super) fn count(self, technique: &TechniqueEntry) -> usize {
        match self {
            Self::Tagged => technique.rules.len(),
            Self::Runnable => technique.running as usize,
            Self::Proven => technique.proven as usize,
        }
    }
}

/// The matrix as it is shown.
#[derive(Template)]
#[template(path = "attack.html")]
struct Matrix {
    frame: Frame,
    coverage: Coverage,
    version: String,
    covered: String,
    all: String,
    columns: Vec<Column>,
}

/// A tactic.
pub(super) struct Column {
    /// Its name.
    pub(super) name: String,
    /// Its address.
    pub(super) href: String,
    /// How many of its techniques have a rule, sub-techniques included.
    pub(super) covered: usize,
    /// How many techniques it has, sub-techniques included.
    pub(super) all: usize,
    /// Its techniques, sub-techniques after theirs.
    pub(super) cells: Vec<Technique>,
}

/// A technique in a column.
pub(super) struct Technique {
    /// Its id.
    pub(super) id: String,
    /// Its name, without that of its technique.
    pub(super) name: String,
    /// Its address.
    pub(super) href: String,
    /// How many rules count.
    pub(super) n: usize,
    /// How much that is, 0 to 4.
    pub(super) level: u8,
    /// Whether it is a sub-technique.
    pub(super) sub: bool,
}

/// The pages.
pub(super) fn pages(_: &Cx) -> Vec<Page> {
    let page = |coverage: Coverage| {
        Page::html(format!("{}index.html", coverage.folder()), move |cx| make(cx, coverage))
    };
    Coverage::ALL.into_iter().map(page).collect()
}

fn make(cx: &Cx, coverage: Coverage) -> Matrix {
    let columns = columns(cx, coverage);
    let current = || cx.catalog.techniques.iter().filter(|t| t.state == "current");
    Matrix {
        frame: cx.frame(&format!("{}index.html", coverage.folder()), "ATT&CK coverage", Menu::Attack),
        coverage,
        version: cx.catalog.versions.attack.clone(),
        covered: thousands(current().filter(|t| coverage.count(t) > 0).count()),
        all: thousands(current().count()),
        columns,
    }
}

/// The matrix, tactic by tactic: what is in use, and what rules are tagged with all the same.
pub(super) fn columns(cx: &Cx, coverage: Coverage) -> Vec<Column> {
    let most = cx.catalog.techniques.iter().map(|t| coverage.count(t)).max().unwrap_or(0);
    let column = |tactic: &crate::model::TacticEntry| {
        let mut cells: Vec<_> = tactic
            .techniques
            .iter()
            .filter_map(|id| cx.technique(id))
            .map(|t| Technique {
                id: t.id.clone(),
                name: t.name.clone(),
                href: links::technique(&t.id),
                n: coverage.count(t),
                level: level(coverage.count(t), most),
                sub: t.id.contains('.'),
            })
            .collect();
        cells.sort_by(|a, b| a.id.cmp(&b.id));
        Column {
            name: tactic.name.clone(),
            href: links::tactic(&tactic.key),
            covered: cells.iter().filter(|t| t.n > 0).count(),
            all: cells.len(),
            cells,
        }
    };
    cx.catalog.tactics.iter().map(column).collect()
}
