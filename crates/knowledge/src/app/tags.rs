//! `tags.conf`: tags for values of fields, eventtypes above all.
//!
//! ```text
//! [eventtype=windows_logon]
//! authentication = enabled
//! ```
//!
//! Characters of the value that would be in the way are percent-encoded
//! (<https://help.splunk.com/en/data-management/splunk-enterprise-admin-manual/10.0/10.0.0-configuration-file-reference/tags.conf>).

use crate::conf::{Conf, DEFAULT_STANZA, Placed, boolean};
use grotto_diag::Diagnostic;

/// Events in which the field has the value get the tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagRule {
    /// The field, `eventtype` in most cases.
    pub field: String,
    /// Its value; `*` stands for any characters.
    pub value: String,
    /// The tags that are enabled.
    pub tags: Vec<String>,
    /// Where it is written.
    pub place: Placed,
}

/// Reads the rules that give a tag at all.
pub(super) fn read(conf: &Conf, problems: &mut Vec<Diagnostic>) -> Vec<TagRule> {
    let mut rules = Vec::new();
    for stanza in conf.stanzas().filter(|s| s.name.text != DEFAULT_STANZA || !s.settings.is_empty()) {
        let Some((field, value)) = stanza.name.text.split_once('=') else {
            problems.push(
                stanza
                    .name
                    .warning("app/bad-tag", "tags belong to a value of a field")
                    .help("write the header as [field=value], such as [eventtype=windows_logon]"),
            );
            continue;
        };
        let mut tags = Vec::new();
        for (tag, state) in &stanza.settings {
            match boolean(&state.text) {
                Some(true) => tags.push(tag.clone()),
                Some(false) => {}
                None => problems.push(state.warning("app/bad-value", "a tag is enabled or disabled")),
            }
        }
        if !tags.is_empty() {
            let (field, value) = (field.trim().to_owned(), percent_decoded(value.trim()));
            rules.push(TagRule { field, value, tags, place: stanza.name.clone() });
        }
    }
    rules
}

/// Replaces `%XX` by the byte that it stands for. What then is no UTF-8, or no two hexadecimal digits, stays.
pub fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = (*first == b'%')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf::parse;
    use grotto_diag::Source;
    use std::sync::Arc;

    #[test]
    fn enabled_tags_by_value() {
        let text = "[eventtype=a]\nprocess = enabled\nreport = disabled\nx = 1\n\
                    [source=XmlWinEventLog%3ASecurity]\ny = enabled\n[host=h]\nz = disabled\n\
                    [nonsense]\nz = enabled\n[eventtype=b]\nz = perhaps\n";
        let (conf, _) = parse(&Arc::new(Source::new("tags.conf", text)));
        let mut problems = Vec::new();
        let got: Vec<(String, String, Vec<String>)> =
            read(&conf, &mut problems).into_iter().map(|r| (r.field, r.value, r.tags)).collect();
        let want =
            [("eventtype", "a", vec!["process", "x"]), ("source", "XmlWinEventLog:Security", vec!["y"])];
        let want =
            want.map(|(f, v, t)| (f.to_owned(), v.to_owned(), t.into_iter().map(str::to_owned).collect()));
        assert_eq!(got, want);
        assert_eq!(problems.iter().map(|p| p.slug).collect::<Vec<_>>(), ["app/bad-tag", "app/bad-value"]);
    }

    #[test]
    fn percent_codes() {
        for (text, want) in [
            ("a%20b", "a b"),
            ("100%", "100%"),
            ("%zz", "%zz"),
            ("%C3%A9", "é"),
            ("%FF", "%FF"),
            ("%+1", "%+1"),
        ] {
            assert_eq!(percent_decoded(text), want, "{text}");
        }
    }
}
