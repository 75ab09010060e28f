//! Names of fields, and names with wildcards.

use grotto_spl::ast::{Aggregate, Word};
use grotto_spl::{print, text};

/// The field that a word names.
pub(crate) fn name_of(word: &Word) -> String {
    text::field(word)
}

/// The name of an aggregation's field.
pub(super) fn of_aggregate(aggregate: &Aggregate) -> String {
    match &aggregate.alias {
        Some(alias) => name_of(alias),
        None if aggregate.args.is_empty() => aggregate.function.raw.clone(),
        None => print::aggregate(aggregate).replace('"', ""),
    }
}

/// Whether a name fits a pattern in which `*` stands for anything.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    capture(pattern, name).is_some()
}

/// What the wildcards of a pattern stand for in a name.
pub(super) fn capture<'n>(pattern: &str, name: &'n str) -> Option<Vec<&'n str>> {
    let mut parts = pattern.split('*');
    let mut rest = name.strip_prefix(parts.next()?)?;
    let parts: Vec<&str> = parts.collect();
    let mut captured = Vec::with_capacity(parts.len());
    for (i, part) in parts.iter().enumerate() {
        let at = if i + 1 == parts.len() {
            rest.len().checked_sub(part.len()).filter(|at| rest.get(*at..) == Some(part))?
        } else {
            rest.find(part)?
        };
        captured.push(&rest[..at]);
        rest = &rest[at + part.len()..];
    }
    rest.is_empty().then_some(captured)
}

/// A pattern with its wildcards filled, the last one as often as needed.
pub(super) fn fill(pattern: &str, captured: &[&str]) -> String {
    let mut out = String::new();
    for (i, part) in pattern.split('*').enumerate() {
        if i > 0 {
            out.push_str(captured.get(i - 1).or(captured.last()).copied().unwrap_or_default());
        }
        out.push_str(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards() {
        for (pattern, name, expected) in [
            ("a", "a", Some(vec![])),
            ("a", "ab", None),
            ("P.*", "P.dest", Some(vec!["dest"])),
            ("*", "x", Some(vec!["x"])),
            ("a*c*", "abcd", Some(vec!["b", "d"])),
            ("*.x", "a.b.x", Some(vec!["a.b"])),
            ("ab*ba", "aba", None),
        ] {
            assert_eq!(capture(pattern, name), expected, "{pattern} {name}");
        }
        assert_eq!(fill("x_*_*", &["a", "b"]), "x_a_b");
        assert_eq!(fill("q", &["a"]), "q");
    }
}
