//! Frames that come from Splunk: results of a search, and what goes to the HTTP event collector.
//!
//! Facts: <https://docs.splunk.com/Documentation/Splunk/latest/Data/FormateventsforHTTPEventCollector>,
//! <https://docs.splunk.com/Documentation/Splunk/latest/Search/Exportsearchresults>.

use super::{Meta, when};
use crate::formats::json::value::{Json, Members, get};
use std::borrow::Cow;

/// What a result says of its event, where the frame around it says nothing; and whether its time says its zone.
pub(super) fn result<'v>(members: &'v Members<'v>, outer: &Meta<'v>) -> (Meta<'v>, bool) {
    metadata(members, "_time", outer)
}

/// What the collector is told of an event; and whether its time says its zone.
pub(super) fn collector<'v>(members: &'v Members<'v>, outer: &Meta<'v>) -> (Meta<'v>, bool) {
    let (mut meta, zoned) = metadata(members, "time", outer);
    if let Some(fields) = get(members, "fields").and_then(Json::members) {
        meta.fields = fields;
    }
    (meta, zoned)
}

fn metadata<'v>(members: &'v Members<'v>, time: &str, outer: &Meta<'v>) -> (Meta<'v>, bool) {
    let text = |name, outer: &'v str| match get(members, name) {
        Some(Json::Array(values)) => values.first().and_then(Json::scalar).unwrap_or(outer),
        Some(value) => value.scalar().filter(|text| !text.is_empty()).unwrap_or(outer),
        None => outer,
    };
    let when = get(members, time).and_then(when::of);
    let meta = Meta {
        host: text("host", outer.host),
        source: text("source", outer.source),
        sourcetype: text("sourcetype", outer.sourcetype),
        index: text("index", outer.index),
        time: when.map(|when| when.nanos).or(outer.time),
        fields: outer.fields,
    };
    (meta, when.is_none_or(|when| when.zoned))
}

/// The text of the event itself.
pub(super) fn raw<'v>(members: &'v Members<'v>) -> Option<&'v str> {
    get(members, "_raw").and_then(Json::scalar).filter(|raw| !raw.is_empty())
}

/// The fields of a result: all but what Splunk says of the event itself and what it keeps for itself.
pub(super) fn others<'v>(members: &'v Members<'v>) -> Members<'v> {
    let own =
        |name: &str| name.starts_with('_') || matches!(name, "host" | "source" | "sourcetype" | "index");
    let fields = members.iter().filter(|(name, _)| !own(name));
    fields.map(|(name, value)| (Cow::Borrowed(&**name), value.clone())).collect()
}
