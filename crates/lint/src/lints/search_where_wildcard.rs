//! A wildcard where there are none.

use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::walk;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;
use grotto_spl::ast::{Binary, Compare, Expr, ExprKind};

pub(super) static LINT: Lint = Lint {
    slug: "search/where-wildcard",
    summary: "A wildcard where there are none",
    what: "Looks for `=`, `!=` and `IN` with a text that holds a `*` and more, in `where`, `eval` and the like.",
    why: "There `*` stands for itself: the comparison only holds for a value with an asterisk in it.",
    bad: r#"search: '`some_source` | stats count by dest | where dest="srv*" | `a_rule_filter`'"#,
    good: r#"search: '`some_source` | stats count by dest | where like(dest, "srv%") | `a_rule_filter`'"#,
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let Some(tree) = &rule.tree else { return };
    walk::expressions(tree, |expr| {
        let texts: Vec<&Expr> = match &expr.kind {
            ExprKind::Binary { op: Binary::Compare(Compare::Equal | Compare::NotEqual), left, right } => {
                match (&left.kind, &right.kind) {
                    (ExprKind::Field(_) | ExprKind::Call { .. }, ExprKind::Text(_)) => vec![right],
                    (ExprKind::Text(_), ExprKind::Field(_) | ExprKind::Call { .. }) => vec![left],
                    _ => Vec::new(),
                }
            }
            ExprKind::In { list, .. } => list.iter().collect(),
            _ => Vec::new(),
        };
        for text in texts {
            let ExprKind::Text(word) = &text.kind else { continue };
            // An asterisk alone is often what is looked for, such as in a policy.
            if word.raw.contains('*') && word.raw != "*" {
                out.spl(rule, text.at.0, "`*` is no wildcard here, but an asterisk").help =
                    Some("use like(field, \"…%\") or match(field, \"…\"), or the command search".to_owned());
            }
        }
    });
}
