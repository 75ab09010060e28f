//! `like` with an asterisk.

use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::walk;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;
use grotto_spl::ast::{Binary, Expr, ExprKind};

pub(super) static LINT: Lint = Lint {
    slug: "search/like-asterisk",
    summary: "`like` with an asterisk",
    what: "Looks for patterns of `like` that hold a `*` and no `%`.",
    why: "The wildcards of `like` are `%` and `_`; `*` stands for itself.",
    bad: r#"search: '`some_source` | stats count by dest | where like(dest, "srv*") | `a_rule_filter`'"#,
    good: r#"search: '`some_source` | stats count by dest | where like(dest, "srv%") | `a_rule_filter`'"#,
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let Some(tree) = &rule.tree else { return };
    walk::expressions(tree, |expr| {
        let pattern = match &expr.kind {
            ExprKind::Call { name, args } if name.raw.eq_ignore_ascii_case("like") => args.get(1),
            ExprKind::Binary { op: Binary::Like, right, .. } => Some(&**right),
            _ => None,
        };
        if let Some(Expr { kind: ExprKind::Text(word), at }) = pattern
            && word.raw.contains('*')
            && !word.raw.contains('%')
        {
            out.spl(rule, at.0, "`*` is no wildcard of like").help = Some("write % for any text".to_owned());
        }
    });
}
