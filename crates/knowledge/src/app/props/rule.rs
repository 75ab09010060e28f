//! The settings of a `props.conf` stanza that act at search time.

use crate::app::known;
use crate::app::words::{Word, words};
use crate::conf::{Placed, Stanza};
use grotto_diag::Diagnostic;
use std::collections::BTreeMap;

/// `EXTRACT-class = regex` or `regex in field`: named groups of the expression become fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extract {
    /// The name behind `EXTRACT-`.
    pub class: String,
    /// The regular expression.
    pub regex: Placed,
    /// The field that it is matched against; `_raw` unless said.
    pub field: String,
}

/// `REPORT-class = transform, …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The name behind `REPORT-`.
    pub class: String,
    /// Names of stanzas of `transforms.conf`, in order.
    pub transforms: Vec<Placed>,
}

/// One `source AS target` of a `FIELDALIAS-class`.
///
/// `AS` sets the target to what the source has and removes it when the source is missing; `ASNEW` leaves a target
/// that is there alone
/// (<https://help.splunk.com/en/splunk-enterprise/manage-knowledge-objects/knowledge-management-manual/10.0/fields-and-field-extractions/create-field-aliases-in-splunk-web>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The field that is there.
    pub source: String,
    /// The other name that it gets.
    pub target: String,
    /// `ASNEW`: a target that exists is kept.
    pub keep_existing: bool,
    /// Where it is written.
    pub place: Placed,
}

/// A field of a lookup table and the field of the event that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupField {
    /// Column of the table.
    pub column: String,
    /// Field of the event.
    pub field: String,
}

/// `LOOKUP-class = table match [AS field] … [OUTPUT|OUTPUTNEW column [AS field] …]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutoLookup {
    /// The name behind `LOOKUP-`.
    pub class: String,
    /// Name of a lookup stanza of `transforms.conf`.
    pub table: Placed,
    /// What must be equal.
    pub matches: Vec<LookupField>,
    /// What is taken over; empty: every other column.
    pub outputs: Vec<LookupField>,
    /// `OUTPUTNEW`: fields that exist are kept.
    pub keep_existing: bool,
}

/// `KV_MODE`: how fields are found in an event without being told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KvMode {
    /// Not at all.
    None,
    /// `key=value` pairs; the value says whether `\"` and `\\` are honoured.
    Auto {
        /// `auto_escaped`.
        escaped: bool,
    },
    /// As JSON.
    Json,
    /// As XML.
    Xml,
    /// As the stanza of this name of `multikv.conf` says.
    Multi(String),
}

/// What a setting says, whichever it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rule {
    Extract(Extract),
    Report(Report),
    Aliases(Vec<Alias>),
    Eval { field: String, expression: Placed },
    Lookup(AutoLookup),
    KvMode(KvMode),
    Rename(Placed),
}

impl Rule {
    /// The transforms (`false`) and lookups (`true`) that it names.
    pub(super) fn references(&self) -> Vec<(&Placed, bool)> {
        match self {
            Self::Report(report) => report.transforms.iter().map(|t| (t, false)).collect(),
            Self::Lookup(lookup) => vec![(&lookup.table, true)],
            _ => Vec::new(),
        }
    }
}

/// The names of the named groups of a regular expression.
pub(crate) fn group_names(regex: &str) -> Vec<&str> {
    regex
        .split("(?")
        .skip(1)
        .filter_map(|rest| {
            let name = rest.strip_prefix("P<").or_else(|| rest.strip_prefix('<'))?;
            name.split_once('>').map(|(name, _)| name).filter(|n| !n.starts_with(['=', '!']))
        })
        .collect()
}

/// The settings of a stanza, by key.
pub(super) fn rules(stanza: &Stanza, problems: &mut Vec<Diagnostic>) -> BTreeMap<String, Rule> {
    let mut rules = BTreeMap::new();
    for (key, value) in &stanza.settings {
        match rule(key, value) {
            Some(Ok(rule)) => {
                rules.insert(key.clone(), rule);
            }
            Some(Err(problem)) => problems.push(*problem),
            None => problems.extend(known::unused("props", key, value)),
        }
    }
    rules
}

