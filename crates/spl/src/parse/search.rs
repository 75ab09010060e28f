//! Boolean search expressions: parentheses, NOT, OR, then AND.

use super::subsearch;
use crate::ast::At;
use crate::ast::{Compare, SearchExpr, SearchValue, Word};
use crate::cursor::{Cursor, Parsed};
use grotto_diag::Span;

/// A search expression that ends at the stage's end, a closing parenthesis, or one of the `stops` (keywords in any
/// letter case, such as `by`).
pub(super) fn expression(cursor: &mut Cursor<'_>, stops: &[&str]) -> Parsed<SearchExpr> {
    cursor.deeper(|cursor| conjunction(cursor, stops))
}

/// Whether a search expression has ended.
fn ended(cursor: &mut Cursor<'_>, stops: &[&str]) -> bool {
    cursor.at_stage_end() || cursor.peek() == Some(')') || stops.iter().any(|stop| cursor.at_keyword(stop))
}

/// `a AND b c`: terms one after the other, `AND` between them or not.
fn conjunction(cursor: &mut Cursor<'_>, stops: &[&str]) -> Parsed<SearchExpr> {
    let mut terms = vec![disjunction(cursor, stops)?];
    loop {
        cursor.skip_blanks();
        // Commas between terms are blanks to Splunk.
        while cursor.eat(",") {}
        let explicit = eat_operator(cursor, "AND");
        if !explicit && ended(cursor, stops) {
            break;
        }
        terms.push(disjunction(cursor, stops)?);
    }
    Ok(joined(terms, SearchExpr::And))
}

/// `a OR b`.
fn disjunction(cursor: &mut Cursor<'_>, stops: &[&str]) -> Parsed<SearchExpr> {
    let mut terms = vec![negation(cursor, stops)?];
    while eat_operator(cursor, "OR") {
        terms.push(negation(cursor, stops)?);
    }
    Ok(joined(terms, SearchExpr::Or))
}

fn joined(mut terms: Vec<SearchExpr>, make: impl Fn(Vec<SearchExpr>, At) -> SearchExpr) -> SearchExpr {
    if terms.len() == 1 {
        return terms.swap_remove(0);
    }
    let span = terms.iter().map(SearchExpr::span).reduce(Span::to).unwrap_or_default();
    make(terms, At(span))
}

/// Boolean operators of a search expression are written in capitals; in lower case they are terms.
fn eat_operator(cursor: &mut Cursor<'_>, operator: &str) -> bool {
    cursor.skip_blanks();
    let rest = cursor.rest();
    let found = rest.starts_with(operator)
        && !rest[operator.len()..]
            .starts_with(|c: char| !(c.is_whitespace() || matches!(c, '(' | '"' | '[' | '`')));
    if found {
        cursor.pos += operator.len();
    }
    found
}

fn negation(cursor: &mut Cursor<'_>, stops: &[&str]) -> Parsed<SearchExpr> {
    while cursor.eat(",") {}
    let start = cursor.pos;
    if eat_operator(cursor, "NOT") {
        let inner = cursor.deeper(|cursor| negation(cursor, stops))?;
        return Ok(SearchExpr::Not(Box::new(inner), cursor.at(start)));
    }
    primary(cursor, stops)
}

