//! What of the events of a type is to be read.

use crate::ReadOptions;
use std::sync::Arc;

/// Fields that hold the XML of sections of an event.
const SECTIONS: [&str; 4] = ["System_Props_Xml", "EventData_Xml", "UserData_Xml", "RenderingInfo_Xml"];

/// Answers whether a column of a field is to be built.
pub type Test = dyn Fn(&str) -> bool + Send + Sync;

/// What is known of an event before its fields are read. `None` says that the field may hold something else as well, or
/// nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EventType<'a> {
    /// `source`.
    pub source: &'a str,
    /// `sourcetype`.
    pub sourcetype: &'a str,
    /// `index`.
    pub index: &'a str,
    /// `Channel`.
    pub channel: Option<&'a str>,
    /// `EventID` and `EventCode`.
    pub id: Option<&'a str>,
    /// `Name`, the provider's.
    pub provider: Option<&'a str>,
}

/// What of the events of a type is to be read.
#[derive(Clone)]
pub enum Wanted {
    /// Nothing: they are counted, and make no rows.
    Nothing,
    /// What the [options](ReadOptions) say.
    Options,
    /// The fields of which this says so; `_time` is always there, and `_raw` also when the options ask for it.
    Fields(Arc<Test>),
}

/// Says what of the events of a type is to be read. It has to give the same answer each time.
pub type Wants<'w> = dyn Fn(&EventType<'_>) -> Wanted + Sync + 'w;

impl Wanted {
    /// Whether a column of this field is to be built.
    pub(crate) fn has(&self, field: &str, options: &ReadOptions) -> bool {
        match self {
            Self::Nothing => false,
            Self::Options => options.wants(field),
            Self::Fields(test) => test(field) || (options.raw && field == "_raw"),
        }
    }

    /// Whether the XML of a section of an event is wanted.
    pub(crate) fn has_sections(&self, options: &ReadOptions) -> bool {
        SECTIONS.iter().any(|field| self.has(field, options))
    }

    /// Whether rows are to be made at all.
    pub(crate) fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }
}

impl std::fmt::Debug for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Nothing => "Nothing",
            Self::Options => "Options",
            Self::Fields(_) => "Fields",
        })
    }
}
