//! The parser: recursive descent over the text, one file for each of SPL's grammars.

mod aggregates;
mod args;
mod comments;
mod expr;
mod search;

use crate::ast::{Expr, Head, Search, SearchExpr, Stage};
use crate::cursor::{Cursor, Parsed};
use grotto_diag::Diagnostic;

/// Searches longer than this are refused.
const LONGEST: usize = 8 << 20;

/// Parses a search. Macro calls that were not expanded become nodes of the tree.
///
/// # Errors
/// A diagnostic with a slug `spl/…` whose labels are spans of `text`.
pub fn parse(text: &str) -> Result<Search, Box<Diagnostic>> {
    whole(text, |cursor| pipeline(cursor, false))
}

/// Parses an eval expression.
///
/// # Errors
/// As [`parse`].
pub fn parse_expression(text: &str) -> Result<Expr, Box<Diagnostic>> {
    whole(text, expr::expression)
}

/// Parses the boolean expression of a `search` command.
///
/// # Errors
/// As [`parse`].
pub fn parse_search_expression(text: &str) -> Result<SearchExpr, Box<Diagnostic>> {
    whole(text, |cursor| search::expression(cursor, &[]))
}

fn whole<T>(text: &str, parser: impl FnOnce(&mut Cursor<'_>) -> Parsed<T>) -> Result<T, Box<Diagnostic>> {
    if text.len() > LONGEST {
        return Err(Box::new(Diagnostic::error(
            "spl/too-long",
            format!("the search is longer than {LONGEST} bytes"),
        )));
    }
    let text = comments::blanked(text);
    let mut cursor = Cursor::new(&text);
    let parsed = parser(&mut cursor)?;
    if cursor.peek_solid().is_some() {
        let found = cursor.found();
        return Err(cursor.error(
            "spl/unexpected",
            format!("{found} does not belong here"),
            "not expected here",
        ));
    }
    Ok(parsed)
}

/// Stages up to the end of the text or, in a subsearch, the closing bracket.
fn pipeline(cursor: &mut Cursor<'_>, subsearch: bool) -> Parsed<Search> {
    cursor.skip_blanks();
    let start = cursor.pos;
    let mut stages = Vec::new();
    let leading_pipe = cursor.eat("|");
    loop {
        cursor.skip_blanks();
        if cursor.at_stage_end() {
            return Err(empty_stage(cursor));
        }
        let implied = stages.is_empty() && !leading_pipe && implies_search(cursor, subsearch);
        stages.push(stage(cursor, implied)?);
        if !cursor.eat("|") {
            break;
        }
    }
    let end = stages.last().map_or(cursor.pos, |s: &Stage| s.at.0.end);
    cursor.pos = cursor.pos.max(end);
    Ok(Search { stages, at: crate::ast::At(grotto_diag::Span::new(start, end)) })
}

fn empty_stage(cursor: &Cursor<'_>) -> Box<Diagnostic> {
    let mut error = cursor.error("spl/empty-stage", "a command is missing", "expected a command here");
    error.help = Some("remove the pipe, or write a command after it".to_owned());
    error
}

/// Whether the text goes on with terms of an implied `search` and not with a command's name. A whole search begins
/// with terms unless its first word is `search`; a subsearch begins with a command unless its first word is compared.
fn implies_search(cursor: &mut Cursor<'_>, subsearch: bool) -> bool {
    if cursor.at_keyword("search") {
        return false;
    }
    if !subsearch {
        return true;
    }
    let mut ahead = Cursor::new(cursor.text);
    ahead.pos = cursor.pos;
    match ahead.bare(command_char) {
        None => true,
        Some(_) if ahead.peek_solid() == Some('<') && ahead.starts_with("<<") => false,
        Some(_) => ahead.peek_solid().is_some_and(|c| matches!(c, '=' | '!' | '<' | '>' | '.' | '*' | ':')),
    }
}

fn command_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}

fn stage(cursor: &mut Cursor<'_>, implied: bool) -> Parsed<Stage> {
    cursor.skip_blanks();
    let start = cursor.pos;
    let head = if implied {
        Head::Implied
    } else if cursor.peek() == Some('`') {
        Head::Macro(cursor.macro_call()?)
    } else if let Some(word) = cursor.bare(command_char) {
        Head::Command(word.raw)
    } else {
        let found = cursor.found();
        let message = format!("expected the name of a command and found {found}");
        return Err(cursor.error("spl/expected-command", message, "expected a command here"));
    };
    let args = args::arguments(cursor, &head)?;
    let end = cursor.text[..cursor.pos].trim_end().len().max(start);
    Ok(Stage { head, args, at: crate::ast::At(grotto_diag::Span::new(start, end)) })
}

/// A subsearch with its brackets; the opening one comes next.
fn subsearch(cursor: &mut Cursor<'_>) -> Parsed<Search> {
    let open = cursor.pos;
    cursor.pos += 1;
    cursor.deeper(|cursor| {
        let mut search = pipeline(cursor, true)?;
        cursor.close("]", open)?;
        search.at = cursor.at(open);
        Ok(search)
    })
}

#[cfg(test)]
mod tests;
