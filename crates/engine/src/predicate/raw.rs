//! Words in the text of an event.
//!
//! A text is split into terms by major breakers and terms into pieces by minor breakers. Words match where both their
//! ends are ends of terms or pieces: `fail` is not in `failed`, `powershell` is in `C:\powershell.exe`. A wildcard
//! stands for characters of the same term.
//!
//! Facts: segmenters.conf,
//! <https://help.splunk.com/en/splunk-enterprise/search/search-manual/10.0/search-primer/event-segmentation-and-searching>.

use super::glob::{Needle, fold};
use std::borrow::Cow;

/// Words that are looked for in a text.
#[derive(Debug, Clone)]
pub(super) struct Phrase {
    parts: Vec<Needle>,
    plain: bool,
    breaker: fn(char) -> bool,
}

impl Phrase {
    /// The words of a text with wildcards; `case` if letter case counts, `term` if they must be a whole term.
    pub(super) fn new(text: &str, case: bool, term: bool) -> Self {
        let parts: Vec<Needle> = text.split('*').map(|part| Needle::new(part, case)).collect();
        Self {
            plain: parts.iter().all(|part| part.plain),
            parts,
            breaker: if term { is_major } else { is_breaker },
        }
    }

    /// Whether the text has the words.
    pub(super) fn is_in(&self, text: &str) -> bool {
        let text = if self.plain { Cow::Borrowed(text) } else { Cow::Owned(fold(text)) };
        let Some((first, rest)) = self.parts.split_first() else { return false };
        let mut from = 0;
        while let Some(at) = find(first, &text, from) {
            let end = at + first.text.len();
            if (first.text.is_empty() || self.begins(&text, at)) && self.goes_on(rest, &text, end) {
                return true;
            }
            match text[at..].chars().next() {
                Some(c) => from = at + c.len_utf8(),
                None => return false,
            }
        }
        false
    }

    /// Whether the parts after a wildcard follow, each in the term in which the one before it ends.
    fn goes_on(&self, parts: &[Needle], text: &str, from: usize) -> bool {
        let Some((part, rest)) = parts.split_first() else { return self.ends(text, from) };
        if rest.is_empty() && part.text.is_empty() {
            return true;
        }
        let limit = text[from..].find(is_major).map_or(text.len(), |at| from + at);
        let mut start = from;
        while let Some(at) = find(part, text, start).filter(|at| *at <= limit) {
            if self.goes_on(rest, text, at + part.text.len()) {
                return true;
            }
            // Only the last part has an end to meet; for the others the earliest place is as good as any.
            if !rest.is_empty() {
                return false;
            }
            start = at + text[at..].chars().next().map_or(1, char::len_utf8);
        }
        false
    }

    /// Whether words may begin at a place.
    fn begins(&self, text: &str, at: usize) -> bool {
        let before = text[..at].chars().next_back();
        before.is_none_or(self.breaker) || text[at..].chars().next().is_some_and(self.breaker)
    }

    /// Whether words may end at a place.
    fn ends(&self, text: &str, at: usize) -> bool {
        let last = text[..at].chars().next_back();
        text[at..].chars().next().is_none_or(self.breaker) || last.is_some_and(self.breaker)
    }
}

fn find(needle: &Needle, text: &str, from: usize) -> Option<usize> {
    needle.find(text.as_bytes().get(from..)?).map(|at| from + at)
}

/// Characters between terms.
fn is_major(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '[' | ']'
                | '<'
                | '>'
                | '('
                | ')'
                | '{'
                | '}'
                | '|'
                | '!'
                | ';'
                | ','
                | '\''
                | '"'
                | '*'
                | '&'
                | '?'
                | '+'
        )
}

/// Characters between terms or pieces of terms.
fn is_breaker(c: char) -> bool {
    is_major(c) || matches!(c, '/' | ':' | '=' | '@' | '.' | '-' | '$' | '#' | '%' | '\\' | '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        r"<Data Name='Path'>C:\Temp\PowerShell.exe -enc AAA=</Data> login failed, user=bob Élan";

    #[test]
    fn words_are_whole_pieces() {
        for (words, found) in [
            ("fail", false),
            ("fail*", true),
            ("failed", true),
            ("FAILED", true),
            ("*ailed", true),
            ("powershell", true),
            ("powershell.exe", true),
            ("shell.exe", false),
            ("*shell.exe", true),
            (r"temp\power*", true),
            ("power*exe", true),
            ("power*ex", false),
            ("path*exe", false),
            ("login failed", true),
            ("login  failed", false),
            ("ogin failed", false),
            ("user=bob", true),
            ("bob", true),
            ("bo", false),
            ("élan", true),
            ("éla", false),
            ("<Data", true),
            ("=", true),
            ("nowhere", false),
            ("f*i*d", true),
            ("f*l*l", false),
        ] {
            assert_eq!(Phrase::new(words, false, false).is_in(TEXT), found, "{words}");
        }
    }

    #[test]
    fn case_and_term() {
        assert!(!Phrase::new("powershell", true, false).is_in(TEXT));
        assert!(Phrase::new("PowerShell", true, false).is_in(TEXT));
        assert!(!Phrase::new("powershell.exe", false, true).is_in(TEXT));
        assert!(Phrase::new(r"c:\temp\powershell.exe", false, true).is_in(TEXT));
        assert!(Phrase::new("user=bob", false, true).is_in(TEXT));
        assert!(!Phrase::new("bob", false, true).is_in(TEXT));
        assert!(Phrase::new("user=*", false, true).is_in(TEXT));
    }
}
