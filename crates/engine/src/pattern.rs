//! Regular expressions: the one place that compiles them.
//!
//! Splunk's are PCRE. Most run on the linear-time `regex` crate after a small translation ([`translate`]); those that
//! need look-around, back-references or possessive quantifiers run on `fancy-regex` with a step limit. Either way the
//! size of the compiled form is limited, so that a rule can't take the machine.

mod required;
mod translate;

use grotto_diag::{Diagnostic, Span};
use std::ops::Range;
use std::sync::{Arc, Mutex};

/// Bytes that a compiled pattern may take.
const SIZE_LIMIT: usize = 8 << 20;
/// Steps of a backtracking search after which a text counts as not matching, as with PCRE's match limit.
const STEP_LIMIT: usize = 1_000_000;
/// Characters of a pattern.
const LENGTH_LIMIT: usize = 32_768;
/// Bytes that a text may grow to by replacing.
const GROWTH_LIMIT: usize = 16 << 20;
/// Patterns that a [`Cache`] keeps.
const CACHE_LIMIT: usize = 128;

/// A compiled regular expression. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Pattern {
    engine: Engine,
    text: Arc<str>,
}

#[derive(Debug, Clone)]
enum Engine {
    Linear(regex::Regex),
    Backtracking(Arc<fancy_regex::Regex>),
}

/// The groups of one match as byte ranges; group 0 is the whole match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups(Vec<Option<Range<usize>>>);

impl Groups {
    /// The range of a group that took part in the match.
    pub fn range(&self, group: usize) -> Option<Range<usize>> {
        self.0.get(group)?.clone()
    }

    /// The text of a group of `text`, which must be the text that was searched.
    pub fn text<'t>(&self, group: usize, text: &'t str) -> Option<&'t str> {
        text.get(self.range(group)?)
    }
}

impl PartialEq for Pattern {
    /// Patterns are the same when they were written the same.
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// What is wrong with the pattern, in one sentence.
    pub fn new(text: &str) -> Result<Self, String> {
        if text.len() > LENGTH_LIMIT {
            return Err(format!("it is longer than {LENGTH_LIMIT} bytes"));
        }
        let translated = translate::translate(text);
        let engine = if translated.backtracking { None } else { linear(&translated.text).ok() };
        let engine = match engine {
            Some(regex) => Engine::Linear(regex),
            None => Engine::Backtracking(Arc::new(backtracking(&translated.text)?)),
        };
        Ok(Self { engine, text: Arc::from(text) })
    }

