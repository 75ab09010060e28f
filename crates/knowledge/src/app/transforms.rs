//! `transforms.conf`: named extractions, which `REPORT-` settings use.
//!
//! Stanzas that define lookups are read by [`super::lookups`]; stanzas for index time are passed over
//! (<https://help.splunk.com/en/data-management/splunk-enterprise-admin-manual/10.0/10.0.0-configuration-file-reference/transforms.conf>).

use super::known;
use super::template::{Template, pairs};
use super::words::words;
use crate::conf::{Conf, Placed, Stanza};
use grotto_diag::Diagnostic;
use indexmap::IndexMap;

/// A stanza that makes fields out of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transform {
    /// Its name and where it is written.
    pub name: Placed,
    /// `SOURCE_KEY`: the field that it reads; `_raw` unless said.
    pub source: String,
    /// How it reads.
    pub how: How,
    /// `MV_ADD`: a field that exists gets a further value instead of being kept.
    pub add_values: bool,
    /// `CLEAN_KEYS`: characters of field names other than letters, digits and `_` become `_`.
    pub clean_keys: bool,
    /// `KEEP_EMPTY_VALS`: pairs with an empty value make a field too.
    pub keep_empty: bool,
}

/// How a [`Transform`] finds fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// `REGEX`, with the pairs of `FORMAT`; without pairs, named groups become fields.
    Regex {
        /// The regular expression.
        regex: Placed,
        /// Field and value, both with groups.
        pairs: Vec<(Template, Template)>,
    },
    /// `DELIMS`, with the names of `FIELDS`.
    Delims(Delims),
}

/// Splitting at characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delims {
    /// What stands between the pairs, or between the values if there is nothing between key and value.
    pub between_pairs: Vec<char>,
    /// What stands between a key and its value; empty when there are no keys.
    pub between_key_and_value: Vec<char>,
    /// Names of the values in order, when there are no keys.
    pub fields: Vec<String>,
}

impl Transform {
    /// The field names that it makes, as far as they are written down.
    pub fn field_names(&self) -> Vec<&str> {
        match &self.how {
            How::Regex { regex, pairs } if pairs.is_empty() => super::props::group_names(&regex.text),
            How::Regex { pairs, .. } => pairs.iter().filter_map(|(name, _)| name.as_text()).collect(),
            How::Delims(delims) => delims.fields.iter().map(String::as_str).collect(),
        }
    }
}

/// Reads the stanzas that are extractions.
pub(super) fn read(conf: &Conf, problems: &mut Vec<Diagnostic>) -> IndexMap<String, Transform> {
    conf.completed()
        .filter(|s| !super::lookups::is_lookup(s) && !is_for_index_time(s))
        .filter_map(|stanza| Some((stanza.name.text.clone(), transform(&stanza, problems)?)))
        .collect()
}

/// Stanzas that write somewhere else than into fields of a search.
fn is_for_index_time(stanza: &Stanza) -> bool {
    let metric = stanza.settings.keys().any(|k| k.starts_with("METRIC-SCHEMA-"));
    let written = ["DEST_KEY", "INGEST_EVAL", "CLONE_SOURCETYPE"].iter().any(|k| stanza.get(k).is_some());
    metric || written
}

fn transform(stanza: &Stanza, problems: &mut Vec<Diagnostic>) -> Option<Transform> {
    let how = match (stanza.get("REGEX"), stanza.get("DELIMS")) {
        (Some(regex), _) => {
            let pairs = stanza.get("FORMAT").map_or(Ok(Vec::new()), |format| {
                pairs(&format.text).map_err(|word| {
                    format
                        .warning("app/bad-format", format!("{word:?} is not a pair of field and value"))
                        .help("write: field::$1, one pair for each field")
                })
            });
            How::Regex { regex: regex.clone(), pairs: pairs.map_err(|p| problems.push(p)).ok()? }
        }
        (None, Some(value)) => How::Delims(delims(stanza, value, problems)?),
        (None, None) => {
            problems
                .push(stanza.name.warning("app/empty-transform", "a transform without REGEX or DELIMS").help(
                "a lookup needs filename, collection or external_cmd; an extraction needs REGEX or DELIMS",
            ));
            return None;
        }
    };
    for (key, value) in &stanza.settings {
        if !USED.contains(&key.as_str()) {
            problems.extend(known::unused("transforms", key, value));
        }
    }
    let flag = |key: &str, default: bool, problems: &mut Vec<Diagnostic>| {
        super::lookups::flag(stanza, key, problems).unwrap_or(default)
    };
    Some(Transform {
        name: stanza.name.clone(),
        source: stanza.text("SOURCE_KEY").filter(|s| !s.is_empty()).unwrap_or("_raw").to_owned(),
        how,
        add_values: flag("MV_ADD", false, problems),
        clean_keys: flag("CLEAN_KEYS", true, problems),
        keep_empty: flag("KEEP_EMPTY_VALS", false, problems),
    })
}

