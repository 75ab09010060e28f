//! Extractions without a regular expression: texts that are split at characters (`DELIMS`), and the pairs, JSON or XML
//! that `KV_MODE` finds.
//!
//! Facts: <https://help.splunk.com/en/data-management/splunk-enterprise-admin-manual/10.0/10.0.0-configuration-file-reference/transforms.conf>,
//! <https://help.splunk.com/en/data-management/splunk-enterprise-admin-manual/10.0/10.0.0-configuration-file-reference/props.conf>.

use super::{Changes, Found, MOST_MATCHES, collect};
use grotto_engine::commands::{clean_key, key_value_pairs};
use grotto_events::{Batch, json};

/// What stands between pairs when nothing says otherwise, as for `extract`.
const BETWEEN_PAIRS: &str = " \t\r\n,;|&";

/// An extraction without a regular expression.
#[derive(Debug)]
pub(crate) struct Pairs {
    /// The field that it reads.
    pub(crate) field: String,
    pub(crate) how: Split,
    /// Whether a field gets all values that were found and not just the first.
    pub(crate) multivalue: bool,
    /// Whether a pair without a value makes a field.
    pub(crate) keep_empty: bool,
    /// Whether characters of names other than letters, digits and `_` become `_`.
    pub(crate) clean: bool,
}

/// How it finds pairs.
#[derive(Debug)]
pub(crate) enum Split {
    /// Values in the order of these names, with one of these characters between them.
    Columns { between: Vec<char>, names: Vec<String> },
    /// Pairs with one of `pairs` between them, key and value with one of `keys`.
    Delims { pairs: Vec<char>, keys: Vec<char> },
    /// `KV_MODE = auto`: JSON where the text is JSON, else `key=value`.
    Auto,
    /// `KV_MODE = json`.
    Json,
    /// `KV_MODE = xml`.
    Xml,
}

impl Pairs {
    /// The names that it makes; `None` when they come from the event.
    pub(crate) fn makes(&self) -> Option<&[String]> {
        match &self.how {
            Split::Columns { names, .. } => Some(names),
            _ => None,
        }
    }

    pub(crate) fn changes(&self, from: &Batch) -> Changes {
        collect(from, &self.field, self.multivalue, |text| self.pairs_of(text))
    }

    /// The fields that a text gives.
    fn pairs_of(&self, text: &str) -> Found {
        let mut found = match &self.how {
            Split::Columns { between, names } => pieces(text, between)
                .map(unquoted)
                .zip(names)
                .map(|(value, name)| (name.clone(), value))
                .collect(),
            Split::Delims { pairs, keys } => pieces(text, pairs)
                .filter_map(|piece| piece.split_once(|c| keys.contains(&c)))
                .map(|(name, value)| (unquoted(name), unquoted(value)))
                .take(MOST_MATCHES)
                .collect(),
            Split::Auto => json_fields(text).unwrap_or_else(|| {
                let found = key_value_pairs(text, BETWEEN_PAIRS, "=");
                found.map(|(name, value)| (name.to_owned(), value.to_owned())).take(MOST_MATCHES).collect()
            }),
            Split::Json => json_fields(text).unwrap_or_default(),
            Split::Xml => {
                let mut found = Found::new();
                grotto_engine::xml::fields(text, |name, value| {
                    if found.len() < MOST_MATCHES {
                        found.push((name.to_owned(), value.to_owned()));
                    }
                });
                return found;
            }
        };
        // The paths of JSON keep their points and braces.
        if self.clean
            && matches!(self.how, Split::Delims { .. } | Split::Auto)
            && !text.trim_start().starts_with('{')
        {
            for (name, _) in &mut found {
                *name = clean_key(name);
            }
        }
        found.retain(|(name, value)| !name.is_empty() && (self.keep_empty || !value.is_empty()));
        found
    }
}

/// The fields of a JSON object; `None` when the text is none.
fn json_fields(text: &str) -> Option<Found> {
    let value = json::parse_container(text)?;
    let mut found = Found::new();
    json::flatten(&value, |name, value| {
        if found.len() < MOST_MATCHES {
            found.push((name.to_owned(), value.into_owned()));
        }
    });
    Some(found)
}

/// A text split at characters that stand outside of double quotes.
fn pieces<'t>(text: &'t str, between: &'t [char]) -> impl Iterator<Item = &'t str> {
    let mut quoted = false;
    text.split(move |c| {
        quoted ^= c == '"' && !between.contains(&'"');
        !quoted && between.contains(&c)
    })
}

/// Without blanks around it, and without the quotes if it stands in quotes.
fn unquoted(text: &str) -> String {
    let text = text.trim();
    let inside = text.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
    inside.unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(how: Split, keep_empty: bool, text: &str) -> String {
        let field = "_raw".to_owned();
        let pairs = Pairs { field, how, multivalue: true, keep_empty, clean: true };
        let found = pairs.pairs_of(text);
        found.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn values_in_columns() {
        let columns =
            || Split::Columns { between: vec![',', ';'], names: ["a", "b", "c"].map(str::to_owned).to_vec() };
        for (text, keep_empty, want) in [
            ("1,2;3,4", false, "a=1 b=2 c=3"),
            ("1,,\"x,y\"", false, "a=1 c=x,y"),
            ("1,,3", true, "a=1 b= c=3"),
            ("", false, ""),
            ("\"open,2", false, "a=\"open,2"),
        ] {
            assert_eq!(found(columns(), keep_empty, text), want, "{text}");
        }
    }

    #[test]
    fn pairs_with_delimiters() {
        let delims = || Split::Delims { pairs: vec!['|'], keys: vec!['=', ':'] };
        for (text, keep_empty, want) in [
            ("a=1|b:2|c", false, "a=1 b=2"),
            ("a = 1 | rule id=x=y", false, "a=1 rule_id=x=y"),
            ("a=\"1|2\"|b=", false, "a=1|2"),
            ("a=|b=2", true, "a= b=2"),
            ("a=1|a=2|=3", false, "a=1 a=2"),
        ] {
            assert_eq!(found(delims(), keep_empty, text), want, "{text}");
        }
    }

    #[test]
    fn modes() {
        let json = r#" {"a.b": 1, "c": [{"d": "x"}, {"d": "y"}], "e": null}"#;
        assert_eq!(found(Split::Auto, false, json), "a.b=1 c{}.d=x c{}.d=y e=null");
        assert_eq!(found(Split::Json, false, json), "a.b=1 c{}.d=x c{}.d=y e=null");
        assert_eq!(found(Split::Json, false, "a=1"), "");
        assert_eq!(
            found(Split::Auto, false, "login user=\"ann b\" src-ip=192.0.2.1 x="),
            "user=ann b src_ip=192.0.2.1"
        );
        assert_eq!(found(Split::Xml, false, "<a><b k='1'>x</b><b>y</b></a>"), "a.b{@k}=1 a.b=x a.b=y");
        assert_eq!(found(Split::Xml, false, "<a"), "");
    }
}
