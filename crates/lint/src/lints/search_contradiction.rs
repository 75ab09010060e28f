//! A condition that can never hold.

use super::equality::{Equality, equality, eval_equality};
use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::walk;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;
use grotto_spl::ast::{Compare, ExprKind, Logic, Search, SearchExpr};

pub(super) static LINT: Lint = Lint {
    slug: "search/contradiction",
    summary: "A condition that can never hold",
    what: "Looks for one field that must equal two different values, in the search or `where` that a rule begins with. Fields with several values, such as `tag`, are left out, and so is what comes after `stats` and the like, which may have several.",
    why: "The search finds nothing. Mostly OR was meant.",
    bad: "search: '`some_source` EventCode=1 EventCode=2 | stats count by dest | `a_rule_filter`'",
    good: "search: '`some_source` (EventCode=1 OR EventCode=2) | stats count by dest | `a_rule_filter`'",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let Some(tree) = &rule.tree else { return };
    // What was grouped may have several values at once.
    let first =
        tree.stages.iter().take_while(|stage| matches!(stage.command().as_deref(), Some("search" | "where")));
    let tree = &Search { stages: first.cloned().collect(), at: tree.at };
    walk::search_expressions(tree, |expr| {
        let SearchExpr::And(terms, _) = expr else { return };
        let pairs = terms.iter().filter_map(|term| equality(term, Compare::Equal));
        report(rule, out, &pairs.collect::<Vec<_>>());
    });
    walk::expressions(tree, |expr| {
        let ExprKind::Logic { op: Logic::And, terms } = &expr.kind else { return };
        let pairs = terms.iter().filter_map(|term| eval_equality(term, Compare::Equal));
        report(rule, out, &pairs.collect::<Vec<_>>());
    });
}

fn report(rule: &Rule<'_>, out: &mut Out<'_>, pairs: &[Equality]) {
    for (i, second) in pairs.iter().enumerate() {
        let clash = pairs[..i]
            .iter()
            .find(|first| first.field == second.field && !first.value.eq_ignore_ascii_case(&second.value));
        if let Some(first) = clash {
            let message =
                format!("`{}` can't be `{}` and `{}` at once", first.field, first.value, second.value);
            out.spl(rule, second.span, message).help = Some("write OR between them, or IN (…)".to_owned());
        }
    }
}
