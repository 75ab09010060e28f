//! A diagnostic for people: message, excerpt with carets, help.

use crate::{Diagnostic, Severity, Source, Span};
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// Lines longer than this are cut around the place before they are shown.
const WIDEST: usize = 400;

/// Renders with the excerpt that the labels point to; `color` adds ANSI colours.
pub fn terminal(diagnostic: &Diagnostic, color: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.slug);
    let excerpt = excerpt(diagnostic);
    let mut group = match (&excerpt, diagnostic.file()) {
        (Some(excerpt), Some(name)) => {
            let snippet = Snippet::source(excerpt.text.as_str())
                .path(name)
                .line_start(excerpt.first_line)
                .annotations(excerpt.labels.iter().enumerate().map(|(i, (span, message))| {
                    let kind = if i == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
                    kind.span(span.start..span.end).label(message.as_str())
                }));
            title.element(snippet)
        }
        (None, Some(name)) => title.element(annotate_snippets::Origin::path(name)),
        _ => annotate_snippets::Group::with_title(title),
    };
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

/// The lines around the labels, with the labels moved to fit.
struct Excerpt {
    text: String,
    first_line: usize,
    labels: Vec<(Span, String)>,
}

fn excerpt(diagnostic: &Diagnostic) -> Option<Excerpt> {
    let source: &Source = diagnostic.source.as_deref()?;
    let main = diagnostic.labels.first()?.span;
    let (from, to) = window(&source.text, main)?;
    let labels = diagnostic
        .labels
        .iter()
        .filter(|l| l.span.start >= from && l.span.end <= to)
        .map(|l| (Span::new(l.span.start - from, l.span.end - from), l.message.clone()))
        .collect();
    Some(Excerpt { text: source.text.get(from..to)?.to_owned(), first_line: source.place(from).line, labels })
}

/// The lines that `main` touches, cut to [`WIDEST`] bytes around its start.
fn window(text: &str, main: Span) -> Option<(usize, usize)> {
    let start = main.start.min(text.len());
    let end = main.end.clamp(start, text.len());
    let mut from = text.get(..start)?.rfind('\n').map_or(0, |i| i + 1);
    let mut to = text.get(end..)?.find('\n').map_or(text.len(), |i| end + i);
    if to - from > WIDEST {
        from = from.max(start.saturating_sub(WIDEST / 2));
        to = to.min(start + WIDEST / 2).max(end);
        while !text.is_char_boundary(from) {
            from += 1;
        }
        while !text.is_char_boundary(to) {
            to += 1;
        }
    }
    Some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn shows_the_line_and_a_caret() {
        let source = Arc::new(Source::new("r.yml", "name: x\nsearch: a=(\nend"));
        let shown = terminal(
            &Diagnostic::error("spl/unclosed-paren", "no closing parenthesis")
                .at(Span::new(18, 19), "opened here")
                .in_source(&source)
                .help("close it"),
            false,
        );
        assert!(shown.contains("error[spl/unclosed-paren]: no closing parenthesis"), "{shown}");
        assert!(shown.contains("r.yml:2:11"), "{shown}");
        assert!(shown.contains("^ opened here"), "{shown}");
        assert!(shown.contains("help: close it"), "{shown}");
    }

    #[test]
    fn a_long_line_is_cut_and_nothing_panics() {
        let source = Arc::new(Source::new("r", "é".repeat(5000)));
        let d = Diagnostic::error("a/b", "m").in_source(&source);
        for (start, end) in
            [(0, 1), (5001, 5002), (9999, 10_000), (3, 9000), (10_000, 10_000), (20_000, 30_000)]
        {
            let _ = terminal(&d.clone().at(Span::new(start, end), ""), false);
        }
        let shown = terminal(&d.at(Span::new(5000, 5002), "here"), false);
        assert!(shown.len() < 3000, "{}", shown.len());
    }
}
