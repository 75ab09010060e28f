//! What rule authors write: detections, macros, lookups, stories, data sources; loading a folder of them.
//!
//! [`Content::load`] reads folders in the layout of Splunk's `security_content`, or rules that simply lie about, and gives
//! one model for the three generations of the rule schema: see [`detection`]. Every search keeps its place in the file
//! it was read from, byte for byte: see [`Text`].
//!
//! Here is no search that is run, and no rule that is judged beyond whether it can be read. What was odd about a file
//! is a [`Diagnostic`](grotto_diag::Diagnostic); a file that can't be used costs nothing but itself.

pub mod attack;
mod content;
mod data_source;
pub mod detection;
mod load;
mod lookup;
mod macros;
pub mod navigator;
pub mod schema;
mod shelf;
mod story;
mod yaml;

pub use content::{Content, Counts};
pub use data_source::{DataSource, FieldMapping, LogSource, SupportedTa};
pub use detection::{
    AttackData, Detection, Drilldown, Entity, EntityType, Finding, Generation, IntermediateFinding, RuleTest,
    RuleType, Schedule, Severity, Status, ThreatObject, Throttling,
};
pub use load::Loader;
pub use lookup::{Lookup, LookupKind, MatchType};
pub use macros::Macro;
pub use story::Story;
pub use yaml::{Document, Text, TextMap, UnknownKey};
