//! What a written word means in each kind of place.
//!
//! Three rules, from <https://help.splunk.com/en/splunk-enterprise/search/search-manual/9.4/search-primer/backslashes>
//! and <https://help.splunk.com/en/splunk-enterprise/search/search-manual/10.2/expressions-and-predicates/types-of-expressions>:
//!
//! - in a search expression `\"`, `\\` and `\|` are escapes, every other backslash stays, and `*` is a wildcard that
//!   a backslash can't take away;
//! - in an eval expression C-style escapes hold: `\n`, `\t`, `\r`, `\"`, `\\`; any other backslash stays;
//! - a field name in quotes is taken as it is, but for an escaped quote.

use crate::ast::{Quote, Word};

/// A word of a search expression: escapes resolved; `*` stands for itself and is a wildcard wherever it appears.
pub fn search(word: &Word) -> String {
    unescape(&word.raw, |c| matches!(c, '"' | '\\' | '|').then_some(c))
}

/// A string of an eval expression: C-style escapes resolved.
pub fn eval(word: &Word) -> String {
    unescape(&word.raw, |c| match c {
        'n' => Some('\n'),
        't' => Some('\t'),
        'r' => Some('\r'),
        '"' | '\\' => Some(c),
        _ => None,
    })
}

/// A field name: as it stands, but for an escaped quote.
pub fn field(word: &Word) -> String {
    match word.quote {
        Quote::Bare => word.raw.clone(),
        Quote::Double => unescape(&word.raw, |c| (c == '"').then_some(c)),
        Quote::Single => unescape(&word.raw, |c| (c == '\'').then_some(c)),
    }
}

/// Any other argument: in quotes `\"` and `\\` are escapes.
pub fn argument(word: &Word) -> String {
    match word.quote {
        Quote::Bare => word.raw.clone(),
        _ => unescape(&word.raw, |c| matches!(c, '"' | '\\').then_some(c)),
    }
}

/// Replaces `\c` by what `escape` gives for `c`; where it gives nothing both characters stay.
fn unescape(raw: &str, escape: impl Fn(char) -> Option<char>) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some(next) => {
                if let Some(meant) = escape(next) {
                    out.push(meant);
                } else {
                    out.push('\\');
                    out.push(next);
                }
            }
            None => out.push('\\'),
        }
    }
    out
}

/// A value as it stands inside the double quotes of a search: quotes and backslashes escaped.
pub fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ast::At;

    fn quoted(raw: &str) -> Word {
        Word { raw: raw.to_owned(), quote: Quote::Double, at: At::default() }
    }

    #[test]
    fn search_strings() {
        for (raw, meant) in [
            (r"*\\powershell.exe", r"*\powershell.exe"),
            (r"*\powershell.exe", r"*\powershell.exe"),
            (r"C:\\Windows\\*", r"C:\Windows\*"),
            (r#"a \"b\" c"#, r#"a "b" c"#),
            (r"\s+\\s", r"\s+\s"),
            (r"a\|b", "a|b"),
            (r"tail\", r"tail\"),
        ] {
            assert_eq!(search(&quoted(raw)), meant, "{raw}");
        }
    }

    #[test]
    fn eval_strings() {
        for (raw, meant) in [(r"a\tb", "a\tb"), (r"C:\\x", r"C:\x"), (r"\d", r"\d"), (r#"\""#, "\"")] {
            assert_eq!(eval(&quoted(raw)), meant, "{raw}");
        }
    }

    #[test]
    fn field_names() {
        assert_eq!(field(&Word { raw: r"a\'b\n".into(), quote: Quote::Single, at: At::default() }), r"a'b\n");
        assert_eq!(field(&Word::bare(r"a\b")), r"a\b");
    }
}