    /// Compiles a pattern that is written at `span`.
    ///
    /// # Errors
    /// `engine/bad-regex` at `span`.
    pub fn compile(text: &str, span: Span) -> Result<Self, Box<Diagnostic>> {
        Self::new(text).map_err(|reason| {
            Box::new(
                Diagnostic::error("engine/bad-regex", "this regular expression can't be used")
                    .at(span, reason)
                    .help("a backslash of the regular expression is doubled inside an eval string"),
            )
        })
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Texts of which at least one stands, whatever its letter case, in every text that the pattern is found in;
    /// `None` when nothing of use is known of them.
    pub fn required(&self) -> Option<Vec<String>> {
        match self.engine {
            Engine::Linear(_) => required::required(&translate::translate(&self.text).text),
            Engine::Backtracking(_) => None,
        }
    }

    /// Whether it is found anywhere in a text.
    pub fn is_match(&self, text: &str) -> bool {
        match &self.engine {
            Engine::Linear(regex) => regex.is_match(text),
            Engine::Backtracking(regex) => regex.is_match(text).unwrap_or(false),
        }
    }

    /// The first match that begins at byte `from` or later; `from` must be a character boundary.
    pub fn find_at(&self, text: &str, from: usize) -> Option<Groups> {
        if !text.is_char_boundary(from) {
            return None;
        }
        match &self.engine {
            Engine::Linear(regex) => regex
                .captures_at(text, from)
                .map(|found| Groups(found.iter().map(|group| group.map(|m| m.range())).collect())),
            Engine::Backtracking(regex) => regex
                .captures_from_pos(text, from)
                .ok()
                .flatten()
                .map(|found| Groups(found.iter().map(|group| group.map(|m| m.range())).collect())),
        }
    }

    /// As [`find_at`](Self::find_at), of which only the whole match is known: that is found faster.
    fn whole_at(&self, text: &str, from: usize) -> Option<Groups> {
        let Engine::Linear(regex) = &self.engine else { return self.find_at(text, from) };
        if !text.is_char_boundary(from) {
            return None;
        }
        regex.find_at(text, from).map(|found| Groups(vec![Some(found.range())]))
    }

    /// All matches in order that do not overlap, at most `limit`.
    pub fn find_all(&self, text: &str, limit: usize) -> Vec<Groups> {
        matches(text, |from| self.find_at(text, from)).take(limit).map(|(_, groups)| groups).collect()
    }

    /// The names of the groups by number; group 0 and unnamed groups have none.
    pub fn names(&self) -> Vec<Option<String>> {
        match &self.engine {
            Engine::Linear(regex) => regex.capture_names().map(|n| n.map(str::to_owned)).collect(),
            Engine::Backtracking(regex) => regex.capture_names().map(|n| n.map(str::to_owned)).collect(),
        }
    }

    /// The text with at most `limit` matches replaced. In the template `\1` to `\9` stand for groups, `\0` for the
    /// whole match, `\\` for a backslash. Replacing ends where the result would grow beyond all measure.
    pub fn replace(&self, text: &str, template: &str, limit: usize) -> String {
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        let names_groups = template.contains('\\');
        let find = |from| if names_groups { self.find_at(text, from) } else { self.whole_at(text, from) };
        for (whole, groups) in matches(text, find).take(limit) {
            if out.len() > GROWTH_LIMIT {
                break;
            }
            out.push_str(&text[from..whole.start]);
            expand(template, &groups, text, &mut out);
            from = whole.end;
        }
        out.push_str(&text[from..]);
        out
    }
}

/// The matches in order that do not overlap, found one by one; each with the range of the whole.
fn matches(
    text: &str,
    find: impl Fn(usize) -> Option<Groups>,
) -> impl Iterator<Item = (Range<usize>, Groups)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let groups = find(from)?;
        let whole = groups.range(0)?;
        from = if whole.is_empty() { after(text, whole.end) } else { whole.end };
        Some((whole, groups))
    })
}

fn linear(text: &str) -> Result<regex::Regex, String> {
    regex::RegexBuilder::new(text)
        .size_limit(SIZE_LIMIT)
        .dfa_size_limit(SIZE_LIMIT)
        .build()
        .map_err(|e| e.to_string())
}

fn backtracking(text: &str) -> Result<fancy_regex::Regex, String> {
    fancy_regex::RegexBuilder::new(text)
        .backtrack_limit(STEP_LIMIT)
        .delegate_size_limit(SIZE_LIMIT)
        .delegate_dfa_size_limit(SIZE_LIMIT)
        .build()
        .map_err(|e| e.to_string().lines().last().unwrap_or_default().to_owned())
}

/// The place of the character after the one at `at`.
fn after(text: &str, at: usize) -> usize {
    at + text[at..].chars().next().map_or(1, char::len_utf8)
}

/// Writes a template with its groups filled in.
fn expand(template: &str, groups: &Groups, text: &str, out: &mut String) {
    let mut chars = template.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some(digit) if digit.is_ascii_digit() => {
                let group = digit.to_digit(10).unwrap_or_default() as usize;
                out.push_str(groups.text(group, text).unwrap_or_default());
            }
            Some('\\') | None => out.push('\\'),
            Some(other) => {
                out.push('\\');
                out.push(other);
            }
        }
    }
}

/// Compiled patterns by text, for patterns that are only known row by row.
#[derive(Debug, Default)]
pub struct Cache(Mutex<rustc_hash::FxHashMap<String, Option<Pattern>>>);

