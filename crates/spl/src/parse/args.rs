//! Arguments of commands. A few commands have a grammar of their own; all others share one that reads words, strings,
//! options, calls, `AS`, `BY`, lists and subsearches, and whose meaning is the command's own business.

use super::{aggregates, expr, search, subsearch};
use crate::ast::{Arg, Head, Quote, Word};
use crate::cursor::{Cursor, Parsed};

/// The arguments of the command that `head` names, up to the end of its stage.
pub(super) fn arguments(cursor: &mut Cursor<'_>, head: &Head) -> Parsed<Vec<Arg>> {
    let name = match head {
        Head::Implied => "search".to_owned(),
        Head::Command(name) => name.to_ascii_lowercase(),
        Head::Macro(_) => String::new(),
    };
    match name.as_str() {
        "search" => {
            if cursor.at_stage_end() {
                return Ok(Vec::new());
            }
            Ok(vec![Arg::Search(search::expression(cursor, &[])?)])
        }
        "where" => Ok(vec![Arg::Expr(expr::expression(cursor)?)]),
        "eval" | "fieldformat" => assignments(cursor),
        "head" => head_arguments(cursor),
        "stats" | "eventstats" | "streamstats" | "tstats" | "mstats" | "chart" | "timechart" | "sistats"
        | "sichart" | "sitimechart" => aggregates::arguments(cursor),
        _ => generic(cursor),
    }
}

/// `a = x, b = y`.
fn assignments(cursor: &mut Cursor<'_>) -> Parsed<Vec<Arg>> {
    let mut args = Vec::new();
    loop {
        if cursor.peek_solid() == Some('`') {
            args.push(Arg::Macro(cursor.macro_call()?));
        } else {
            let target = expr::target(cursor)?;
            expr::assignment(cursor)?;
            args.push(Arg::Assign { target, value: expr::expression(cursor)? });
        }
        let comma = cursor.eat(",");
        if cursor.at_stage_end() {
            return Ok(args);
        }
        if !comma {
            let found = cursor.found();
            return Err(cursor.error(
                "spl/unexpected",
                format!("{found} does not belong here"),
                "not expected here",
            ));
        }
    }
}

/// A count, a condition in parentheses, and options.
fn head_arguments(cursor: &mut Cursor<'_>) -> Parsed<Vec<Arg>> {
    let mut args = Vec::new();
    loop {
        while cursor.eat(",") {}
        if cursor.at_stage_end() {
            return Ok(args);
        }
        args.push(match cursor.peek_solid() {
            Some('(') => Arg::Expr(expr::expression(cursor)?),
            _ => item(cursor)?,
        });
    }
}

/// The grammar that most commands share.
fn generic(cursor: &mut Cursor<'_>) -> Parsed<Vec<Arg>> {
    let mut args = Vec::new();
    loop {
        while cursor.eat(",") {}
        if cursor.at_stage_end() {
            return Ok(args);
        }
        args.push(generic_one(cursor)?);
    }
}

fn generic_one(cursor: &mut Cursor<'_>) -> Parsed<Arg> {
    if cursor.eat_keyword("by") {
        return Ok(Arg::By(items(cursor, &[])?));
    }
    if cursor.eat_keyword("where") && !cursor.at_stage_end() {
        return Ok(Arg::Where(search::expression(cursor, &[])?));
    }
    let what = item(cursor)?;
    if matches!(what, Arg::Word(_) | Arg::Call { .. }) && cursor.at_keyword("as") {
        let before = cursor.pos;
        cursor.eat_keyword("as");
        match word(cursor)? {
            Some(name) => return Ok(Arg::As { what: Box::new(what), name }),
            None => cursor.pos = before,
        }
    }
    Ok(what)
}

/// Fields and options up to the end of the stage or one of the keywords.
pub(super) fn items(cursor: &mut Cursor<'_>, stops: &[&str]) -> Parsed<Vec<Arg>> {
    let mut args = Vec::new();
    loop {
        while cursor.eat(",") {}
        if cursor.at_stage_end() || stops.iter().any(|stop| cursor.at_keyword(stop)) {
            return Ok(args);
        }
        args.push(item(cursor)?);
    }
}

