//! The `FORMAT` of a transform: `name::value` pairs in which `$1` stands for what a group of the regular
//! expression matched.

use super::words::words;

/// A text with places for groups of a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its parts in order.
    pub parts: Vec<Part>,
}

/// A part of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Stands for itself.
    Text(String),
    /// What this group of the regular expression matched, from 1; 0 is the whole match.
    Group(usize),
}

impl Template {
    /// Reads a template. A `$` that no number follows is plain text.
    pub fn new(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            let after = &rest[at + 1..];
            let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            plain += &rest[..at];
            if let Ok(group) = after[..digits].parse() {
                push_text(&mut parts, &mut plain);
                parts.push(Part::Group(group));
            } else {
                plain.push('$');
                plain += &after[..digits];
            }
            rest = &after[digits..];
        }
        plain += rest;
        push_text(&mut parts, &mut plain);
        Self { parts }
    }

    /// The text, if no group is in it.
    pub fn as_text(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }
}

fn push_text(parts: &mut Vec<Part>, plain: &mut String) {
    if !plain.is_empty() {
        parts.push(Part::Text(std::mem::take(plain)));
    }
}

/// Reads a search-time `FORMAT`: pairs of field and value, both with groups. `Err` names what is no pair.
pub(super) fn pairs(format: &str) -> Result<Vec<(Template, Template)>, String> {
    words(format)
        .into_iter()
        .map(|word| match word.text.split_once("::") {
            Some((name, value)) if !name.is_empty() => Ok((Template::new(name), Template::new(value))),
            _ => Err(word.text),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(t: &str) -> Part {
        Part::Text(t.to_owned())
    }

    #[test]
    fn groups_are_found() {
        for (template, want) in [
            ("abc", vec![text("abc")]),
            ("$1", vec![Part::Group(1)]),
            ("a$1-$12b", vec![text("a"), Part::Group(1), text("-"), Part::Group(12), text("b")]),
            ("$a $", vec![text("$a $")]),
            ("", vec![]),
            ("$99999999999999999999999", vec![text("$99999999999999999999999")]),
        ] {
            assert_eq!(Template::new(template).parts, want, "{template}");
        }
        assert_eq!(Template::new("x").as_text(), Some("x"));
        assert_eq!(Template::new("$1").as_text(), None);
    }

    #[test]
    fn formats_are_pairs() {
        let got = pairs("a::$1 \"b c::$2 x\" $1::$2").unwrap();
        let names: Vec<Option<&str>> = got.iter().map(|(n, _)| n.as_text()).collect();
        assert_eq!(names, [Some("a"), Some("b c"), None]);
        assert_eq!(got[1].1.parts, [Part::Group(2), text(" x")]);
        assert_eq!(pairs("a::$1 nonsense"), Err("nonsense".to_owned()));
    }
}
