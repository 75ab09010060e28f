//! A search inside the search is cut.

use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::walk;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "search/subsearch-limit",
    summary: "A search inside the search is cut",
    what: "Looks for searches of events in brackets, in a condition or behind `join` and `append`.",
    why: "Splunk cuts them at 10,000 rows (`join` and `append` at 50,000) and at 60 seconds, without an error. Often `stats` over both does it without.",
    bad: "search: '`some_source` [search `some_source` x=1 | fields dest] | stats count by dest | `a_rule_filter`'",
    good: "search: '`some_source` | stats count by dest | lookup some_table dest OUTPUT role | `a_rule_filter`'",
    severity: Severity::Info,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let Some(tree) = &rule.tree else { return };
    for stage in walk::stages(tree) {
        if matches!(stage.command().as_deref(), Some("foreach" | "appendpipe" | "map")) {
            continue;
        }
        for inner in walk::inner(&stage.args) {
            let head = inner.stages.first().and_then(grotto_spl::ast::Stage::command);
            if matches!(head.as_deref(), Some("search" | "tstats" | "from")) {
                out.spl(
                    rule,
                    inner.at.0,
                    "this search inside the search is cut without an error when it is large",
                );
            }
        }
    }
}
