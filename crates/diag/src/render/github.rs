//! A diagnostic as a workflow command of GitHub Actions, which GitHub shows at the changed line.
//!
//! Syntax and escapes: <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>, and for
//! the escapes the toolkit's own code, <https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts>.

use crate::{Diagnostic, Severity};
use std::fmt::Write;

/// One line, `::error file=…,line=…,endLine=…,col=…,endColumn=…,title=…::message`, without a line end. Help follows the
/// message in a paragraph of its own.
///
/// Columns are given only for a range within one line: GitHub ignores them otherwise.
pub fn github(diagnostic: &Diagnostic) -> String {
    let mut out = format!("::{} ", command(diagnostic.severity));
    if let Some(file) = diagnostic.file() {
        let _ = write!(out, "file={},", property(file));
    }
    if let (Some(source), Some(label)) = (&diagnostic.source, diagnostic.labels.first()) {
        let (start, end) = (source.place(label.span.start), source.place(label.span.end));
        let _ = write!(out, "line={},endLine={},", start.line, end.line);
        if start.line == end.line {
            // The end column is that of the last character.
            let last = end.column.saturating_sub(1).max(start.column);
            let _ = write!(out, "col={},endColumn={last},", start.column);
        }
    }
    let _ = write!(out, "title={}::{}", property(diagnostic.slug), data(&diagnostic.message));
    if let Some(help) = &diagnostic.help {
        let _ = write!(out, "{}", data(&format!("\n\n{help}")));
    }
    out
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Source, Span};
    use std::sync::Arc;

    #[test]
    fn every_severity_has_its_command_and_everything_is_escaped() {
        let source = Arc::new(Source::new("a,b:c%.yml", "x: é1\nyy"));
        let on = |d: Diagnostic, from, to| github(&d.at(Span::new(from, to), "").in_source(&source));
        for (shown, expected) in [
            (
                on(Diagnostic::error("lint/x", "50 %: no,\r\nreally").help("do"), 3, 6),
                "::error file=a%2Cb%3Ac%25.yml,line=1,endLine=1,col=4,endColumn=5,title=lint/x::50 %25: \
                 no,%0D%0Areally%0A%0Ado",
            ),
            (
                on(Diagnostic::warning("b", "m"), 3, 8),
                "::warning file=a%2Cb%3Ac%25.yml,line=1,endLine=2,title=b::m",
            ),
            (
                on(Diagnostic::new(Severity::Info, "c", "m"), 7, 7),
                "::notice file=a%2Cb%3Ac%25.yml,line=2,endLine=2,col=1,endColumn=1,title=c::m",
            ),
            (github(&Diagnostic::error("d", "no file")), "::error title=d::no file"),
            (
                github(&Diagnostic::error("e", "no place").in_source(&source)),
                "::error file=a%2Cb%3Ac%25.yml,title=e::no place",
            ),
        ] {
            assert_eq!(shown, expected);
            assert!(!shown.contains(['\n', '\r']));
        }
    }
}
