//! Values with wildcards, as search expressions compare them: `*` is any characters, letter case does not count.
//!
//! Letter case is compared character by character (Unicode's simple lower case), ASCII letters only with ASCII
//! letters. So a needle of ASCII characters is found by its bytes in any text.

use memchr::{memchr2, memmem};

/// A pattern ready to be matched.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Glob {
    shape: Shape,
    needles: Vec<Needle>,
}

/// The kinds of patterns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// `a`
    Exact,
    /// `a*`
    Prefix,
    /// `*a`
    Suffix,
    /// `*a*`
    Contains,
    /// `*`
    Any,
    /// Anything else, such as `a*b`.
    Wild,
}

impl Glob {
    /// The pattern that a text writes; `case` if letter case counts.
    pub fn new(pattern: &str, case: bool) -> Self {
        let parts: Vec<&str> = pattern.split('*').collect();
        let last = parts.len() - 1;
        let inner: Vec<&str> = parts
            .iter()
            .enumerate()
            .filter(|(i, part)| *i == 0 || *i == last || !part.is_empty())
            .map(|(_, part)| *part)
            .collect();
        let shape = match inner.as_slice() {
            [_] => Shape::Exact,
            ["", ""] => Shape::Any,
            [_, ""] => Shape::Prefix,
            ["", _] => Shape::Suffix,
            ["", _, ""] => Shape::Contains,
            _ => Shape::Wild,
        };
        Self { shape, needles: inner.into_iter().map(|part| Needle::new(part, case)).collect() }
    }

    /// The kind of the pattern.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The texts between wildcards in order, empty ones left out; in lower case where letter case does not count.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.needles.iter().map(|needle| &*needle.text).filter(|text| !text.is_empty())
    }

    /// Whether the whole text fits.
    pub fn matches(&self, text: &str) -> bool {
        if self.needles.iter().all(|needle| needle.plain) {
            return self.matches_bytes(text.as_bytes());
        }
        self.matches_bytes(fold(text).as_bytes())
    }

    fn matches_bytes(&self, text: &[u8]) -> bool {
        match (self.shape, self.needles.as_slice()) {
            (Shape::Any, _) => true,
            (Shape::Exact, [needle]) => needle.equals(text),
            (Shape::Prefix, [needle, _]) => needle.starts(text),
            (Shape::Suffix, [_, needle]) => needle.ends(text),
            (Shape::Contains, [_, needle, _]) => needle.find(text).is_some(),
            (_, [first, middle @ .., last]) => wild(first, middle, last, text),
            _ => false,
        }
    }
}

/// The first part begins the text, the last one ends it, the others stand between them in order. Taking the earliest
/// place for each leaves the most room for the rest.
fn wild(first: &Needle, middle: &[Needle], last: &Needle, text: &[u8]) -> bool {
    let room = first.text.len() + last.text.len();
    if text.len() < room || !first.starts(text) || !last.ends(text) {
        return false;
    }
    let mut rest = &text[first.text.len()..text.len() - last.text.len()];
    for needle in middle {
        let Some(at) = needle.find(rest) else { return false };
        rest = &rest[at + needle.text.len()..];
    }
    true
}

/// A text that is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Needle {
    /// In lower case where letter case does not count.
    pub(super) text: Box<str>,
    case: bool,
    /// Whether it can be looked for in a text as it is, without folding the text.
    pub(super) plain: bool,
    /// Place and both forms of the byte that is likely the rarest.
    rare: (usize, u8, u8),
}

impl Needle {
    pub(super) fn new(text: &str, case: bool) -> Self {
        let text = if case { text.to_owned() } else { fold(text) };
        let (at, byte) = text.bytes().enumerate().max_by_key(|(_, byte)| rarity(*byte)).unwrap_or_default();
        let other = if case { byte } else { byte.to_ascii_uppercase() };
        Self { plain: case || text.is_ascii(), rare: (at, byte, other), text: text.into(), case }
    }

