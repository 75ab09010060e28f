//! What an eval expression that is true says about fields, as a formula of search predicates.

use crate::eval::operators::Number;
use crate::pattern::Pattern;
use crate::predicate::{Formula, Predicate};
use grotto_spl::ast::{Binary, Compare, Expr, ExprKind, Logic};
use grotto_spl::text;

/// A formula that holds in every row in which an expression is true, and may hold in others.
pub(crate) fn implied(expression: &Expr) -> Formula {
    match &expression.kind {
        ExprKind::Logic { op: Logic::And, terms } => Formula::and(terms.iter().map(implied)),
        ExprKind::Logic { op: Logic::Or, terms } => Formula::or(terms.iter().map(implied)),
        ExprKind::Binary { op: Binary::Compare(Compare::Equal), left, right } => {
            equal(left, right).or_else(|| equal(right, left)).unwrap_or(Formula::Always)
        }
        ExprKind::Binary { op: Binary::Like, left, right } => like(left, right).unwrap_or(Formula::Always),
        ExprKind::In { value, list } => is_in(value, list),
        ExprKind::Call { name, args } => call(&name.raw.to_ascii_lowercase(), args),
        _ => Formula::Always,
    }
}

fn call(name: &str, args: &[Expr]) -> Formula {
    let known = match (name, args) {
        ("match", [value, pattern]) => found(value, pattern),
        ("like", [value, pattern]) => like(value, pattern),
        ("isnotnull", [value]) => field(value).map(|field| Predicate::exists(field.as_str().into()).into()),
        ("in", [value, list @ ..]) => Some(is_in(value, list)),
        _ => None,
    };
    known.unwrap_or(Formula::Always)
}

fn is_in(value: &Expr, list: &[Expr]) -> Formula {
    Formula::or(list.iter().map(|item| equal(value, item).unwrap_or(Formula::Always)))
}

/// `field="text"`. Numbers are equal in more than one way of writing.
fn equal(value: &Expr, to: &Expr) -> Option<Formula> {
    let (field, text) = (field(value)?, constant(to)?);
    Number::of_text(&text).is_none().then(|| Predicate::equal(field.as_str().into(), &text, true).into())
}

fn like(value: &Expr, pattern: &Expr) -> Option<Formula> {
    let pattern = constant(pattern)?.replace(['%', '_'], "*");
    Some(Predicate::equal(field(value)?.as_str().into(), &pattern, true).into())
}

fn found(value: &Expr, pattern: &Expr) -> Option<Formula> {
    let pattern = Pattern::new(&constant(pattern)?).ok()?;
    Some(holding(&field(value)?, &pattern))
}

/// What a field holds in which a pattern is found.
pub(crate) fn holding(field: &str, pattern: &Pattern) -> Formula {
    match pattern.required() {
        None => Formula::Always,
        Some(texts) => Formula::or(
            texts.iter().map(|text| Predicate::equal(field.into(), &format!("*{text}*"), false).into()),
        ),
    }
}

fn field(expression: &Expr) -> Option<String> {
    if let ExprKind::Field(word) = &expression.kind { Some(text::field(word)) } else { None }
}

fn constant(expression: &Expr) -> Option<String> {
    if let ExprKind::Text(word) = &expression.kind { Some(text::eval(word)) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_and_what_they_imply() {
        for (condition, formula) in [
            ("x=\"a\"", "x = \"a\""),
            ("\"a\"=x", "x = \"a\""),
            ("x=\"5\"", "always"),
            ("x=5", "always"),
            ("x=y", "always"),
            ("x!=\"a\"", "always"),
            ("NOT x=\"a\"", "always"),
            ("x=\"a\" AND n>5", "x = \"a\""),
            ("x=\"a\" OR n>5", "always"),
            ("x=\"a\" OR like(y, \"%b_c\")", "(x = \"a\" or y = \"*b*c\")"),
            ("y LIKE \"b%\" AND isnotnull(z)", "(y = \"b*\" and z exists)"),
            ("match(x, \"(?i)cmd\\.exe$\")", "x = \"*cmd.exe*\""),
            ("match(x, \"\\d\")", "always"),
            ("match(x, y)", "always"),
            ("x IN (\"a\", \"b\")", "(x = \"a\" or x = \"b\")"),
            ("in(x, \"a\", 5)", "always"),
            ("x=\"a\" XOR y=\"b\"", "always"),
        ] {
            let expression = grotto_spl::parse_expression(condition).unwrap();
            assert_eq!(shown(&implied(&expression)), formula, "{condition}");
        }
    }

    fn shown(formula: &Formula) -> String {
        let all = |parts: &[Formula], word: &str| {
            format!("({})", parts.iter().map(shown).collect::<Vec<_>>().join(word))
        };
        match formula {
            Formula::Always => "always".to_owned(),
            Formula::Never => "never".to_owned(),
            Formula::Leaf(predicate) => predicate.to_string(),
            Formula::Not(inner) => format!("not {}", shown(inner)),
            Formula::And(parts) => all(parts, " and "),
            Formula::Or(parts) => all(parts, " or "),
        }
    }
}
