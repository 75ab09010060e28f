//! The page model: what the pages of a catalogue say, whatever they look like.
//!
//! Rules are named by their ids everywhere, so that each part can be read by itself. All lists are sorted, either as
//! their documentation says or by name. The only time in here is the day of the tests, which is given with the content, so
//! equal content gives equal models.
//!
//! A rule's `language` says which parts of a page it can have: a rule without stages has [`RulePage::stages`] empty. What
//! rules look for ([`Indicator`]) means the same in every language.

mod body;
mod catalog;
mod evidence;
mod indicator;
mod page;
mod report;

pub use body::{Body, Condition, ConditionKind, FieldsOut, Piece, Stage};
pub use catalog::{
    Catalog, CommandEntry, Corpus, DataSourceEntry, EventEntry, FieldEntry, IndicatorEntry, LookupEntry,
    MacroEntry, StoryEntry, TacticEntry, TechniqueEntry, Versions,
};
pub use evidence::{Evidence, EvidenceState, SampleEvent, SampleField, Stretch, TestCase};
pub use indicator::{Indicator, IndicatorKind, IndicatorValue};
pub use page::{
    Drilldown, EntityScore, EventCoverage, EventUse, Facts, FindingPage, LookupUse, MacroUse, RulePage,
    Similar, TacticTag, TechniqueTag,
};
pub use report::{Pair, Report, RuleNote};

use serde::Serialize;
use std::sync::Arc;

/// The id of a rule; shared, as many parts of a catalogue hold it.
pub type RuleId = Arc<str>;

/// A language that rules are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Splunk's search language.
    Spl,
}

impl Language {
    /// The name for people, which is the section's name too.
    pub fn name(self) -> &'static str {
        match self {
            Self::Spl => "Splunk",
        }
    }
}
