//! A condition that always holds.

use super::equality::{Equality, equality, eval_equality};
use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::walk;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;
use grotto_spl::ast::{Compare, ExprKind, Logic, SearchExpr};

pub(super) static LINT: Lint = Lint {
    slug: "search/tautology",
    summary: "A condition that always holds",
    what: "Looks for one field that must differ from one value or from another: every value differs from one of the two.",
    why: "The condition is without effect. Mostly AND was meant.",
    bad: "search: '`some_source` (user!=a OR user!=b) | stats count by dest | `a_rule_filter`'",
    good: "search: '`some_source` user!=a user!=b | stats count by dest | `a_rule_filter`'",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let Some(tree) = &rule.tree else { return };
    walk::search_expressions(tree, |expr| {
        let SearchExpr::Or(terms, _) = expr else { return };
        report(rule, out, &terms.iter().filter_map(differs).collect::<Vec<_>>());
    });
    walk::expressions(tree, |expr| {
        let ExprKind::Logic { op: Logic::Or, terms } = &expr.kind else { return };
        let pairs: Vec<_> = terms.iter().filter_map(|term| eval_equality(term, Compare::NotEqual)).collect();
        report(rule, out, &pairs);
    });
}

fn differs(term: &SearchExpr) -> Option<Equality> {
    match term {
        SearchExpr::Not(inner, _) => equality(inner, Compare::Equal),
        _ => equality(term, Compare::NotEqual),
    }
}

fn report(rule: &Rule<'_>, out: &mut Out<'_>, pairs: &[Equality]) {
    for (i, second) in pairs.iter().enumerate() {
        let other = pairs[..i]
            .iter()
            .find(|first| first.field == second.field && !first.value.eq_ignore_ascii_case(&second.value));
        if let Some(first) = other {
            let message =
                format!("every `{}` differs from `{}` or from `{}`", first.field, first.value, second.value);
            out.spl(rule, second.span, message).help =
                Some("write AND between them, or NOT … IN (…)".to_owned());
        }
    }
}
