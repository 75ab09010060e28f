//! Comparisons of a field with one value.

use crate::flow::name_of;
use grotto_diag::Span;
use grotto_spl::ast::{Binary, Compare, Expr, ExprKind, SearchExpr, SearchValue};
use grotto_spl::text;

/// A comparison of a field with a value without wildcards.
#[derive(Debug)]
pub(super) struct Equality {
    pub(super) field: String,
    pub(super) value: String,
    pub(super) span: Span,
}

/// Fields that may have several values at once.
fn is_multivalue(field: &str) -> bool {
    field.contains('{') || field.starts_with("tag") || matches!(field, "eventtype" | "_raw")
}

/// The term of a search expression, when it is `field op value`.
pub(super) fn equality(term: &SearchExpr, wanted: Compare) -> Option<Equality> {
    let SearchExpr::Compare { field, op, value: SearchValue::Word(word), at } = term else { return None };
    let (field, value) = (name_of(field), text::search(word));
    (*op == wanted && !value.contains('*') && !is_multivalue(&field)).then_some(Equality {
        field,
        value,
        span: at.0,
    })
}

/// The term of an eval expression, when it is `field op text` or `field op number`.
pub(super) fn eval_equality(term: &Expr, wanted: Compare) -> Option<Equality> {
    let ExprKind::Binary { op: Binary::Compare(op), left, right } = &term.kind else { return None };
    let ExprKind::Field(field) = &left.kind else { return None };
    let value = match &right.kind {
        ExprKind::Number(number) => number.clone(),
        ExprKind::Text(word) => text::eval(word),
        _ => return None,
    };
    let field = name_of(field);
    (*op == wanted && !is_multivalue(&field)).then_some(Equality { field, value, span: term.at.0 })
}
