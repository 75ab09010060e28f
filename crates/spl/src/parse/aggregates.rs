//! Arguments of `stats` and its kin: options, aggregations, and the clauses `FROM`, `WHERE`, `BY` and `OVER`.

use super::{args, expr, search};
use crate::ast::{Aggregate, AggregateArg, Arg, Word};
use crate::cursor::{Cursor, Parsed};

/// Keywords that end a `FROM` or `WHERE` clause.
const CLAUSES: [&str; 3] = ["where", "by", "groupby"];

pub(super) fn arguments(cursor: &mut Cursor<'_>) -> Parsed<Vec<Arg>> {
    let mut out = Vec::new();
    loop {
        while cursor.eat(",") {}
        if cursor.at_stage_end() {
            return Ok(out);
        }
        out.push(one(cursor)?);
    }
}

fn one(cursor: &mut Cursor<'_>) -> Parsed<Arg> {
    if cursor.eat_keyword("by") || cursor.eat_keyword("groupby") {
        // A field may be called like the keyword: `by groupby`.
        return Ok(Arg::By(args::items(cursor, &CLAUSES[..1])?));
    }
    if cursor.eat_keyword("where") {
        return Ok(Arg::Where(search::expression(cursor, &CLAUSES[1..])?));
    }
    if cursor.eat_keyword("from") {
        return Ok(Arg::From(args::items(cursor, &CLAUSES)?));
    }
    if cursor.eat_keyword("over") {
        return match args::word(cursor)? {
            Some(field) => Ok(Arg::Over(field)),
            None => Err(cursor.error("spl/expected-field", "expected a field after OVER", "here")),
        };
    }
    match cursor.peek_solid() {
        Some('`') => Ok(Arg::Macro(cursor.macro_call()?)),
        Some('[') => args::item(cursor),
        _ => aggregate_or_option(cursor),
    }
}

fn aggregate_or_option(cursor: &mut Cursor<'_>) -> Parsed<Arg> {
    let start = cursor.pos;
    let Some(name) = cursor.bare(function_char) else {
        let found = cursor.found();
        let message = format!("expected an aggregation and found {found}");
        return Err(cursor.error("spl/expected-aggregation", message, "here"));
    };
    let after = cursor.pos;
    if cursor.peek_solid() == Some('=') {
        cursor.pos += 1;
        let value = Box::new(args::option_value(cursor, &name)?);
        return Ok(Arg::Option { name, negated: false, value });
    }
    cursor.pos = after;
    aggregate(cursor, name, start).map(Arg::Aggregate)
}

/// The rest of an aggregation whose name was read.
fn aggregate(cursor: &mut Cursor<'_>, function: Word, start: usize) -> Parsed<Aggregate> {
    let args = if cursor.peek_solid() != Some('(') {
        Vec::new()
    } else if function.is_keyword("eval") {
        // `eval(avg(a)/avg(b))` of `chart`: an expression of aggregations.
        let open = cursor.pos;
        cursor.pos += 1;
        let inner = expr::expression(cursor)?;
        cursor.close(")", open)?;
        vec![AggregateArg::Eval(inner)]
    } else {
        aggregate_args(cursor)?
    };
    let mut end = cursor.text[..cursor.pos].trim_end().len();
    let mut alias = None;
    if cursor.eat_keyword("as") {
        alias = args::word(cursor)?.map(|word| with_parentheses(cursor, word));
        if alias.is_none() {
            return Err(cursor.error("spl/expected-field", "expected a name after AS", "here"));
        }
        end = cursor.pos;
    }
    let at = crate::ast::At(grotto_diag::Span::new(start, end));
    Ok(Aggregate { function, args, alias, at })
}

/// A bare name takes parentheses that follow it at once with it: `AS aceFlags(inheritance)`.
fn with_parentheses(cursor: &mut Cursor<'_>, word: Word) -> Word {
    if word.quote != crate::ast::Quote::Bare || cursor.peek() != Some('(') || !cursor.eat_balanced() {
        return word;
    }
    let start = word.at.0.start;
    Word { raw: cursor.text[start..cursor.pos].to_owned(), at: cursor.at(start), ..word }
}

fn aggregate_args(cursor: &mut Cursor<'_>) -> Parsed<Vec<AggregateArg>> {
    let open = cursor.pos;
    cursor.pos += 1;
    let mut out = Vec::new();
    while !matches!(cursor.peek_solid(), None | Some(')')) {
        out.push(cursor.deeper(aggregate_arg)?);
        if !cursor.eat(",") {
            break;
        }
    }
    cursor.close(")", open)?;
    Ok(out)
}

fn aggregate_arg(cursor: &mut Cursor<'_>) -> Parsed<AggregateArg> {
    cursor.skip_blanks();
    let start = cursor.pos;
    match cursor.peek() {
        Some('`') => return Ok(AggregateArg::Macro(cursor.macro_call()?)),
        Some(quote @ ('"' | '\'')) => return Ok(AggregateArg::Field(cursor.quoted(quote)?)),
        _ => {}
    }
    let Some(word) =
        cursor.bare(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | ',' | '|' | '"' | '`' | '[' | ']'))
    else {
        let found = cursor.found();
        return Err(cursor.error(
            "spl/expected-field",
            format!("expected a field and found {found}"),
            "here",
        ));
    };
    if cursor.peek_solid() != Some('(') {
        return Ok(AggregateArg::Field(word));
    }
    if word.is_keyword("eval") {
        let open = cursor.pos;
        cursor.pos += 1;
        let inner = expr::expression(cursor)?;
        cursor.close(")", open)?;
        return Ok(AggregateArg::Eval(inner));
    }
    aggregate(cursor, word, start).map(AggregateArg::Aggregate)
}

fn function_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.')
}
