//! What PCRE writes and the `regex` crate does not, in the latter's words.
//!
//! - `\d`, `\w`, `\s` and their opposites mean ASCII, as in PCRE without `(*UCP)`; so do `\h`, `\v`, `\R`, `\N`.
//! - `\<`, `\/`, `\_` and other needless escapes are the character; `\Q…\E` is literal; `(?#…)` is nothing.
//! - `{` that begins no quantifier, `[` inside a class and `-` next to a class escape are the character.
//! - A possessive quantifier asks for the backtracking engine: the other would read `a++` as `(?:a+)+`.
//!
//! Facts: <https://www.pcre.org/current/doc/html/pcre2pattern.html>, <https://docs.rs/regex/latest/regex/#syntax>.

/// A pattern in the words of the engines.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Translated {
    /// The pattern.
    pub(super) text: String,
    /// Whether only the backtracking engine gives it its meaning.
    pub(super) backtracking: bool,
}

/// Translates a pattern; what is not understood stays as it is, for the engine to refuse.
pub(super) fn translate(pattern: &str) -> Translated {
    let mut out =
        Translator { rest: pattern, text: String::with_capacity(pattern.len()), ..Default::default() };
    while let Some(c) = out.next() {
        match c {
            '\\' => out.escape(false),
            '[' => out.class(),
            '(' => out.group(),
            '{' => out.brace(),
            '+' if out.quantified => {
                out.backtracking = true;
                out.text.push('+');
                out.quantified = false;
            }
            '*' | '+' | '?' => {
                // `(?` is no quantifier; `??` and `+?` are lazy ones, after which nothing possessive follows.
                out.quantified = !out.quantified && !out.text.ends_with('(');
                out.text.push(c);
            }
            other => {
                out.quantified = false;
                out.text.push(other);
            }
        }
    }
    Translated { text: out.text, backtracking: out.backtracking }
}

#[derive(Default)]
struct Translator<'p> {
    rest: &'p str,
    text: String,
    backtracking: bool,
    /// Whether the last thing written was a quantifier.
    quantified: bool,
}

const DIGIT: &str = "0-9";
const WORD: &str = "0-9A-Za-z_";
const SPACE: &str = r"\t\n\x0B\x0C\r\x20";

impl<'p> Translator<'p> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    /// Takes what comes before `end`, and `end`.
    fn until(&mut self, end: &str) -> Option<&'p str> {
        let (before, after) = self.rest.split_once(end)?;
        self.rest = after;
        Some(before)
    }

    /// An escape; its backslash is taken. Answers whether it was a set of characters.
    fn escape_in(&mut self, class: bool) -> bool {
        self.quantified = false;
        let Some(c) = self.next() else {
            self.text.push('\\');
            return false;
        };
        if let Some((set, negated)) = set_of(c) {
            match (class, negated) {
                (true, false) => self.text.push_str(set),
                (_, true) => self.text.extend(["[^", set, "]"]),
                (false, false) => self.text.extend(["[", set, "]"]),
            }
            return true;
        }
        match c {
            'R' if !class => self.text.push_str(r"(?:\r\n|[\n\x0B\x0C\r])"),
            'Q' => self.quoted(),
            'E' => {}
            'Z' if !class => self.text.push_str(r"\z"),
            'a' => self.text.push_str(r"\x07"),
            'e' => self.text.push_str(r"\x1B"),
            '0' => self.text.push_str(r"\x00"),
            'b' if class => self.text.push_str(r"\x08"),
            ' ' => self.text.push_str(r"\x20"),
            'p' | 'P' | 'x' | 'k' | 'g' | 'o' => {
                self.text.extend(['\\', c]);
                if self.rest.starts_with('{')
                    && let Some(inner) = self.until("}")
                {
                    self.text.push_str(inner);
                    self.text.push('}');
                }
            }
            c if c.is_ascii_alphanumeric() => self.text.extend(['\\', c]),
            c => self.literal(c),
        }
        false
    }

    fn escape(&mut self, class: bool) {
        self.escape_in(class);
    }

    fn quoted(&mut self) {
        let literal = self.until(r"\E").unwrap_or_else(|| std::mem::take(&mut self.rest));
        for c in literal.chars() {
            self.literal(c);
        }
    }

    /// A character that means itself.
    fn literal(&mut self, c: char) {
        if c.is_ascii() && regex::escape(c.encode_utf8(&mut [0; 4])).len() > 1 {
            self.text.push('\\');
        }
        self.text.push(c);
    }

    /// A character class; its bracket is taken.
    fn class(&mut self) {
        self.text.push('[');
        self.quantified = false;
        if self.rest.starts_with('^') {
            self.next();
            self.text.push('^');
        }
        if self.rest.starts_with(']') {
            self.next();
            self.text.push_str(r"\]");
        }
        let mut after_set = false;
        while let Some(c) = self.next() {
            let was_set = std::mem::take(&mut after_set);
            match c {
                ']' => {
                    self.text.push(']');
                    return;
                }
                '\\' => after_set = self.escape_in(true),
                '[' if self.rest.starts_with(':') && self.rest.contains(":]") => {
                    let name = self.until(":]").unwrap_or_default();
                    self.text.extend(["[", name, ":]"]);
                    after_set = true;
                }
                '-' if was_set || self.before_set() => self.text.push_str(r"\-"),
                '[' | '&' | '~' => self.literal(c),
                c => self.text.push(c),
            }
        }
    }

    /// Whether a set such as `\d` comes next.
    fn before_set(&self) -> bool {
        let mut chars = self.rest.chars();
        chars.next() == Some('\\') && chars.next().is_some_and(|c| set_of(c).is_some())
    }

    /// An opening parenthesis was taken.
    fn group(&mut self) {
        self.quantified = false;
        if self.rest.starts_with("?#") && self.until(")").is_some() {
            return;
        }
        self.text.push('(');
    }

    /// An opening brace was taken: a quantifier or a character.
    fn brace(&mut self) {
        let quantifier = self.rest.split_once('}').map(|(inner, _)| inner).filter(|inner| {
            let (low, high) = inner.split_once(',').unwrap_or((inner, ""));
            let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
            !low.is_empty() && digits(low) && digits(high)
        });
        self.quantified = quantifier.is_some();
        if let Some(inner) = quantifier {
            self.rest = &self.rest[inner.len() + 1..];
            self.text.extend(["{", inner, "}"]);
        } else {
            self.text.push_str(r"\{");
        }
    }
}