    fn equals(&self, text: &[u8]) -> bool {
        let own = self.text.as_bytes();
        if self.case || !self.plain { own == text } else { own.eq_ignore_ascii_case(text) }
    }

    fn starts(&self, text: &[u8]) -> bool {
        text.get(..self.text.len()).is_some_and(|start| self.equals(start))
    }

    fn ends(&self, text: &[u8]) -> bool {
        text.len().checked_sub(self.text.len()).is_some_and(|at| self.equals(&text[at..]))
    }

    /// Where it stands first.
    pub(super) fn find(&self, text: &[u8]) -> Option<usize> {
        if self.text.is_empty() {
            return Some(0);
        }
        if self.case || !self.plain {
            return memmem::find(text, self.text.as_bytes());
        }
        let (offset, lower, upper) = self.rare;
        let last = text.len().checked_sub(self.text.len())?;
        let mut from = 0;
        while let Some(found) = memchr2(lower, upper, text.get(from + offset..=last + offset)?) {
            let at = from + found;
            if self.equals(&text[at..at + self.text.len()]) {
                return Some(at);
            }
            from = at + 1;
        }
        None
    }
}

/// How rare a byte is in the text of logs, roughly.
fn rarity(byte: u8) -> u8 {
    const COMMON: &[u8] = b"etaoinsrlcdmpu 0123h4f5g6w7b8y9v.\\-_:/\"=k<>xjzq";
    COMMON.iter().position(|common| *common == byte).map_or(u8::MAX, |rank| rank as u8)
}

/// The text in the form in which letter case does not count.
pub fn fold(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.chars().map(fold_char).collect() }
}

fn fold_char(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) if !one.is_ascii() => one,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shapes() {
        for (pattern, shape, parts) in [
            ("a", Shape::Exact, vec!["a"]),
            ("", Shape::Exact, vec![]),
            ("A*", Shape::Prefix, vec!["a"]),
            ("*a", Shape::Suffix, vec!["a"]),
            ("*a*", Shape::Contains, vec!["a"]),
            ("**a**", Shape::Contains, vec!["a"]),
            ("*", Shape::Any, vec![]),
            ("***", Shape::Any, vec![]),
            ("a*b", Shape::Wild, vec!["a", "b"]),
            ("*a*b*", Shape::Wild, vec!["a", "b"]),
        ] {
            let glob = Glob::new(pattern, false);
            assert_eq!((glob.shape(), glob.parts().collect::<Vec<_>>()), (shape, parts), "{pattern}");
        }
    }

    #[test]
    fn letter_case() {
        for (pattern, text, insensitive, sensitive) in [
            (r"*\PowerShell.exe", r"C:\POWERSHELL.EXE", true, false),
            ("MÜLLER*", "müller x", true, false),
            ("*ü*", "MÜLLER", true, false),
            ("*ler", "MÜLLER", true, false),
            ("a*a", "a", false, false),
            ("aXa*aXa", "axa", false, false),
            ("", "", true, true),
            ("", " ", false, false),
            ("k", "\u{212A}", false, false),
            ("*", "", true, true),
        ] {
            assert_eq!(Glob::new(pattern, false).matches(text), insensitive, "{pattern} {text}");
            assert_eq!(Glob::new(pattern, true).matches(text), sensitive, "case {pattern} {text}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_a_regular_expression(
            pattern in r"[abAé*.\\]{0,8}", text in r"[abABéÉ.\\]{0,12}", case: bool
        ) {
            let regex = pattern.split('*').map(regex::escape).collect::<Vec<_>>().join(".*");
            let flags = if case { "s" } else { "is" };
            let regex = regex::Regex::new(&format!("^(?{flags}:{regex})$")).expect("a pattern");
            prop_assert_eq!(Glob::new(&pattern, case).matches(&text), regex.is_match(&text));
        }

        #[test]
        fn folding_keeps_what_it_folded(text in "\\PC{0,12}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once.clone());
            prop_assert!(Glob::new(&once, false).matches(&text) || once.contains('*'));
        }
    }
}
