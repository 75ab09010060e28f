//! `transforms.conf`: definitions of lookups.
//!
//! <https://help.splunk.com/en/data-management/splunk-enterprise-admin-manual/10.0/10.0.0-configuration-file-reference/transforms.conf>

use super::known;
use super::words::words;
use crate::conf::{Conf, Placed, Stanza, boolean};
use grotto_diag::Diagnostic;
use indexmap::IndexMap;

/// How many rows one event can match unless said otherwise.
const DEFAULT_MAX_MATCHES: usize = 100;

/// The largest value that `max_matches` can have.
const MOST_MATCHES: usize = 1000;

/// A lookup that searches and automatic lookups name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// Its name and where it is written.
    pub name: Placed,
    /// What holds the rows.
    pub source: LookupSource,
    /// `fields_list`: the columns, when it says so.
    pub fields: Vec<String>,
    /// `match_type`: columns that are not compared for equality.
    pub match_types: Vec<(String, MatchType)>,
    /// `case_sensitive_match`, true unless said.
    pub case_sensitive: bool,
    /// `min_matches`: with fewer matches, outputs get [`Self::default_match`] up to this number.
    pub min_matches: usize,
    /// `max_matches`: further rows that match are not looked at. 100 unless said, 1 with a time bound.
    pub max_matches: usize,
    /// `default_match`: what the outputs are when too few rows match; nothing unless said.
    pub default_match: Option<String>,
    /// The columns of time, for a lookup whose rows hold from a time on.
    pub time: Option<TimeBound>,
}

/// What holds the rows of a lookup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookupSource {
    /// A file of `lookups/`.
    File(String),
    /// A key-value collection.
    Collection(String),
    /// A program, or a kind of lookup that grotto has no rows for; the text says which.
    External(String),
}

/// How a column is compared when not for equality.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchType {
    /// The table holds patterns with `*`.
    Wildcard,
    /// The table holds networks such as `10.0.0.0/8`.
    Cidr,
}

/// A lookup whose rows hold from a time on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeBound {
    /// `time_field`: the column with the time.
    pub field: String,
    /// `time_format`: how it is written, `%s.%Q` unless said.
    pub format: String,
    /// `min_offset_secs`: a row counts only this many seconds after its time; 0 unless said.
    pub min_offset: u64,
    /// `max_offset_secs`: and no longer than this many seconds after its time; unbounded unless said.
    pub max_offset: Option<u64>,
}

/// Whether a stanza of `transforms.conf` defines a lookup.
pub(super) fn is_lookup(stanza: &Stanza) -> bool {
    ["filename", "collection", "external_cmd", "external_type"].iter().any(|key| stanza.get(key).is_some())
}

/// Reads the stanzas that define lookups.
pub(super) fn read(conf: &Conf, problems: &mut Vec<Diagnostic>) -> IndexMap<String, Lookup> {
    conf.completed()
        .filter(is_lookup)
        .map(|stanza| (stanza.name.text.clone(), lookup(&stanza, problems)))
        .collect()
}

const USED: [&str; 15] = [
    "filename",
    "collection",
    "external_cmd",
    "external_type",
    "fields_list",
    "match_type",
    "case_sensitive_match",
    "min_matches",
    "max_matches",
    "default_match",
    "time_field",
    "time_format",
    "min_offset_secs",
    "max_offset_secs",
    "filter",
];

fn lookup(stanza: &Stanza, problems: &mut Vec<Diagnostic>) -> Lookup {
    for (key, value) in &stanza.settings {
        if !USED.contains(&key.as_str()) {
            problems.extend(known::unused("transforms", key, value));
        }
    }
    let time = time_bound(stanza, problems);
    let default_max = if time.is_some() { 1 } else { DEFAULT_MAX_MATCHES };
    let max_matches = number(stanza, "max_matches", problems).unwrap_or(default_max);
    Lookup {
        name: stanza.name.clone(),
        source: source(stanza),
        fields: stanza
            .text("fields_list")
            .map(words)
            .unwrap_or_default()
            .into_iter()
            .map(|w| w.text)
            .collect(),
        match_types: stanza.get("match_type").map(|v| match_types(v, problems)).unwrap_or_default(),
        case_sensitive: flag(stanza, "case_sensitive_match", problems).unwrap_or(true),
        min_matches: number(stanza, "min_matches", problems).unwrap_or(0),
        max_matches: max_matches.clamp(1, MOST_MATCHES),
        default_match: stanza.text("default_match").filter(|t| !t.is_empty()).map(str::to_owned),
        time,
    }
}

fn source(stanza: &Stanza) -> LookupSource {
    let kind = stanza.text("external_type").unwrap_or_default();
    match (stanza.text("filename"), stanza.text("collection"), stanza.text("external_cmd")) {
        (Some(file), _, _) if kind.is_empty() => LookupSource::File(file.to_owned()),
        (_, Some(collection), _) => LookupSource::Collection(collection.to_owned()),
        (_, _, Some(command)) => LookupSource::External(command.to_owned()),
        _ => LookupSource::External(kind.to_owned()),
    }
}

fn time_bound(stanza: &Stanza, problems: &mut Vec<Diagnostic>) -> Option<TimeBound> {
    let field = stanza.text("time_field").filter(|f| !f.is_empty())?.to_owned();
    Some(TimeBound {
        field,
        format: stanza.text("time_format").unwrap_or("%s.%Q").to_owned(),
        min_offset: number(stanza, "min_offset_secs", problems).unwrap_or(0),
        max_offset: number(stanza, "max_offset_secs", problems),
    })
}

