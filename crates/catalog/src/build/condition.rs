//! Conditions in normal form.

use super::compare::{is_selector, search_value};
use crate::model::{Condition, ConditionKind, IndicatorKind};
use grotto_spl::ast::{Arg, Binary, Compare, Expr, ExprKind, Logic, SearchExpr, SearchValue, Stage};
use grotto_spl::{print, text};

/// The condition of a stage; `None` for one that has none.
pub(super) fn of(stage: &Stage) -> Option<Condition> {
    let mut parts = Vec::new();
    for arg in &stage.args {
        match arg {
            Arg::Search(expr) | Arg::Where(expr) => parts.push(search(expr, false)),
            Arg::Expr(expr) if stage.command().as_deref() != Some("eval") => {
                parts.push(expression(expr, false));
            }
            _ => {}
        }
    }
    let joined = join(ConditionKind::And, parts);
    joined.filter(|condition| !(condition.text.chars().all(|c| c == '*') && condition.parts.is_empty()))
}

/// Parts joined by an operator: parts of the same operator become part of it, and one alone stays alone.
fn join(op: ConditionKind, parts: Vec<Condition>) -> Option<Condition> {
    let mut flat = Vec::new();
    for part in parts {
        if part.op == op && op != ConditionKind::Xor && !part.parts.is_empty() {
            flat.extend(part.parts);
        } else {
            flat.push(part);
        }
    }
    if flat.len() < 2 {
        return flat.pop();
    }
    let selector = flat.iter().all(|part| part.selector);
    Some(Condition { op, text: String::new(), kind: None, selector, parts: flat })
}

fn node(op: ConditionKind, parts: Vec<Condition>) -> Condition {
    join(op, parts).unwrap_or_else(|| leaf(String::new(), None, false, false))
}

fn leaf(text: String, kind: Option<IndicatorKind>, selector: bool, negated: bool) -> Condition {
    let op = if negated { ConditionKind::Not } else { ConditionKind::Is };
    Condition { op, text, kind, selector, parts: Vec::new() }
}

/// The operator that a negation makes of one.
fn of_logic(and: bool, negated: bool) -> ConditionKind {
    if and == negated { ConditionKind::Or } else { ConditionKind::And }
}

fn search(expr: &SearchExpr, negated: bool) -> Condition {
    match expr {
        SearchExpr::And(terms, _) | SearchExpr::Or(terms, _) => {
            let op = of_logic(matches!(expr, SearchExpr::And(..)), negated);
            node(op, terms.iter().map(|term| search(term, negated)).collect())
        }
        SearchExpr::Not(term, _) => search(term, !negated),
        SearchExpr::Compare { field, op, value, .. } => {
            let kind = match (op, value) {
                (
                    Compare::Equal | Compare::NotEqual,
                    SearchValue::Word(word) | SearchValue::Case(word, _),
                ) => Some(search_value(&text::search(word), false).kind),
                (Compare::Less, _) => Some(IndicatorKind::Less),
                (Compare::LessEqual, _) => Some(IndicatorKind::LessEqual),
                (Compare::Greater, _) => Some(IndicatorKind::Greater),
                (Compare::GreaterEqual, _) => Some(IndicatorKind::GreaterEqual),
                _ => None,
            };
            leaf(print::search_expression(expr), kind, is_selector(&text::field(field)), negated)
        }
        SearchExpr::In { field, .. } => {
            let selector = is_selector(&text::field(field));
            leaf(print::search_expression(expr), Some(IndicatorKind::In), selector, negated)
        }
        SearchExpr::Term(value) => {
            let kind = (!matches!(value, SearchValue::Subsearch(_))).then_some(IndicatorKind::Contains);
            leaf(print::search_expression(expr), kind, false, negated)
        }
    }
}

fn expression(expr: &Expr, negated: bool) -> Condition {
    match &expr.kind {
        ExprKind::Logic { op: Logic::Xor, terms } => {
            // The opposite of an XOR is that of one of its parts.
            let of = |(i, term)| expression(term, negated && i == 0);
            node(ConditionKind::Xor, terms.iter().enumerate().map(of).collect())
        }
        ExprKind::Logic { op, terms } => {
            let op = of_logic(*op == Logic::And, negated);
            node(op, terms.iter().map(|term| expression(term, negated)).collect())
        }
        ExprKind::Not(inner) => expression(inner, !negated),
        _ => leaf(print::expression(expr), kind_of(expr), false, negated),
    }
}

fn kind_of(expr: &Expr) -> Option<IndicatorKind> {
    match &expr.kind {
        ExprKind::Binary { op: Binary::Compare(op), .. } => Some(match op {
            Compare::Equal | Compare::NotEqual => IndicatorKind::Equal,
            Compare::Less => IndicatorKind::Less,
            Compare::LessEqual => IndicatorKind::LessEqual,
            Compare::Greater => IndicatorKind::Greater,
            Compare::GreaterEqual => IndicatorKind::GreaterEqual,
        }),
        ExprKind::Binary { op: Binary::Like, .. } => Some(IndicatorKind::Wildcard),
        ExprKind::In { .. } => Some(IndicatorKind::In),
        ExprKind::Call { name, .. } => match name.raw.to_ascii_lowercase().as_str() {
            "match" => Some(IndicatorKind::Regex),
            "like" => Some(IndicatorKind::Wildcard),
            "cidrmatch" => Some(IndicatorKind::Cidr),
            "in" => Some(IndicatorKind::In),
            "isnotnull" => Some(IndicatorKind::Exists),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(condition: &Condition) -> String {
        let parts: Vec<String> = condition.parts.iter().map(shown).collect();
        match condition.op {
            ConditionKind::And => format!("and({})", parts.join(" ")),
            ConditionKind::Or => format!("or({})", parts.join(" ")),
            ConditionKind::Xor => format!("xor({})", parts.join(" ")),
            ConditionKind::Is => condition.text.clone(),
            ConditionKind::Not => format!("!{}", condition.text),
        }
    }

    #[test]
    fn conditions_are_in_normal_form() {
        for (spl, expected) in [
            ("a=1 b=2 (c=3 d=4)", "and(a=1 b=2 c=3 d=4)"),
            ("a=1 NOT (b=2 OR NOT c=3)", "and(a=1 !b=2 c=3)"),
            ("NOT (a=1 b=2)", "or(!a=1 !b=2)"),
            ("* | where NOT (a=1 XOR b=2)", "xor(!a=1 b=2)"),
            ("* | where NOT (a=1 OR (b=2 AND c=3))", "and(!a=1 or(!b=2 !c=3))"),
            ("| tstats count from datamodel=M.P where P.a=1 P.b=2 by P.c", "and(P.a=1 P.b=2)"),
            ("x", "x"),
        ] {
            let tree = grotto_spl::parse(spl).unwrap();
            let condition = of(tree.stages.last().unwrap()).unwrap();
            assert_eq!(shown(&condition).replace(' ', ""), expected.replace(' ', ""), "{spl}");
        }
        let none = grotto_spl::parse("* | search * | eval a=1").unwrap();
        assert!(none.stages.iter().all(|stage| of(stage).is_none()));
    }

    #[test]
    fn selectors_are_marked() {
        let tree = grotto_spl::parse("(source=a OR sourcetype=b) c=1").unwrap();
        let condition = of(&tree.stages[0]).unwrap();
        assert!(condition.parts[0].selector && !condition.parts[1].selector && !condition.selector);
    }
}
