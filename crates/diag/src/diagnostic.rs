//! The diagnostic itself.

use crate::{Place, Source, Span};
use serde::Serialize;
use std::sync::Arc;

/// How much a diagnostic weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Probably not what was meant; the work goes on as asked.
    Warning,
    /// The thing that the diagnostic is about can't be used.
    Error,
}

impl Severity {
    /// `info`, `warning` or `error`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A range of the source with a remark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What to say there; may be empty.
    pub message: String,
}

/// A change that a program may apply: replace `span` by `replacement`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What the change does, in one sentence.
    pub message: String,
    /// The range to replace.
    pub span: Span,
    /// The new text.
    pub replacement: String,
}

/// Something that grotto has to say about an input: what, how bad, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable name of the kind of problem, such as `spl/unclosed-quote`.
    pub slug: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// One sentence, without a final full stop.
    pub message: String,
    /// The text that the labels point into.
    pub source: Option<Arc<Source>>,
    /// Places; the first is the main one.
    pub labels: Vec<Label>,
    /// What the reader can do about it.
    pub help: Option<String>,
    /// A change that mends it.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A diagnostic without places.
    pub fn new(severity: Severity, slug: &'static str, message: impl Into<String>) -> Self {
        Self {
            slug,
            severity,
            message: message.into(),
            source: None,
            labels: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// An error.
    pub fn error(slug: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, slug, message)
    }

    /// A warning.
    pub fn warning(slug: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, slug, message)
    }

    /// Adds a place; the first one added is the main one.
    pub fn at(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into() });
        self
    }

    /// Says what to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Offers a change that mends it.
    pub fn fix(mut self, message: impl Into<String>, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { message: message.into(), span, replacement: replacement.into() });
        self
    }

    /// Names the text that the labels point into, unless one is named already.
    pub fn in_source(mut self, source: &Arc<Source>) -> Self {
        self.source.get_or_insert_with(|| Arc::clone(source));
        self
    }

    /// Moves every span through `map` and names the text that they then point into. For a diagnostic of a text
    /// that is part of another, such as a search inside a YAML file.
    pub fn moved(mut self, source: &Arc<Source>, map: impl Fn(Span) -> Span) -> Self {
        for label in &mut self.labels {
            label.span = map(label.span);
        }
        if let Some(fix) = &mut self.fix {
            fix.span = map(fix.span);
        }
        self.source = Some(Arc::clone(source));
        self
    }

    /// Name of the source, if known.
    pub fn file(&self) -> Option<&str> {
        self.source.as_ref().map(|s| s.name.as_str())
    }

    /// Line and column of the main place, if there is one.
    pub fn place(&self) -> Option<Place> {
        Some(self.source.as_ref()?.place(self.labels.first()?.span.start))
    }
}

impl std::fmt::Display for Diagnostic {
    /// One line: `file:line:column: severity[slug]: message`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(file) = self.file() {
            write!(f, "{file}:")?;
            if let Some(Place { line, column }) = self.place() {
                write!(f, "{line}:{column}:")?;
            }
            f.write_str(" ")?;
        }
        write!(f, "{}[{}]: {}", self.severity.name(), self.slug, self.message)
    }
}

impl std::error::Error for Diagnostic {}