fn primary(cursor: &mut Cursor<'_>, stops: &[&str]) -> Parsed<SearchExpr> {
    if ended(cursor, stops) || eat_operator(cursor, "AND") || eat_operator(cursor, "OR") {
        let found = cursor.found();
        return Err(cursor.error(
            "spl/expected-term",
            format!("expected a search term and found {found}"),
            "here",
        ));
    }
    let start = cursor.pos;
    match cursor.peek() {
        Some('(') => {
            cursor.pos += 1;
            let inner = expression(cursor, &[])?;
            cursor.close(")", start)?;
            Ok(inner)
        }
        Some('[') => Ok(SearchExpr::Term(SearchValue::Subsearch(subsearch(cursor)?))),
        Some('`') => Ok(SearchExpr::Term(SearchValue::Macro(cursor.macro_call()?))),
        Some('"') => {
            let word = cursor.quoted('"')?;
            comparison_or_term(cursor, word, start)
        }
        _ => match cursor.bare(field_char) {
            Some(word) => comparison_or_term(cursor, word, start),
            None => {
                if let Some(word) = cursor.bare(value_char) {
                    Ok(SearchExpr::Term(SearchValue::Word(word)))
                } else {
                    let found = cursor.found();
                    Err(cursor.error(
                        "spl/unexpected",
                        format!("{found} does not belong into a search"),
                        "here",
                    ))
                }
            }
        },
    }
}

/// A word was read: with an operator behind it it is a field, without it a term.
fn comparison_or_term(cursor: &mut Cursor<'_>, word: Word, start: usize) -> Parsed<SearchExpr> {
    let after_word = cursor.pos;
    if let Some(op) = operator(cursor) {
        let value = value(cursor)?;
        return Ok(SearchExpr::Compare { field: word, op, value, at: cursor.at(start) });
    }
    if cursor.at_keyword("IN") {
        let before = cursor.pos;
        cursor.pos += 2;
        if cursor.peek_solid() == Some('(') {
            let values = list(cursor)?;
            return Ok(SearchExpr::In { field: word, values, at: cursor.at(start) });
        }
        cursor.pos = before;
    }
    cursor.pos = after_word;
    if word.quote == crate::ast::Quote::Bare {
        if cursor.peek() == Some('(') && matches!(word.raw.as_str(), "CASE" | "TERM") {
            return Ok(SearchExpr::Term(directive(cursor, &word.raw, start)?));
        }
        // A bare term may go on with characters that no field name has.
        cursor.take_while(value_char);
        let raw = cursor.text[start..cursor.pos].to_owned();
        if let Some((field, value)) = indexed(&raw) {
            let (end, after) = (start + field.len(), start + field.len() + 2);
            let at = |from, to| At(Span::new(from, to));
            return Ok(SearchExpr::Compare {
                field: Word { raw: field.to_owned(), at: at(start, end), ..word },
                op: Compare::Equal,
                value: SearchValue::Word(Word { raw: value.to_owned(), at: at(after, cursor.pos), ..word }),
                at: cursor.at(start),
            });
        }
        return Ok(SearchExpr::Term(SearchValue::Word(Word { raw, at: cursor.at(start), ..word })));
    }
    Ok(SearchExpr::Term(SearchValue::Word(word)))
}

/// Field and value of `field::value`, which means the same as `field=value`
/// (<https://help.splunk.com/en/splunk-enterprise/search/search-manual/10.0/retrieve-events/use-fields-to-retrieve-events>). A
/// number in hexadecimal digits before the colons begins an address.
fn indexed(raw: &str) -> Option<(&str, &str)> {
    let (field, value) = raw.split_once("::")?;
    let named = field.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && field.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'));
    let address = field.len() <= 4 && field.chars().all(|c| c.is_ascii_hexdigit());
    (named && !address && !value.is_empty() && !value.starts_with(':')).then_some((field, value))
}

/// The comparison operator that comes next, after blanks.
pub(super) fn operator(cursor: &mut Cursor<'_>) -> Option<Compare> {
    cursor.skip_blanks();
    [
        ("!=", Compare::NotEqual),
        ("<=", Compare::LessEqual),
        (">=", Compare::GreaterEqual),
        ("==", Compare::Equal),
        ("=", Compare::Equal),
        ("<", Compare::Less),
        (">", Compare::Greater),
    ]
    .into_iter()
    .find(|(token, _)| cursor.eat(token))
    .map(|(_, op)| op)
}

