//! The patterns of `[source::…]` and `[host::…]` stanzas.
//!
//! Such a pattern is a Perl-compatible regular expression in which `...` stands for any number of characters, `*`
//! for any number of characters that are no path separators, and `.` for itself. It must match the whole value.
//! Sources are compared with their letter case, hosts without; `(?i)` and `(?-i)` say otherwise:
//! <https://help.splunk.com/en/data-management/splunk-enterprise-admin-manual/10.0/10.0.0-configuration-file-reference/props.conf>.

use fancy_regex::{Regex, RegexBuilder};

/// How many steps the matching of one value may take before it counts as no match.
const STEP_LIMIT: usize = 100_000;

/// A compiled pattern.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    matcher: Matcher,
}

#[derive(Debug, Clone)]
enum Matcher {
    Literal { ignore_case: bool },
    Regex(Regex),
}

impl Pattern {
    /// Compiles a pattern, for values compared with (`false`) or without (`true`) regard to letter case.
    ///
    /// # Errors
    /// What is wrong with it, when it is no regular expression.
    pub fn new(text: &str, ignore_case: bool) -> Result<Self, String> {
        let matcher = if is_literal(text) {
            Matcher::Literal { ignore_case }
        } else {
            let flag = if ignore_case { "(?i)" } else { "" };
            RegexBuilder::new(&format!("{flag}\\A(?:{})\\z", translated(text)))
                .backtrack_limit(STEP_LIMIT)
                .build()
                .map(Matcher::Regex)
                .map_err(|e| e.to_string())?
        };
        Ok(Self { text: text.to_owned(), matcher })
    }

    /// A plain text, whatever characters it has.
    pub fn literal(text: &str, ignore_case: bool) -> Self {
        Self { text: text.to_owned(), matcher: Matcher::Literal { ignore_case } }
    }

    /// The pattern as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is plain text. Such a pattern outranks others.
    pub fn is_literal(&self) -> bool {
        matches!(self.matcher, Matcher::Literal { .. })
    }

    /// Whether the whole value matches. A match that takes too many steps is none.
    pub fn matches(&self, value: &str) -> bool {
        match &self.matcher {
            Matcher::Literal { ignore_case: true } => self.text.eq_ignore_ascii_case(value),
            Matcher::Literal { ignore_case: false } => self.text == value,
            Matcher::Regex(regex) => regex.is_match(value).unwrap_or(false),
        }
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

/// Whether a pattern is plain text: no wildcard, no regular expression. A single `.` is plain.
fn is_literal(text: &str) -> bool {
    !text.contains("...") && !text.contains(['*', '|', '(', ')', '[', ']', '+', '?', '^', '$', '{', '\\'])
}

/// The regular expression that a pattern stands for. A backslash keeps what follows it as it is, and so does a
/// character class.
fn translated(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text;
    let mut in_class = false;
    while let Some(c) = rest.chars().next() {
        if !in_class && let Some(after) = rest.strip_prefix("...") {
            out += "[\\s\\S]*";
            rest = after;
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '\\' => {
                out.push(c);
                let mut following = rest.chars();
                out.extend(following.next());
                rest = following.as_str();
            }
            '*' if !in_class => out += "[^/\\\\]*",
            '.' if !in_class => out += "\\.",
            _ => {
                in_class = (in_class || c == '[') && c != ']';
                out.push(c);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn patterns_of_the_documentation() {
        for (pattern, value, want) in [
            ("XmlWinEventLog:Security", "XmlWinEventLog:Security", true),
            ("XmlWinEventLog:Security", "xmlwineventlog:security", false),
            ("XmlWinEventLog:Security", "XmlWinEventLog:Security2", false),
            ("...WinEventLog:Security", "XmlWinEventLog:Security", true),
            ("...WinEventLog:Security", "WinEventLog:Security", true),
            (".../var/log/*.log", "/x/var/log/a.log", true),
            (".../var/log/*.log", "/x/var/log/b/a.log", false),
            (".../var/log/....log", "/x/var/log/b/a.log", true),
            ("....(?<!tar.)(gz|tgz)", "a.gz", true),
            ("....(?<!tar.)(gz|tgz)", "a.tar.gz", false),
            ("a.b", "axb", false),
            ("(?i)ABC", "abc", true),
            ("a[.*]b", "a*b", true),
            ("a[.*]b", "axb", false),
            ("C:\\\\x", "C:\\x", true),
            ("....evtx", "/x/y.evtx", true),
        ] {
            let compiled = Pattern::new(pattern, false).unwrap();
            assert_eq!(compiled.matches(value), want, "{pattern:?} on {value:?}");
        }
        assert!(Pattern::new("DC-01.corp", true).unwrap().matches("dc-01.CORP"), "hosts ignore case");
        assert!(!Pattern::new("(?-i)DC*", true).unwrap().matches("dc1"));
    }

    #[test]
    fn literals_are_told_from_patterns() {
        assert!(
            Pattern::new("XmlWinEventLog:Microsoft-Windows-Sysmon/Operational", false).unwrap().is_literal()
        );
        assert!(!Pattern::new("XmlWinEventLog:*", false).unwrap().is_literal());
        assert!(Pattern::new("a(", false).is_err());
    }

    proptest! {
        #[test]
        fn any_pattern_compiles_or_says_why(pattern in r"[ -~é]{0,12}", value in r"[ -~é/]{0,12}") {
            if let Ok(pattern) = Pattern::new(&pattern, false) {
                pattern.matches(&value);
            }
        }

        #[test]
        fn plain_text_matches_itself_only(text in "[A-Za-z:/ -]{1,12}", other in "[A-Za-z:/ -]{1,12}") {
            let pattern = Pattern::new(&text, false).unwrap();
            prop_assert!(pattern.matches(&text));
            prop_assert_eq!(pattern.matches(&other), text == other);
        }
    }
}
