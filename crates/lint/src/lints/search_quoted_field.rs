//! A field in double quotes is a text.

use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::walk;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;
use grotto_spl::ast::{Expr, ExprKind};

pub(super) static LINT: Lint = Lint {
    slug: "search/quoted-field",
    summary: "A field in double quotes is a text",
    what: "Looks for `isnull(\"…\")` and `isnotnull(\"…\")`.",
    why: "In `where` and `eval` double quotes make a text, which is never null. Names of fields stand bare or in single quotes.",
    bad: r#"search: '`some_source` | stats count by dest | where isnotnull("dest") | `a_rule_filter`'"#,
    good: "search: '`some_source` | stats count by dest | where isnotnull(dest) | `a_rule_filter`'",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let Some(tree) = &rule.tree else { return };
    walk::expressions(tree, |expr| {
        let ExprKind::Call { name, args } = &expr.kind else { return };
        let asks = name.raw.eq_ignore_ascii_case("isnull") || name.raw.eq_ignore_ascii_case("isnotnull");
        if let (true, [Expr { kind: ExprKind::Text(word), at }]) = (asks, args.as_slice()) {
            out.spl(rule, at.0, format!("\"{}\" is a text, and never null", word.raw)).help =
                Some("write the name of a field bare or in single quotes".to_owned());
        }
    });
}