/// What a setting says; `None` when it is not one of those that act at search time.
fn rule(key: &str, value: &Placed) -> Option<Result<Rule, Box<Diagnostic>>> {
    let (kind, class) = key.split_once('-').unwrap_or((key, ""));
    Some(match (kind, class) {
        ("rename", "") => Ok(Rule::Rename(value.clone())),
        ("KV_MODE", "") => kv_mode(value).map(Rule::KvMode),
        ("EXTRACT" | "REPORT" | "FIELDALIAS" | "EVAL" | "LOOKUP", "") => {
            Err(Box::new(value.warning("app/bad-key", format!("{kind} needs a name: {kind}-name"))))
        }
        ("EXTRACT", class) => Ok(Rule::Extract(extract(class, value))),
        ("REPORT", class) => Ok(Rule::Report(report(class, value))),
        ("FIELDALIAS", _) => aliases(value).map(Rule::Aliases),
        ("EVAL", field) => Ok(Rule::Eval { field: field.to_owned(), expression: value.clone() }),
        ("LOOKUP", class) => lookup(class, value).map(Rule::Lookup),
        _ => return None,
    })
}

/// `regex in field`, where the field is a plain name; anything else is all regex.
fn extract(class: &str, value: &Placed) -> Extract {
    let is_name = |f: &str| !f.is_empty() && f.chars().all(|c| c.is_alphanumeric() || c == '_');
    let (regex, field) = match value.text.rsplit_once(" in ") {
        Some((regex, field)) if is_name(field.trim()) => (regex.trim_end(), field.trim()),
        _ => (value.text.as_str(), "_raw"),
    };
    Extract { class: class.to_owned(), regex: value.part(regex), field: field.to_owned() }
}

fn report(class: &str, value: &Placed) -> Report {
    let transforms = words(&value.text).into_iter().map(|w| value.part(w.text)).collect();
    Report { class: class.to_owned(), transforms }
}

fn aliases(value: &Placed) -> Result<Vec<Alias>, Box<Diagnostic>> {
    let words = words(&value.text);
    let mut aliases = Vec::new();
    for triple in words.chunks(3) {
        match triple {
            [source, keyword, target] if keyword.is("AS") || keyword.is("ASNEW") => aliases.push(Alias {
                source: source.text.clone(),
                target: target.text.clone(),
                keep_existing: keyword.is("ASNEW"),
                place: value.clone(),
            }),
            _ => {
                return Err(Box::new(value.warning("app/bad-alias", "not a list of field aliases").help(
                    "write: field AS alias, or field ASNEW alias; names with blanks in double quotes",
                )));
            }
        }
    }
    Ok(aliases)
}

fn lookup(class: &str, value: &Placed) -> Result<AutoLookup, Box<Diagnostic>> {
    let words = words(&value.text);
    let Some((table, clauses)) = words.split_first() else {
        return Err(Box::new(bad_lookup(value)));
    };
    let output = clauses.iter().position(|w| w.is("OUTPUT") || w.is("OUTPUTNEW"));
    let (matches, outputs) = clauses.split_at(output.unwrap_or(clauses.len()));
    let keep_existing = outputs.first().is_some_and(|w| w.is("OUTPUTNEW"));
    let matches = lookup_fields(matches).filter(|m| !m.is_empty());
    match (matches, lookup_fields(outputs.get(1..).unwrap_or_default())) {
        (Some(matches), Some(outputs)) => Ok(AutoLookup {
            class: class.to_owned(),
            table: value.part(table.text.clone()),
            matches,
            outputs,
            keep_existing,
        }),
        _ => Err(Box::new(bad_lookup(value))),
    }
}

fn bad_lookup(value: &Placed) -> Diagnostic {
    value
        .warning("app/bad-lookup", "not an automatic lookup")
        .help("write: table column [AS field] … [OUTPUT|OUTPUTNEW column [AS field] …]")
}

/// `column [AS field] …`; `None` when it is not that.
fn lookup_fields(mut words: &[Word]) -> Option<Vec<LookupField>> {
    let mut fields = Vec::new();
    while let Some((column, rest)) = words.split_first() {
        if column.is("AS") || column.is("OUTPUT") || column.is("OUTPUTNEW") {
            return None;
        }
        let (field, rest) = match rest {
            [keyword, field, rest @ ..] if keyword.is("AS") => (field, rest),
            [keyword] if keyword.is("AS") => return None,
            _ => (column, rest),
        };
        fields.push(LookupField { column: column.text.clone(), field: field.text.clone() });
        words = rest;
    }
    Some(fields)
}