/// `WILDCARD(a,b), CIDR(c)`; `EXACT` is what the others are.
fn match_types(value: &Placed, problems: &mut Vec<Diagnostic>) -> Vec<(String, MatchType)> {
    let mut types = Vec::new();
    for part in value.text.split_inclusive(')') {
        let part = part.trim_matches(|c: char| c.is_whitespace() || c == ',');
        if part.is_empty() {
            continue;
        }
        let (kind, fields) = part.strip_suffix(')').and_then(|p| p.split_once('(')).unwrap_or((part, ""));
        let kind = match kind.trim().to_ascii_uppercase().as_str() {
            "WILDCARD" => Some(MatchType::Wildcard),
            "CIDR" => Some(MatchType::Cidr),
            "EXACT" => None,
            _ => {
                problems.push(
                    value
                        .warning("app/bad-value", format!("{part:?} is no way of matching"))
                        .help("write: WILDCARD(field), CIDR(field) or EXACT(field)"),
                );
                None
            }
        };
        types.extend(kind.into_iter().flat_map(|k| words(fields).into_iter().map(move |w| (w.text, k))));
    }
    types
}

fn number<T: std::str::FromStr>(stanza: &Stanza, key: &str, problems: &mut Vec<Diagnostic>) -> Option<T> {
    let value = stanza.get(key)?;
    let parsed = value.text.parse().ok();
    if parsed.is_none() {
        problems.push(value.warning("app/bad-value", format!("{key} is not a whole number")));
    }
    parsed
}

/// A setting that is true or false; `None` when it is not there or neither, which is said.
pub(super) fn flag(stanza: &Stanza, key: &str, problems: &mut Vec<Diagnostic>) -> Option<bool> {
    let value = stanza.get(key)?;
    let parsed = boolean(&value.text);
    if parsed.is_none() {
        problems.push(value.warning("app/bad-value", format!("{key} is neither true nor false")));
    }
    parsed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf::parse;
    use grotto_diag::Source;
    use std::sync::Arc;

    fn one(settings: &str) -> (Lookup, Vec<&'static str>) {
        let (conf, _) = parse(&Arc::new(Source::new("transforms.conf", format!("[l]\n{settings}"))));
        let mut problems = Vec::new();
        let mut lookups = read(&conf, &mut problems);
        (lookups.swap_remove("l").unwrap(), problems.iter().map(|p| p.slug).collect())
    }

    #[test]
    fn what_is_not_said_has_splunks_defaults() {
        let (lookup, problems) = one("filename = l.csv\n");
        assert_eq!(problems, [""; 0]);
        assert_eq!(lookup.source, LookupSource::File("l.csv".to_owned()));
        assert_eq!((lookup.min_matches, lookup.max_matches, lookup.case_sensitive), (0, 100, true));
        assert_eq!((lookup.default_match, lookup.time), (None, None));
        assert_eq!((lookup.fields.len(), lookup.match_types.len()), (0, 0));
    }

    #[test]
    fn every_setting() {
        let (lookup, problems) = one("filename = l.csv\nmatch_type = WILDCARD(a), cidr(b, c), EXACT(d)\n\
             case_sensitive_match = false\nmin_matches = 1\nmax_matches = 5000\ndefault_match = false\n\
             fields_list = a, b, \"c d\"\ntime_field = t\nmax_offset_secs = 60\nbatch_index_query = 0\n");
        assert_eq!(problems, [""; 0]);
        let types: Vec<(&str, MatchType)> =
            lookup.match_types.iter().map(|(f, t)| (f.as_str(), *t)).collect();
        assert_eq!(types, [("a", MatchType::Wildcard), ("b", MatchType::Cidr), ("c", MatchType::Cidr)]);
        assert_eq!((lookup.min_matches, lookup.max_matches, lookup.case_sensitive), (1, 1000, false));
        assert_eq!(lookup.default_match.as_deref(), Some("false"));
        assert_eq!(lookup.fields, ["a", "b", "c d"]);
        let time = lookup.time.unwrap();
        assert_eq!((time.field.as_str(), time.min_offset, time.max_offset), ("t", 0, Some(60)));
        assert_eq!(one("filename = l.csv\ntime_field = t\n").0.max_matches, 1);
    }

    #[test]
    fn sources() {
        for (settings, want) in [
            ("collection = c\nexternal_type = kvstore", LookupSource::Collection("c".to_owned())),
            ("external_cmd = x.py a\nfields_list = a", LookupSource::External("x.py a".to_owned())),
            ("external_type = geo\nfilename = g.kmz", LookupSource::External("geo".to_owned())),
        ] {
            assert_eq!(one(settings).0.source, want, "{settings}");
        }
    }

    #[test]
    fn bad_values_are_said_and_the_default_holds() {
        let (lookup, problems) = one(
            "filename = l.csv\nmax_matches = many\nmatch_type = FUZZY(a)\ncase_sensitive_match = maybe\nx = 1\n",
        );
        assert_eq!(problems, ["app/unused-setting", "app/bad-value", "app/bad-value", "app/bad-value"]);
        assert_eq!((lookup.max_matches, lookup.case_sensitive), (100, true));
    }
}
