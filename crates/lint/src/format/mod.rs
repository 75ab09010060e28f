//! Lays searches out, one stage a line, inside their YAML files.
//!
//! Only blanks and line ends between words of the search change, so comments and macro calls stay as they are written. What
//! comes out is read again: a file whose search would mean something else, or that holds something that can't be kept, is
//! left alone, and that is said.

mod layout;

pub use layout::search;

use crate::suppress::comments;
use grotto_content::{Detection, Document};
use grotto_diag::{Diagnostic, Severity, Source, Span};
use std::sync::Arc;

/// What became of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is laid out already.
    Same,
    /// The new text of the file.
    Changed(String),
    /// It is left alone, for this reason.
    Left(Box<Diagnostic>),
}

/// Lays out the search of a detection's file.
pub fn detection(detection: &Detection) -> Outcome {
    match changed(detection) {
        Ok(text) if text == detection.source.text => Outcome::Same,
        Ok(text) => Outcome::Changed(text),
        Err(reason) => Outcome::Left(reason),
    }
}

fn left(detection: &Detection, reason: impl Into<String>) -> Box<Diagnostic> {
    let message = format!("the search is left as it is: {}", reason.into());
    let diagnostic = Diagnostic::new(Severity::Info, "fmt/left-alone", message);
    Box::new(diagnostic.at(detection.search.span(), "").in_source(&detection.source))
}

fn changed(detection: &Detection) -> Result<String, Box<Diagnostic>> {
    let written = detection.search.as_str();
    let tree = grotto_spl::parse(written).map_err(|error| left(detection, error.message.clone()))?;
    let laid_out = search(written);
    let text = &detection.source.text;
    let document = Document::parse(&detection.source)?;
    let (range, start, indent) = place(&document, text, detection).map_err(|why| left(detection, why))?;
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut lines = start;
    for (i, line) in laid_out.split('\n').enumerate() {
        lines.push_str(if i > 0 { end } else { "" });
        if !line.is_empty() {
            lines.push_str(&" ".repeat(indent));
            lines.push_str(line);
        }
    }
    let new = format!("{}{lines}{}", &text[..range.start], &text[range.end..]);
    // What the file means now is what it meant before.
    let again = Document::parse(&Arc::new(Source::new(detection.source.name.clone(), new.clone())));
    let again = again.map_err(|_| left(detection, "a block of YAML can't hold it"))?;
    let value = again.scalar("search").unwrap_or_default();
    let same_keys = document.keys("").iter().map(|k| k.0).eq(again.keys("").iter().map(|k| k.0));
    let same_comments = comments(written).iter().map(|c| c.1).eq(comments(value).iter().map(|c| c.1));
    if !same_keys || value.trim_end() != laid_out {
        return Err(left(detection, "a block of YAML can't hold it"));
    }
    if !same_comments || grotto_spl::parse(value).ok().as_ref() != Some(&tree) {
        return Err(left(detection, "it would not mean the same"));
    }
    Ok(new)
}

/// Which range of the file to replace, what stands there before the lines, and how far these are indented.
fn place(
    document: &Document,
    text: &str,
    detection: &Detection,
) -> Result<(Span, String, usize), &'static str> {
    let key = document
        .keys("")
        .into_iter()
        .rev()
        .find(|(key, _)| *key == "search")
        .ok_or("it has no key of its own")?;
    let value = detection.search.span();
    let header = text.get(key.1.end..value.start).ok_or("it stands somewhere else")?;
    let after_colon = header.trim_start().strip_prefix(':').ok_or("it stands somewhere else")?;
    let sign = after_colon.trim_start();
    if sign.starts_with(['&', '!', '*']) {
        return Err("it has an anchor or a tag");
    }
    if sign.starts_with('|') {
        let line_end = header.find('\n').ok_or("its block has no lines")?;
        if sign[..sign.find('\n').unwrap_or_default()].bytes().any(|b| b.is_ascii_digit()) {
            return Err("its block says how far it is indented");
        }
        let line = text[..value.start].rfind('\n').map_or(0, |at| at + 1);
        let first = text[line..].len() - text[line..].trim_start_matches(' ').len();
        return Ok((Span::new(key.1.end + line_end + 1, value.end), String::new(), first));
    }
    // A comment behind the value would become part of the block.
    let rest = text.get(value.end..).unwrap_or_default();
    if !rest.lines().next().unwrap_or_default().trim().is_empty() || header.contains('#') {
        return Err("a comment stands beside it");
    }
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let start = key.1.end + header.find(':').map_or(0, |at| at + 1);
    // A folded block has blank lines behind it that would now count; the others end with their quote or last word.
    Ok((Span::new(start, value.end), format!(" |-{end}"), indentation(text)))
}

/// How far the file indents.
fn indentation(text: &str) -> usize {
    let width = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let first = text.lines().find(|line| line.starts_with(' ') && line.trim_start().starts_with("- "));
    first.or_else(|| text.lines().find(|line| line.starts_with(' '))).map_or(4, width).clamp(2, 8)
}

#[cfg(test)]
mod tests;
