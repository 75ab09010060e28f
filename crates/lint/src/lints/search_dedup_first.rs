//! Events are thrown away before they are counted.

use crate::cx::Cx;
use crate::flow::Fields;
use crate::out::Out;
use crate::rule::Rule;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;
use grotto_diag::Span;
use grotto_spl::ast::{Arg, Stage};

pub(super) static LINT: Lint = Lint {
    slug: "search/dedup-first",
    summary: "Events are thrown away before they are counted",
    what: "Looks for `dedup` with a `count` behind it.",
    why: "The count is that of the events that were left.",
    bad: "search: '`some_source` | dedup dest | stats count by dest | `a_rule_filter`'",
    good: "search: '`some_source` | stats count by dest | `a_rule_filter`'",
    severity: Severity::Info,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let Some(tree) = &rule.tree else { return };
    for (i, stage) in
        tree.stages.iter().enumerate().filter(|(_, stage)| stage.command().as_deref() == Some("dedup"))
    {
        let counts = |stage: &Stage| {
            matches!(stage.command().as_deref(), Some("stats" | "chart" | "timechart"))
                && stage.args.iter().any(|arg| matches!(arg, Arg::Aggregate(a) if a.function.is_keyword("count") && a.args.is_empty()))
        };
        // Only where nothing else has summed the events up before.
        if rule.flow().before[i] == Fields::Any && tree.stages[i..].iter().any(counts) {
            out.spl(
                rule,
                Span::new(stage.at.0.start, stage.at.0.start + "dedup".len()),
                "the count further on is one of what dedup leaves",
            );
        }
    }
}