const USED: [&str; 8] =
    ["REGEX", "FORMAT", "DELIMS", "FIELDS", "SOURCE_KEY", "MV_ADD", "CLEAN_KEYS", "KEEP_EMPTY_VALS"];

fn delims(stanza: &Stanza, value: &Placed, problems: &mut Vec<Diagnostic>) -> Option<Delims> {
    let sets = quoted(&value.text);
    let (between_pairs, between_key_and_value) = match sets.as_slice() {
        [one] if !one.is_empty() => (one.clone(), Vec::new()),
        [one, two] if !one.is_empty() => (one.clone(), two.clone()),
        _ => {
            problems.push(
                value
                    .warning("app/bad-delims", "DELIMS is not one or two lists of characters in quotes")
                    .help("write: DELIMS = \"|\" or DELIMS = \"|\", \"=\""),
            );
            return None;
        }
    };
    let fields = stanza.text("FIELDS").map(words).unwrap_or_default().into_iter().map(|w| w.text).collect();
    Some(Delims { between_pairs, between_key_and_value, fields })
}

/// The texts in double quotes, with `\t`, `\n`, `\r`, `\"` and `\\` read.
fn quoted(text: &str) -> Vec<Vec<char>> {
    let mut out = Vec::new();
    let mut chars = text.chars();
    while chars.by_ref().any(|c| c == '"') {
        let mut set = Vec::new();
        while let Some(c) = chars.next().filter(|c| *c != '"') {
            set.push(match c {
                '\\' => match chars.next() {
                    Some('t') => '\t',
                    Some('n') => '\n',
                    Some('r') => '\r',
                    Some(other) => other,
                    None => '\\',
                },
                other => other,
            });
        }
        out.push(set);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf::parse;
    use grotto_diag::Source;
    use std::sync::Arc;

    fn read_text(text: &str) -> (IndexMap<String, Transform>, Vec<&'static str>) {
        let (conf, _) = parse(&Arc::new(Source::new("transforms.conf", text)));
        let mut problems = Vec::new();
        let transforms = read(&conf, &mut problems);
        (transforms, problems.iter().map(|p| p.slug).collect())
    }

    #[test]
    fn regular_expressions() {
        let (transforms, problems) = read_text(
            "[a]\nREGEX = (\\w+)=(\\w+)\nFORMAT = $1::$2 x::y\nSOURCE_KEY = Hashes\nMV_ADD = true\n\
             [b]\nREGEX = (?<c>.)\nCLEAN_KEYS = 0\n",
        );
        assert_eq!(problems, [""; 0]);
        let a = &transforms["a"];
        assert_eq!((a.source.as_str(), a.add_values, a.clean_keys), ("Hashes", true, true));
        assert_eq!(a.field_names(), ["x"]);
        let b = &transforms["b"];
        assert_eq!((b.source.as_str(), b.add_values, b.clean_keys), ("_raw", false, false));
        assert_eq!(b.field_names(), ["c"]);
    }

    #[test]
    fn delimiters() {
        for (delims, want) in [
            ("\"|\"", Some(("|", ""))),
            ("\"|;\", \"=\"", Some(("|;", "="))),
            ("\"\\t\"", Some(("\t", ""))),
            ("\"\\\"\" , \"\\\\\"", Some(("\"", "\\"))),
            ("|", None),
            ("\"\"", None),
            ("\"a\",\"b\",\"c\"", None),
        ] {
            let (transforms, problems) = read_text(&format!("[a]\nDELIMS = {delims}\nFIELDS = x, \"y z\"\n"));
            let got = transforms.get("a").map(|t| match &t.how {
                How::Delims(d) => (
                    d.between_pairs.iter().collect::<String>(),
                    d.between_key_and_value.iter().collect::<String>(),
                ),
                How::Regex { .. } => unreachable!("no REGEX"),
            });
            assert_eq!(got, want.map(|(a, b)| (a.to_owned(), b.to_owned())), "{delims}");
            assert_eq!(problems.is_empty(), want.is_some(), "{delims}");
            if let Some(transform) = transforms.get("a") {
                assert_eq!(transform.field_names(), ["x", "y z"]);
            }
        }
    }

    #[test]
    fn what_is_no_extraction() {
        let (transforms, problems) = read_text(
            "[i]\nREGEX = .\nDEST_KEY = queue\nFORMAT = nullQueue\n\
             [w]\nREGEX = (.)\nFORMAT = a::$1\nWRITE_META = true\n\
             [l]\nfilename = l.csv\n\
             [e]\nSOURCE_KEY = a\n\
             [f]\nREGEX = .\nFORMAT = nonsense\n\
             [u]\nREGEX = .\nREGEXP = .\nMV_ADD = perhaps\n",
        );
        assert_eq!(transforms.keys().collect::<Vec<_>>(), ["w", "u"], "WRITE_META says nothing to a REPORT");
        assert_eq!(
            problems,
            ["app/empty-transform", "app/bad-format", "app/unused-setting", "app/bad-value"]
        );
    }
}
