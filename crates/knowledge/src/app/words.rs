//! Words of the little languages inside settings: field aliases, lookup clauses, lists of fields.

/// A word: text between blanks and commas, or in double quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// The text, without its quotes; `\"` in quotes is a quote.
    pub(super) text: String,
    /// Whether it was in quotes. A quoted word is never a keyword.
    pub(super) quoted: bool,
}

impl Word {
    /// Whether this is the keyword, in any letter case and not in quotes.
    pub(super) fn is(&self, keyword: &str) -> bool {
        !self.quoted && self.text.eq_ignore_ascii_case(keyword)
    }
}

/// Splits a text into words. A quote that is not closed ends at the end of the text; a quote inside a word keeps
/// the blanks up to its end in it.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut out = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(&first) = chars.peek() {
        if is_gap(first) {
            chars.next();
            continue;
        }
        let quoted = first == '"';
        let mut word = String::new();
        let mut in_quotes = false;
        while let Some(&c) = chars.peek() {
            if !in_quotes && is_gap(c) {
                break;
            }
            chars.next();
            match c {
                '"' => in_quotes = !in_quotes,
                '\\' if in_quotes && chars.peek() == Some(&'"') => word.extend(chars.next()),
                _ => word.push(c),
            }
            if quoted && !in_quotes {
                break;
            }
        }
        out.push(Word { text: word, quoted });
    }
    out
}

fn is_gap(c: char) -> bool {
    c.is_whitespace() || c == ','
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_commas_and_quotes() {
        let got: Vec<(String, bool)> =
            words(r#" a, "b c" as  d,"e \" f""g" as"#).into_iter().map(|w| (w.text, w.quoted)).collect();
        let want = [
            ("a", false),
            ("b c", true),
            ("as", false),
            ("d", false),
            ("e \" f", true),
            ("g", true),
            ("as", false),
        ];
        assert_eq!(got, want.map(|(t, q)| (t.to_owned(), q)));
        assert!(words("AS")[0].is("as"));
        assert!(!words("\"as\"")[0].is("as"), "a field may have the name of a keyword");
        assert_eq!(words("\"open").len(), 1);
        assert_eq!(words("a::\"b c\"d e")[0].text, "a::b cd");
        assert_eq!(words(" , "), []);
    }
}
