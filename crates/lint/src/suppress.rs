//! Suppression by comment, with a reason.
//!
//! `# grotto: allow(slug) reason` in YAML holds for the whole file, ```` ```grotto: allow(slug) reason``` ```` in a search
//! for that search. Several slugs stand with commas between.

use crate::file::File;
use grotto_content::Text;
use grotto_diag::Span;

/// A comment that allows something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Allow {
    /// What is allowed.
    pub(crate) slugs: Vec<String>,
    /// Why.
    pub(crate) reason: String,
    /// The comment's range in the file.
    pub(crate) span: Span,
    /// Where it holds: a range of the file, or all of it.
    pub(crate) scope: Option<Span>,
}

impl Allow {
    /// Whether it allows a slug at a place.
    pub(crate) fn covers(&self, slug: &str, place: Option<Span>) -> bool {
        let within = match (self.scope, place) {
            (None, _) => true,
            (Some(scope), Some(place)) => scope.start <= place.start && place.start <= scope.end,
            (Some(_), None) => false,
        };
        within && self.slugs.iter().any(|each| each == slug)
    }
}

/// All of a file, those of `searches` included.
pub(crate) fn of_file(file: &File<'_>, searches: &[&Text]) -> Vec<Allow> {
    let text = &file.document.source().text;
    if !text.contains("grotto:") {
        return Vec::new();
    }
    let scalars = file.document.scalars();
    let mut out = Vec::new();
    for (at, _) in text.match_indices("# grotto:") {
        if scalars.iter().any(|s| s.start <= at && at < s.end) {
            continue;
        }
        let line = text[at..].lines().next().unwrap_or_default();
        out.extend(parse(line.trim_start_matches('#'), Span::new(at, at + line.len()), None));
    }
    for search in searches {
        for (at, comment) in comments(search) {
            let span = search.map(Span::new(at, at + comment.len()));
            out.extend(parse(comment.trim_matches('`'), span, Some(search.span())));
        }
    }
    out
}

/// The comments of a search with their fences, each with its place.
pub(crate) fn comments(search: &str) -> Vec<(usize, &str)> {
    let (mut out, mut quoted, mut i) = (Vec::new(), false, 0);
    let bytes = search.as_bytes();
    while i < bytes.len() {
        match bytes[i] {
            b'\\' if quoted => i += 1,
            b'"' => quoted = !quoted,
            b'`' if !quoted && bytes[i..].starts_with(b"```") => {
                let end = search[i + 3..].find("```").map_or(bytes.len(), |n| i + 3 + n + 3);
                out.push((i, &search[i..end]));
                i = end;
                continue;
            }
            _ => {}
        }
        i += 1;
    }
    out
}

fn parse(comment: &str, span: Span, scope: Option<Span>) -> Option<Allow> {
    let said = comment.trim().strip_prefix("grotto:")?.trim_start().strip_prefix("allow")?.trim_start();
    let (slugs, reason) = said.strip_prefix('(')?.split_once(')')?;
    let slugs = slugs.split(',').map(|slug| slug.trim().to_owned()).filter(|slug| !slug.is_empty()).collect();
    let reason = reason.trim_start_matches([':', '-', '–']).trim().to_owned();
    Some(Allow { slugs, reason, span, scope })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_read() {
        let read = |text: &str| parse(text, Span::default(), None).map(|a| (a.slugs.join(","), a.reason));
        for (text, expected) in [
            (" grotto: allow(a/b) because ", Some(("a/b", "because"))),
            ("grotto:allow(a/b, c/d): why", Some(("a/b,c/d", "why"))),
            ("grotto: allow(a/b)", Some(("a/b", ""))),
            ("grotto: deny(a/b) x", None),
            ("see grotto: allow(a) x", None),
        ] {
            assert_eq!(read(text), expected.map(|(a, b)| (a.to_owned(), b.to_owned())), "{text}");
        }
    }

    #[test]
    fn comments_of_a_search_are_found_outside_strings() {
        let spl = "a=\"```x```\" ```grotto: allow(q) w``` | b ```open";
        let found: Vec<_> = comments(spl).into_iter().map(|c| c.1).collect();
        assert_eq!(found, ["```grotto: allow(q) w```", "```open"]);
    }

    #[test]
    fn a_comment_of_a_search_holds_within_it() {
        let allow = Allow {
            slugs: vec!["a/b".into()],
            reason: "r".into(),
            span: Span::default(),
            scope: Some(Span::new(5, 9)),
        };
        assert!(allow.covers("a/b", Some(Span::new(6, 7))));
        assert!(!allow.covers("a/b", Some(Span::new(16, 17))));
        assert!(!allow.covers("a/c", Some(Span::new(6, 7))));
        assert!(!allow.covers("a/b", None));
    }
}
