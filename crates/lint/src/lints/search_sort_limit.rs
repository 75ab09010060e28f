//! A sort drops rows beyond 10,000.

use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;
use grotto_diag::Span;
use grotto_spl::ast::Arg;

pub(super) static LINT: Lint = Lint {
    slug: "search/sort-limit",
    summary: "A sort drops rows beyond 10,000",
    what: "Looks for `sort` without a number.",
    why: "Without one Splunk keeps the first 10,000 rows. `sort 0` keeps all.",
    bad: "search: '`some_source` | stats count by dest | sort - count | `a_rule_filter`'",
    good: "search: '`some_source` | stats count by dest | sort 0 - count | `a_rule_filter`'",
    severity: Severity::Info,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let Some(tree) = &rule.tree else { return };
    for pair in tree.stages.windows(2) {
        let [stage, next] = pair else { continue };
        let counted = stage.args.iter().any(|arg| match arg {
            Arg::Option { name, .. } => name.is_keyword("limit"),
            Arg::Word(word) => word.raw.parse::<u32>().is_ok(),
            _ => false,
        });
        if stage.command().as_deref() == Some("sort") && !counted && next.command().as_deref() != Some("head")
        {
            let span = Span::new(stage.at.0.start, stage.at.0.start + "sort".len());
            out.spl(rule, span, "this sort keeps no more than 10,000 rows");
        }
    }
}