/// One word, string, option, call, list, subsearch or macro.
pub(super) fn item(cursor: &mut Cursor<'_>) -> Parsed<Arg> {
    match cursor.peek_solid() {
        Some('[') => return Ok(Arg::Subsearch(subsearch(cursor)?)),
        Some('`') => return Ok(Arg::Macro(cursor.macro_call()?)),
        Some('(') => return list(cursor),
        _ => {}
    }
    let Some(name) = word(cursor)? else {
        let found = cursor.found();
        return Err(cursor.error(
            "spl/unexpected",
            format!("{found} does not belong here"),
            "not expected here",
        ));
    };
    if name.quote == Quote::Bare && cursor.peek() == Some('(') {
        let Arg::List(args) = call_arguments(cursor, &name)? else { return Ok(Arg::Word(name)) };
        return Ok(Arg::Call { name, args });
    }
    let after = cursor.pos;
    let negated = cursor.eat("!=");
    if negated || cursor.eat("=") {
        let value = Box::new(option_value(cursor, &name)?);
        return Ok(Arg::Option { name, negated, value });
    }
    cursor.pos = after;
    Ok(Arg::Word(name))
}

/// The arguments of `name(…)`: an expression for `eval`, anything for other names.
fn call_arguments(cursor: &mut Cursor<'_>, name: &Word) -> Parsed<Arg> {
    if !name.is_keyword("eval") {
        return list(cursor);
    }
    let open = cursor.pos;
    cursor.pos += 1;
    let inner = expr::expression(cursor)?;
    cursor.close(")", open)?;
    Ok(Arg::List(vec![Arg::Expr(inner)]))
}

/// Arguments in parentheses; the opening one comes next.
fn list(cursor: &mut Cursor<'_>) -> Parsed<Arg> {
    let open = cursor.pos;
    cursor.pos += 1;
    cursor.deeper(|cursor| {
        let mut args = Vec::new();
        loop {
            while cursor.eat(",") {}
            if matches!(cursor.peek_solid(), None | Some(')' | '|' | ']')) {
                break;
            }
            args.push(item(cursor)?);
        }
        cursor.close(")", open)?;
        Ok(Arg::List(args))
    })
}

/// The value of an option. In parentheses it is a condition: an eval expression for `reset_before` and
/// `reset_after`, a search expression otherwise.
pub(super) fn option_value(cursor: &mut Cursor<'_>, name: &Word) -> Parsed<Arg> {
    match cursor.peek_solid() {
        Some('[') => return Ok(Arg::Subsearch(subsearch(cursor)?)),
        Some('`') => return Ok(Arg::Macro(cursor.macro_call()?)),
        Some('(') => {
            let open = cursor.pos;
            if name.is_keyword("reset_before") || name.is_keyword("reset_after") {
                return Ok(Arg::Expr(expr::expression(cursor)?));
            }
            cursor.pos += 1;
            let inner = search::expression(cursor, &[])?;
            cursor.close(")", open)?;
            return Ok(Arg::Search(inner));
        }
        Some('"') => return Ok(Arg::Word(cursor.quoted('"')?)),
        _ => {}
    }
    match cursor.bare(|c| !c.is_whitespace() && !matches!(c, ',' | '|' | '[' | ']' | '(' | ')' | '"' | '`')) {
        Some(name) if cursor.peek() == Some('(') => match call_arguments(cursor, &name)? {
            Arg::List(args) => Ok(Arg::Call { name, args }),
            other => Ok(other),
        },
        Some(value) => Ok(Arg::Word(value)),
        None => {
            let found = cursor.found();
            Err(cursor.error("spl/missing-value", format!("expected a value and found {found}"), "here"))
        }
    }
}

/// A word or string, if one comes next.
pub(super) fn word(cursor: &mut Cursor<'_>) -> Parsed<Option<Word>> {
    cursor.skip_blanks();
    match cursor.peek() {
        Some('"') => Ok(Some(cursor.quoted('"')?)),
        Some('\'') if cursor.rest()[1..].contains('\'') => Ok(Some(cursor.quoted('\'')?)),
        _ => {
            let text = cursor.text;
            let mut at = cursor.pos;
            let word = cursor.bare(|c| {
                let not_equal = c == '!' && text[at..].starts_with("!=");
                at += c.len_utf8();
                word_char(c) && !not_equal
            });
            Ok(word)
        }
    }
}

fn word_char(c: char) -> bool {
    !c.is_whitespace() && !matches!(c, ',' | '|' | '[' | ']' | '(' | ')' | '"' | '`' | '=')
}