fn value(cursor: &mut Cursor<'_>) -> Parsed<SearchValue> {
    cursor.skip_blanks();
    let start = cursor.pos;
    match cursor.peek() {
        Some('"') => Ok(SearchValue::Word(cursor.quoted('"')?)),
        Some('`') => Ok(SearchValue::Macro(cursor.macro_call()?)),
        Some('[') => Ok(SearchValue::Subsearch(subsearch(cursor)?)),
        _ => match cursor.bare(value_char) {
            Some(word) if cursor.peek() == Some('(') && matches!(word.raw.as_str(), "CASE" | "TERM") => {
                directive(cursor, &word.raw, start)
            }
            Some(word) => Ok(SearchValue::Word(rest_of_value(cursor, word.at.0.start))),
            None => {
                let found = cursor.found();
                let mut error =
                    cursor.error("spl/missing-value", format!("expected a value and found {found}"), "here");
                error.help = Some("an empty value is written \"\"".to_owned());
                Err(error)
            }
        },
    }
}

/// A bare value goes on behind an escaped quote, and takes parentheses that open and close inside it with it:
/// `process=*GetCurrent()*`, `config=*\"privileged\":true*`.
fn rest_of_value(cursor: &mut Cursor<'_>, start: usize) -> Word {
    loop {
        let taken = &cursor.text[start..cursor.pos];
        if cursor.peek() == Some('"') && taken.ends_with('\\') && !taken.ends_with("\\\\") {
            cursor.pos += 1;
        } else if cursor.peek() != Some('(') || !cursor.eat_balanced() {
            break;
        }
        cursor.take_while(value_char);
    }
    let raw = cursor.text[start..cursor.pos].to_owned();
    Word { raw, quote: crate::ast::Quote::Bare, at: cursor.at(start) }
}

/// `CASE(x)` or `TERM(x)`; the parenthesis comes next.
fn directive(cursor: &mut Cursor<'_>, name: &str, start: usize) -> Parsed<SearchValue> {
    let open = cursor.pos;
    cursor.pos += 1;
    cursor.skip_blanks();
    let word = match cursor.peek() {
        Some('"') => cursor.quoted('"')?,
        _ => cursor.bare(|c| value_char(c) || c == ',').unwrap_or_else(|| Word::bare("")),
    };
    cursor.close(")", open)?;
    let at = cursor.at(start);
    Ok(if name == "CASE" { SearchValue::Case(word, at) } else { SearchValue::Term(word, at) })
}

/// The values of `IN`; the parenthesis comes next. Commas or blanks stand between them.
fn list(cursor: &mut Cursor<'_>) -> Parsed<Vec<SearchValue>> {
    let open = cursor.pos;
    cursor.pos += 1;
    let mut values = Vec::new();
    loop {
        cursor.skip_blanks();
        if cursor.eat(",") {
            continue;
        }
        if matches!(cursor.peek(), None | Some(')')) {
            break;
        }
        let start = cursor.pos;
        values.push(match cursor.peek() {
            Some('"' | '`' | '[') => value(cursor)?,
            _ => match cursor.bare(|c| value_char(c) && c != ',') {
                Some(word) if cursor.peek() == Some('(') && matches!(word.raw.as_str(), "CASE" | "TERM") => {
                    directive(cursor, &word.raw, start)?
                }
                Some(word) => SearchValue::Word(word),
                None => {
                    let found = cursor.found();
                    return Err(cursor.error(
                        "spl/unexpected",
                        format!("{found} does not belong into a list"),
                        "here",
                    ));
                }
            },
        });
    }
    cursor.close(")", open)?;
    Ok(values)
}

/// Characters of a bare field name.
fn field_char(c: char) -> bool {
    value_char(c) && !matches!(c, '=' | '<' | '>' | '!' | ',')
}

/// Characters of a bare value or term.
fn value_char(c: char) -> bool {
    !c.is_whitespace() && !matches!(c, '(' | ')' | '[' | ']' | '|' | '"' | '`')
}
