//! A join leaves its kind or its number of matches to the default.

use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::walk;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;
use grotto_diag::Span;
use grotto_spl::ast::Arg;

pub(super) static LINT: Lint = Lint {
    slug: "search/join-options",
    summary: "A join leaves its kind or its number of matches to the default",
    what: "Looks for `join` without `type=` or without `max=`.",
    why: "By default rows without a match are dropped, and of several matches only the first one is taken. Say which you want.",
    bad: "search: '`some_source` | stats count by dest | join dest [| inputlookup some_table] | `a_rule_filter`'",
    good: "search: '`some_source` | stats count by dest | lookup some_table dest OUTPUT role | `a_rule_filter`'",
    severity: Severity::Info,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let Some(tree) = &rule.tree else { return };
    for stage in walk::stages(tree).into_iter().filter(|stage| stage.command().as_deref() == Some("join")) {
        let has = |wanted: &str| {
            stage.args.iter().any(|arg| matches!(arg, Arg::Option { name, .. } if name.is_keyword(wanted)))
        };
        let missing: Vec<&str> = ["type", "max"].into_iter().filter(|name| !has(name)).collect();
        if !missing.is_empty() {
            let span = Span::new(stage.at.0.start, stage.at.0.start + "join".len());
            out.spl(rule, span, format!("this join does not say its {}", missing.join(" and ")));
        }
    }
}