impl Cache {
    /// The compiled pattern; `None` for one that can't be compiled.
    pub fn get(&self, text: &str) -> Option<Pattern> {
        let Ok(mut patterns) = self.0.lock() else { return Pattern::new(text).ok() };
        if let Some(known) = patterns.get(text) {
            return known.clone();
        }
        if patterns.len() >= CACHE_LIMIT {
            patterns.clear();
        }
        let pattern = Pattern::new(text).ok();
        patterns.insert(text.to_owned(), pattern.clone());
        pattern
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_both_engines() {
        for (pattern, text, hit) in [
            (r"(?i)^power", "PowerShell", true),
            (r"(?<!un)safe", "unsafe", false),
            (r"(?<!un)safe", "very safe", true),
            (r"(\w)\1", "hello", true),
            (r"a++b", "aaab", true),
            (r"a++ab", "aaab", false),
            (r"(?>a+)ab", "aaab", false),
            (r"\<x\>", "<x>", true),
            (r"a{b", "a{b", true),
            (r"[[a]", "[", true),
            (r"[\w-.]+$", "a-.b", true),
            (r"C:\\Windows", r"C:\Windows", true),
        ] {
            let compiled = Pattern::new(pattern).unwrap_or_else(|e| panic!("{pattern}: {e}"));
            assert_eq!(compiled.is_match(text), hit, "{pattern} on {text}");
        }
    }

    #[test]
    fn wrong_or_huge_patterns_are_refused() {
        for pattern in ["(", "[a", "*", r"(?:a{1000}){1000}{1000}"] {
            assert!(Pattern::new(pattern).is_err(), "{pattern}");
        }
        assert!(Pattern::new(&"a".repeat(LENGTH_LIMIT + 1)).is_err());
        let error = Pattern::compile("(", Span::new(3, 4)).expect_err("unclosed");
        assert_eq!((error.slug, error.labels[0].span), ("engine/bad-regex", Span::new(3, 4)));
    }

    #[test]
    fn exponential_patterns_end() {
        let pattern = Pattern::new(r"^(?:(?=a)a+)+$").expect("a pattern");
        assert!(!pattern.is_match(&format!("{}b", "a".repeat(200))));
    }

    #[test]
    fn groups_and_names() {
        let pattern = Pattern::new(r"(?<user>\w+)@(?P<host>\w+)?").expect("a pattern");
        assert_eq!(pattern.names(), [None, Some("user".into()), Some("host".into())]);
        let text = "é a@b c@";
        let all = pattern.find_all(text, usize::MAX);
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].text(1, text), all[0].text(2, text)), (Some("a"), Some("b")));
        assert_eq!(all[1].text(2, text), None);
        assert_eq!(pattern.find_all(text, 1).len(), 1);
    }

    #[test]
    fn empty_matches_move_on() {
        assert_eq!(Pattern::new("x*").expect("a pattern").find_all("éa", usize::MAX).len(), 3);
    }

    #[test]
    fn replacement_templates() {
        for (pattern, template, text, result) in [
            (r"^(\d{1,2})/(\d{1,2})/", r"\2/\1/", "1/14/2023", "14/1/2023"),
            (r"b", "", "abcb", "ac"),
            (r"b", r"\0\0", "abc", "abbc"),
            (r"b", r"\\n\n", "b", "\\n\\n"),
            (r"(x)|y", r"<\1>", "xy", "<x><>"),
        ] {
            let compiled = Pattern::new(pattern).expect("a pattern");
            assert_eq!(compiled.replace(text, template, usize::MAX), result, "{pattern} {template}");
        }
    }

    #[test]
    fn a_cache_remembers_good_and_bad() {
        let cache = Cache::default();
        for _ in 0..2 {
            assert!(cache.get("a+").is_some_and(|p| p.is_match("caat")));
            assert!(cache.get("(").is_none());
        }
        for i in 0..CACHE_LIMIT * 2 {
            assert!(cache.get(&format!("a{i}")).is_some());
        }
        assert!(cache.0.lock().expect("a lock").len() <= CACHE_LIMIT);
    }

    #[test]
    fn a_template_without_groups_replaces_the_same_matches() {
        for pattern in [r"^.*[\\/]", "a", "(a)(b)?", "", r"\b", "a*", "(?=b)a*", "é|b"] {
            let pattern = Pattern::new(pattern).unwrap();
            for text in ["", "a", "aab", r"C:\a\b.exe", "éaéb", "b a\nb", r"\\"] {
                for limit in [1, usize::MAX] {
                    // A group that is not there is empty.
                    let by_groups = pattern.replace(text, r"x\9", limit);
                    assert_eq!(pattern.replace(text, "x", limit), by_groups, "{pattern:?} in {text}");
                }
            }
        }
    }
}