/// The characters of an escape that stands for a set, and whether it stands for all others.
fn set_of(escape: char) -> Option<(&'static str, bool)> {
    Some(match escape {
        'd' => (DIGIT, false),
        'D' => (DIGIT, true),
        'w' => (WORD, false),
        'W' => (WORD, true),
        's' => (SPACE, false),
        'S' => (SPACE, true),
        'h' => (r"\t\x20", false),
        'H' => (r"\t\x20", true),
        'v' => (r"\n\x0B\x0C\r", false),
        'V' => (r"\n\x0B\x0C\r", true),
        'N' => (r"\n", true),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_is_translated(text in r"[\\\[\](){}^$*+?.a-f0-9:\-#<>=!QEdwé ]{0,24}") {
            let _ = translate(&text);
            let _ = crate::pattern::Pattern::new(&text).map(|pattern| pattern.is_match(&text));
        }

        #[test]
        fn quoted_text_is_found(text in "\\PC{0,16}", tail in "[a-z]{0,3}") {
            let text = text.replace('\\', "/");
            let pattern = crate::pattern::Pattern::new(&format!(r"^\Q{text}\E{tail}$")).expect("a pattern");
            let whole = format!("{text}{tail}");
            prop_assert!(pattern.is_match(&whole));
        }
    }

    #[test]
    fn what_differs_is_translated() {
        for (pattern, text) in [
            (r"\d+\W", "[0-9]+[^0-9A-Za-z_]"),
            (r"[\d.]", "[0-9.]"),
            (r"[^\S]", r"[^[^\t\n\x0B\x0C\r\x20]]"),
            (r"[\w-.]", r"[0-9A-Za-z_\-.]"),
            (r"[+-\d]", r"[+\-0-9]"),
            (r"[a-z]", "[a-z]"),
            (r"[]a]", r"[\]a]"),
            (r"[^]a]", r"[^\]a]"),
            (r"[[:alpha:]-x]", r"[[:alpha:]\-x]"),
            (r"[a[b&&c]", r"[a\[b\&\&c]"),
            (r"\<a\/\_\%\é", "<a/_%é"),
            (r"\.\*\-", r"\.\*\-"),
            (r"\Qa.b\E.c", r"a\.b.c"),
            (r"a(?#note)b", "ab"),
            (r"a{2,3}{x}", r"a{2,3}\{x}"),
            (r"\p{Lu}\x{41}\x41", r"\p{Lu}\x{41}\x41"),
            (r"\Aa\Z", r"\Aa\z"),
            (r"tail\", r"tail\"),
            (r"a\ b", r"a\x20b"),
        ] {
            assert_eq!(
                translate(pattern),
                Translated { text: text.into(), backtracking: false },
                "{pattern}"
            );
        }
    }

    #[test]
    fn possessive_quantifiers_are_seen() {
        for (pattern, backtracking) in [
            ("a++", true),
            ("a*+", true),
            ("a?+", true),
            ("a{2}+", true),
            (r"\++", false),
            ("(?:a)+", false),
            ("a+?b+", false),
            ("[+]+", false),
            ("a+(?i)+", false),
        ] {
            assert_eq!(translate(pattern).backtracking, backtracking, "{pattern}");
        }
    }
}