fn kv_mode(value: &Placed) -> Result<KvMode, Box<Diagnostic>> {
    let text = value.text.as_str();
    Ok(match text.to_ascii_lowercase().as_str() {
        "none" => KvMode::None,
        "auto" => KvMode::Auto { escaped: false },
        "auto_escaped" => KvMode::Auto { escaped: true },
        "json" => KvMode::Json,
        "xml" => KvMode::Xml,
        lower => match lower.strip_prefix("multi:").and_then(|name| text.get(text.len() - name.len()..)) {
            Some(name) => KvMode::Multi(name.to_owned()),
            None => {
                return Err(Box::new(
                    value
                        .warning("app/bad-value", "KV_MODE has no such value")
                        .help("none, auto, auto_escaped, json, xml or multi:NAME"),
                ));
            }
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use grotto_diag::{Source, Span};
    use std::sync::Arc;

    fn placed(text: &str) -> Placed {
        let source = Arc::new(Source::new("props.conf", text));
        Placed { text: text.to_owned(), source, span: Span::new(0, text.len()) }
    }

    #[test]
    fn extractions_may_name_their_field() {
        for (value, regex, field) in [
            ("(?<a>.)", "(?<a>.)", "_raw"),
            ("(?<a>.) in Hashes", "(?<a>.)", "Hashes"),
            ("x in y in z", "x in y", "z"),
            ("a [i]n b c", "a [i]n b c", "_raw"),
            ("(?<a>.) in (b)", "(?<a>.) in (b)", "_raw"),
        ] {
            let got = extract("c", &placed(value));
            assert_eq!((got.regex.text.as_str(), got.field.as_str()), (regex, field), "{value}");
        }
    }

    #[test]
    fn aliases_come_in_threes() {
        let got = aliases(&placed("a AS b \"c d\" asnew e")).unwrap();
        let got: Vec<(&str, &str, bool)> =
            got.iter().map(|a| (a.source.as_str(), a.target.as_str(), a.keep_existing)).collect();
        assert_eq!(got, [("a", "b", false), ("c d", "e", true)]);
        for bad in ["a AS", "a b c", "a \"AS\" b"] {
            assert_eq!(aliases(&placed(bad)).unwrap_err().slug, "app/bad-alias", "{bad}");
        }
    }

    #[test]
    fn lookups() {
        let pairs = |fields: &[LookupField]| {
            fields.iter().map(|f| format!("{}={}", f.column, f.field)).collect::<Vec<_>>().join(" ")
        };
        for (value, table, matches, outputs, keep) in [
            ("t a", "t", "a=a", "", false),
            ("t a AS b c OUTPUT d as e, f", "t", "a=b c=c", "d=e f=f", false),
            ("t a OUTPUTNEW b AS \"c d\"", "t", "a=a", "b=c d", true),
        ] {
            let got = lookup("x", &placed(value)).unwrap();
            assert_eq!(got.table.text, table, "{value}");
            assert_eq!((pairs(&got.matches), pairs(&got.outputs)), (matches.to_owned(), outputs.to_owned()));
            assert_eq!(got.keep_existing, keep, "{value}");
        }
        for bad in ["", "t", "t OUTPUT a", "t a AS", "t AS a", "t a OUTPUT b OUTPUT c"] {
            assert_eq!(lookup("x", &placed(bad)).unwrap_err().slug, "app/bad-lookup", "{bad}");
        }
    }

    #[test]
    fn key_value_modes() {
        for (text, want) in [
            ("none", KvMode::None),
            ("XML", KvMode::Xml),
            ("auto_escaped", KvMode::Auto { escaped: true }),
            ("multi:My_Table", KvMode::Multi("My_Table".to_owned())),
        ] {
            assert_eq!(kv_mode(&placed(text)), Ok(want), "{text}");
        }
        assert_eq!(kv_mode(&placed("yaml")).unwrap_err().slug, "app/bad-value");
    }

    #[test]
    fn keys() {
        assert!(
            matches!(rule("EVAL-a-b", &placed("1")), Some(Ok(Rule::Eval { field, .. })) if field == "a-b")
        );
        assert_eq!(rule("EVAL-", &placed("1")).unwrap().unwrap_err().slug, "app/bad-key");
        assert!(rule("TRANSFORMS-x", &placed("1")).is_none());
    }

    #[test]
    fn named_groups() {
        assert_eq!(group_names(r"(?<a>.)(?P<b>(?<!x)y(?<=z))(?:q)"), ["a", "b"]);
    }
}
