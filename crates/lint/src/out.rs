//! Where checks put what they find.

use crate::Lint;
use crate::file::File;
use crate::rule::Rule;
use grotto_diag::{Diagnostic, Fix, Severity, Span};
use std::sync::Arc;

/// Collects the diagnostics of one lint about one file.
#[derive(Debug)]
pub struct Out<'a> {
    lint: &'static Lint,
    file: &'a File<'a>,
    found: Vec<Diagnostic>,
    /// Takes what is said about a text that the file only calls, a macro's.
    elsewhere: Option<Diagnostic>,
}

impl<'a> Out<'a> {
    pub(crate) fn new(lint: &'static Lint, file: &'a File<'a>) -> Self {
        Self { lint, file, found: Vec::new(), elsewhere: None }
    }

    fn diagnostic(&self, span: Span, message: String) -> Diagnostic {
        let demanded =
            if self.file.generation < self.lint.since { Severity::Info } else { self.lint.severity };
        let severity = self.lint.severity.min(demanded);
        Diagnostic::new(severity, self.lint.slug, message).at(span, "").in_source(self.file.document.source())
    }

    /// Says something about a range of the file.
    pub fn at(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        let at = self.found.len();
        self.found.push(self.diagnostic(span, message.into()));
        &mut self.found[at]
    }

    /// Says something about the value at a path; where there is none, about what it would stand in, and at last about
    /// the file's name.
    pub fn key(&mut self, path: &str, message: impl Into<String>) -> &mut Diagnostic {
        let document = &self.file.document;
        let mut path = path;
        let span = loop {
            if let Some(span) = document.place(path).filter(|s| s.end > s.start) {
                break span;
            }
            match path.rfind(['.', '[']) {
                Some(at) => path = &path[..at],
                None => break document.place("name").unwrap_or_default(),
            }
        };
        self.at(span, message)
    }

    /// Says something about a place of the expanded search. What a macro brought along is not the rule's fault: that is
    /// dropped, and for whoever looks after the macro.
    pub fn spl(&mut self, rule: &Rule<'_>, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        if let Some(place) = rule.place(span) {
            return self.at(place, message);
        }
        let dropped = self.diagnostic(Span::default(), message.into());
        self.elsewhere.insert(dropped)
    }

    /// Says something about a place of the search as it is written.
    pub fn written(&mut self, rule: &Rule<'_>, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.at(rule.detection.search.map(span), message)
    }

    pub(crate) fn finish(self) -> Vec<Diagnostic> {
        self.found
    }
}

/// A change of one place, or none where the place is not known exactly.
pub(crate) fn change(
    source: &Arc<grotto_diag::Source>,
    span: Span,
    was: &str,
    message: impl Into<String>,
    replacement: impl Into<String>,
) -> Option<Fix> {
    (span.of(&source.text) == was).then(|| Fix {
        message: message.into(),
        span,
        replacement: replacement.into(),
    })
}
