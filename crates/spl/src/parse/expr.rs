//! Eval expressions by precedence climbing.

use super::search::operator as comparison;
use super::subsearch;
use crate::ast::{At, Binary, Compare, Expr, ExprKind, Logic, Quote, Word};
use crate::cursor::{Cursor, DEEPEST, Parsed, error_at};

/// An eval expression.
pub(super) fn expression(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    cursor.deeper(|cursor| logic(cursor, 0))
}

/// The logical operators, loosest first.
const LOGIC: [(&str, Logic); 3] = [("XOR", Logic::Xor), ("OR", Logic::Or), ("AND", Logic::And)];

fn logic(cursor: &mut Cursor<'_>, level: usize) -> Parsed<Expr> {
    let Some((keyword, op)) = LOGIC.get(level) else { return negation(cursor) };
    let first = logic(cursor, level + 1)?;
    let mut terms = vec![first];
    while cursor.eat_keyword(keyword) {
        terms.push(logic(cursor, level + 1)?);
    }
    if terms.len() == 1 {
        return Ok(terms.swap_remove(0));
    }
    let at = At(terms[0].at.0.to(terms[terms.len() - 1].at.0));
    Ok(Expr { kind: ExprKind::Logic { op: *op, terms }, at })
}

fn negation(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    cursor.skip_blanks();
    let start = cursor.pos;
    // A function call `not(x)` is the operator with parentheses.
    if cursor.eat_keyword("NOT") || cursor.peek() == Some('!') && !cursor.starts_with("!=") && cursor.eat("!")
    {
        let inner = cursor.deeper(negation)?;
        return Ok(Expr { kind: ExprKind::Not(Box::new(inner)), at: cursor.at(start) });
    }
    compared(cursor)
}

fn compared(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    let mut left = chain(cursor, 0)?;
    let mut count = 0;
    loop {
        let op = if let Some(op) = comparison(cursor) {
            Binary::Compare(op)
        } else if cursor.eat_keyword("LIKE") {
            Binary::Like
        } else if at_in(cursor) {
            left = in_list(cursor, left)?;
            continue;
        } else {
            return Ok(left);
        };
        let right = chain(cursor, 0)?;
        left = binary(op, left, right, &mut count)?;
    }
}

fn at_in(cursor: &mut Cursor<'_>) -> bool {
    cursor.at_keyword("IN") && cursor.rest()[2..].trim_start().starts_with('(')
}

fn in_list(cursor: &mut Cursor<'_>, value: Expr) -> Parsed<Expr> {
    cursor.eat_keyword("IN");
    cursor.skip_blanks();
    let list = arguments(cursor)?;
    let at = cursor.at(value.at.0.start);
    Ok(Expr { kind: ExprKind::In { value: Box::new(value), list }, at })
}

/// The arithmetic operators, loosest first.
const CHAINS: [&[(char, Binary)]; 3] = [
    &[('.', Binary::Concat)],
    &[('+', Binary::Add), ('-', Binary::Subtract)],
    &[('*', Binary::Multiply), ('/', Binary::Divide), ('%', Binary::Modulo)],
];

fn chain(cursor: &mut Cursor<'_>, level: usize) -> Parsed<Expr> {
    let Some(operators) = CHAINS.get(level) else { return sign(cursor) };
    let mut left = chain(cursor, level + 1)?;
    let mut count = 0;
    while let Some(next) = cursor.peek_solid() {
        let Some((_, op)) = operators.iter().find(|(symbol, _)| *symbol == next) else { break };
        cursor.pos += 1;
        let right = chain(cursor, level + 1)?;
        left = binary(*op, left, right, &mut count)?;
    }
    Ok(left)
}

/// Joins two operands. Operands that follow one another nest to the left, so their number is limited too.
fn binary(op: Binary, left: Expr, right: Expr, count: &mut usize) -> Parsed<Expr> {
    *count += 1;
    let at = At(left.at.0.to(right.at.0));
    if *count > DEEPEST {
        return Err(error_at(
            at.0,
            "spl/too-deep",
            format!("more than {DEEPEST} operators in a row"),
            "here",
        ));
    }
    Ok(Expr { kind: ExprKind::Binary { op, left: Box::new(left), right: Box::new(right) }, at })
}

fn sign(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    cursor.skip_blanks();
    let start = cursor.pos;
    if let Some(c @ ('-' | '+')) = cursor.peek() {
        cursor.pos += 1;
        let operand = Box::new(cursor.deeper(sign)?);
        return Ok(Expr { kind: ExprKind::Sign { negative: c == '-', operand }, at: cursor.at(start) });
    }
    primary(cursor)
}

fn primary(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    cursor.skip_blanks();
    let start = cursor.pos;
    let kind = match cursor.peek() {
        Some('(') => {
            cursor.pos += 1;
            let inner = expression(cursor)?;
            cursor.close(")", start)?;
            return Ok(inner);
        }
        Some('"') => ExprKind::Text(cursor.quoted('"')?),
        Some('\'') => ExprKind::Field(cursor.quoted('\'')?),
        Some('`') => ExprKind::Macro(cursor.macro_call()?),
        Some('[') => ExprKind::Subsearch(subsearch(cursor)?),
        Some(c) if c.is_ascii_digit() || c == '.' => number_or_name(cursor)?,
        _ => name_or_call(cursor)?,
    };
    Ok(Expr { kind, at: cursor.at(start) })
}

