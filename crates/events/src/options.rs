//! What a reader of events wants to know about them.

use crate::FieldName;
use jiff::tz::TimeZone;
use rustc_hash::FxHashSet;
use std::borrow::Cow;
use std::sync::Arc;

/// A set of field names.
pub type FieldSet = FxHashSet<FieldName>;

/// How events become batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadOptions {
    /// The fields to build columns of; `None` builds all. `_time` is always there.
    pub fields: Option<Arc<FieldSet>>,
    /// Whether to build `_raw` even when `fields` does not name it.
    pub raw: bool,
    /// Reads EVTX by way of its XML always, which is slower and the same: the reference.
    pub through_xml: bool,
    /// The name of a column that tells where in its part each event stands, counted from 0 over all events that could be
    /// read, whether they make rows or not.
    pub order: Option<FieldName>,
    /// Rows at which a batch is handed on. Batches can be smaller.
    pub batch_rows: usize,
    /// Puts this into `source` instead of what the event says.
    pub source: Option<Arc<str>>,
    /// Puts this into `sourcetype` instead of what the event says.
    pub sourcetype: Option<Arc<str>>,
    /// Puts this into `host` instead of what the event says.
    pub host: Option<Arc<str>>,
    /// Puts this into `index` instead of what the event says; without it, an event that says nothing is in `main`.
    pub index: Option<Arc<str>>,
}

impl Default for ReadOptions {
    /// Every field, with `_raw`, 4,096 rows a batch, index `main`.
    fn default() -> Self {
        Self {
            fields: None,
            raw: true,
            through_xml: false,
            order: None,
            batch_rows: 4096,
            source: None,
            sourcetype: None,
            host: None,
            index: None,
        }
    }
}

/// What a user says of all events of an input. It counts more than what the events say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels {
    /// Their `source`.
    pub source: Option<Arc<str>>,
    /// Their `sourcetype`.
    pub sourcetype: Option<Arc<str>>,
    /// Their `host`.
    pub host: Option<Arc<str>>,
    /// Their `index`.
    pub index: Option<Arc<str>>,
    /// The zone of their times, where those say none; UTC if not given.
    pub zone: Option<TimeZone>,
}

impl ReadOptions {
    /// The options for an input of which something is said.
    pub(crate) fn labelled(&self, labels: &Labels) -> Cow<'_, Self> {
        if *labels == Labels::default() {
            return Cow::Borrowed(self);
        }
        let mut options = self.clone();
        for (said, option) in [
            (&labels.source, &mut options.source),
            (&labels.sourcetype, &mut options.sourcetype),
            (&labels.host, &mut options.host),
            (&labels.index, &mut options.index),
        ] {
            if said.is_some() {
                option.clone_from(said);
            }
        }
        Cow::Owned(options)
    }

    /// Only these fields, and no `_raw` unless it is one of them.
    pub fn only<N: Into<FieldName>>(fields: impl IntoIterator<Item = N>) -> Self {
        let fields = fields.into_iter().map(Into::into).collect();
        Self { fields: Some(Arc::new(fields)), raw: false, ..Self::default() }
    }

    /// Whether a column of this field is to be built.
    pub fn wants(&self, field: &str) -> bool {
        match &self.fields {
            Some(fields) => fields.contains(field) || (self.raw && field == "_raw"),
            None => self.raw || field != "_raw",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted() {
        let all = ReadOptions::default();
        assert!(all.wants("anything") && all.wants("_raw"));
        let all_but_raw = ReadOptions { raw: false, ..ReadOptions::default() };
        assert!(all_but_raw.wants("anything") && !all_but_raw.wants("_raw"));
        let some = ReadOptions::only(["a", "b"]);
        assert!(some.wants("a") && !some.wants("c") && !some.wants("_raw"));
        assert!(ReadOptions::only(["_raw"]).wants("_raw"));
        assert!(ReadOptions { raw: true, ..some }.wants("_raw"));
    }
}
