//! Whom a stanza of `props.conf` speaks for.

use super::rule::Rule;
use crate::conf::{Pattern, Stanza};
use grotto_diag::Diagnostic;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Makes the name of a source type a pattern. Splunk's own add-ons use it; the spec file does not speak of it.
const SOURCETYPE_PATTERN: &str = "(?::){0}";

/// What a stanza is about, in rising order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Sourcetype,
    Host,
    Source,
}

/// How stanzas that match the same event are ordered, by kind, priority and name: the greatest wins.
pub(super) type Rank<'a> = (u8, i64, Reverse<&'a str>);

/// A stanza for a source type, for sources or for hosts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PropsStanza {
    kind: Kind,
    pattern: Pattern,
    priority: i64,
    pub(super) rules: BTreeMap<String, Rule>,
}

impl PropsStanza {
    /// Whether it is a stanza `[host::pattern]`.
    pub(super) fn is_about_hosts(&self) -> bool {
        self.kind == Kind::Host
    }

    /// Reads the header. `None` for stanzas that are not about searches, and for patterns that are none.
    pub(super) fn new(
        stanza: &Stanza,
        rules: BTreeMap<String, Rule>,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let name = stanza.name.text.as_str();
        let (kind, pattern) = if let Some(pattern) = name.strip_prefix("source::") {
            (Kind::Source, Pattern::new(pattern, false))
        } else if let Some(pattern) = name.strip_prefix("host::") {
            (Kind::Host, Pattern::new(pattern, true))
        } else if name.starts_with("rule::") || name.starts_with("delayedrule::") {
            return None;
        } else if let Some(pattern) = name.strip_prefix(SOURCETYPE_PATTERN) {
            (Kind::Sourcetype, Pattern::new(pattern, false))
        } else {
            (Kind::Sourcetype, Ok(Pattern::literal(name, false)))
        };
        let pattern = pattern
            .map_err(|why| {
                problems.push(stanza.name.error("app/bad-pattern", format!("not a pattern: {why}")));
            })
            .ok()?;
        let default = if pattern.is_literal() { 100 } else { 0 };
        let priority = stanza.get("priority").map_or(default, |value| {
            value.text.parse().unwrap_or_else(|_| {
                problems.push(value.warning("app/bad-value", "priority is not a whole number"));
                default
            })
        });
        Some(Self { kind, pattern, priority, rules })
    }

    pub(super) fn matches(&self, source: &str, host: &str, sourcetype: &str) -> bool {
        self.pattern.matches(match self.kind {
            Kind::Source => source,
            Kind::Host => host,
            Kind::Sourcetype => sourcetype,
        })
    }

    pub(super) fn is_sourcetype(&self, name: &str) -> bool {
        self.kind == Kind::Sourcetype && self.pattern.is_literal() && self.pattern.text() == name
    }

    pub(super) fn rank(&self) -> Rank<'_> {
        (self.kind as u8, self.priority, Reverse(self.pattern.text()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf::parse;
    use grotto_diag::Source;
    use std::sync::Arc;

    fn stanza(text: &str) -> (Option<PropsStanza>, Vec<Diagnostic>) {
        let (conf, _) = parse(&Arc::new(Source::new("props.conf", text)));
        let mut problems = Vec::new();
        let stanza = conf.stanzas().next().unwrap();
        (PropsStanza::new(stanza, BTreeMap::new(), &mut problems), problems)
    }

    #[test]
    fn headers() {
        for (header, source, host, sourcetype, want) in [
            ("source::a*", "ab", "", "", true),
            ("source::a*", "", "ab", "ab", false),
            ("host::a*", "", "AB", "", true),
            ("a*", "", "", "ab", false),
            ("a*", "", "", "a*", true),
            ("(?::){0}a*", "", "", "ab", true),
        ] {
            let (stanza, problems) = stanza(&format!("[{header}]\n"));
            assert_eq!(problems, [], "{header}");
            assert_eq!(stanza.unwrap().matches(source, host, sourcetype), want, "{header}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let (none, problems) = stanza("[source::(]\n");
        assert!(none.is_none());
        assert_eq!(problems[0].slug, "app/bad-pattern");
        let (some, problems) = stanza("[source::x]\npriority = high\n");
        assert_eq!(some.unwrap().priority, 100);
        assert_eq!(problems[0].slug, "app/bad-value");
    }
}