/// A number; digits that go on as a name are a field's name.
fn number_or_name(cursor: &mut Cursor<'_>) -> Parsed<ExprKind> {
    let start = cursor.pos;
    cursor.take_while(|c| c.is_ascii_digit());
    if cursor.peek().is_some_and(name_char) && !exponent(cursor) {
        cursor.pos = start;
        return name_or_call(cursor);
    }
    if cursor.peek() == Some('.') && cursor.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) {
        cursor.pos += 1;
        cursor.take_while(|c| c.is_ascii_digit());
    }
    if exponent(cursor) {
        cursor.pos += 2;
        cursor.take_while(|c| c.is_ascii_digit());
    }
    if cursor.pos == start {
        return Err(expected(cursor));
    }
    Ok(ExprKind::Number(cursor.text[start..cursor.pos].to_owned()))
}

/// Whether `e` and digits come next.
fn exponent(cursor: &Cursor<'_>) -> bool {
    let rest = cursor.rest().as_bytes();
    matches!(rest.first(), Some(b'e' | b'E'))
        && match rest.get(1) {
            Some(b'+' | b'-') => rest.get(2).is_some_and(u8::is_ascii_digit),
            // Letters behind the digits make it a name, such as `1e3x`.
            Some(digit) => {
                digit.is_ascii_digit()
                    && rest[1..]
                        .iter()
                        .find(|b| !b.is_ascii_digit())
                        .is_none_or(|b| !name_char(char::from(*b)))
            }
            None => false,
        }
}

fn name_or_call(cursor: &mut Cursor<'_>) -> Parsed<ExprKind> {
    let Some(word) = name(cursor) else { return Err(expected(cursor)) };
    if cursor.peek_solid() == Some('(') {
        let args = arguments(cursor)?;
        return Ok(ExprKind::Call { name: word, args });
    }
    Ok(ExprKind::Field(word))
}

fn expected(cursor: &Cursor<'_>) -> Box<grotto_diag::Diagnostic> {
    let found = cursor.found();
    cursor.error("spl/expected-expression", format!("expected an expression and found {found}"), "here")
}

/// A bare field or function name; `<<FIELD>>` of `foreach` and `{field}` of dynamic names are part of it.
pub(super) fn name(cursor: &mut Cursor<'_>) -> Option<Word> {
    let start = cursor.pos;
    loop {
        cursor.take_while(name_char);
        let rest = cursor.rest();
        let template = rest.strip_prefix("<<").and_then(|r| r.find(">>").map(|end| (&r[..end], end)));
        match template {
            Some((inner, end)) if !inner.is_empty() && inner.chars().all(|c| c.is_ascii_alphanumeric()) => {
                cursor.pos += end + 4;
            }
            _ => break,
        }
    }
    (cursor.pos > start).then(|| Word {
        raw: cursor.text[start..cursor.pos].to_owned(),
        quote: Quote::Bare,
        at: cursor.at(start),
    })
}

fn name_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | ':' | '{' | '}' | '$' | '@' | '#')
}

/// Arguments in parentheses; the opening one comes next.
fn arguments(cursor: &mut Cursor<'_>) -> Parsed<Vec<Expr>> {
    let open = cursor.pos;
    cursor.pos += 1;
    let mut args = Vec::new();
    if cursor.peek_solid() != Some(')') {
        loop {
            args.push(expression(cursor)?);
            if !cursor.eat(",") {
                break;
            }
        }
    }
    cursor.close(")", open)?;
    Ok(args)
}

/// An assignment target of `eval`: a name, quoted or not.
pub(super) fn target(cursor: &mut Cursor<'_>) -> Parsed<Word> {
    cursor.skip_blanks();
    if let Some(quote @ ('"' | '\'')) = cursor.peek() {
        cursor.quoted(quote)
    } else {
        let start = cursor.pos;
        // Unlike inside expressions, a target's name may have dots and hyphens.
        while name(cursor).is_some() || matches!(cursor.peek(), Some('.' | '-')) {
            cursor.take_while(|c| matches!(c, '.' | '-'));
        }
        if cursor.pos == start {
            let found = cursor.found();
            return Err(cursor.error(
                "spl/expected-field",
                format!("expected a field and found {found}"),
                "here",
            ));
        }
        let raw = cursor.text[start..cursor.pos].to_owned();
        Ok(Word { raw, quote: Quote::Bare, at: cursor.at(start) })
    }
}

/// `=` of an assignment.
pub(super) fn assignment(cursor: &mut Cursor<'_>) -> Parsed<()> {
    if comparison(cursor) == Some(Compare::Equal) {
        return Ok(());
    }
    let found = cursor.found();
    Err(cursor.error("spl/expected-assignment", format!("expected `=` and found {found}"), "here"))
}
