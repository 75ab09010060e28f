//! Four backticks in a row.

use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;
use grotto_diag::Span;

pub(super) static LINT: Lint = Lint {
    slug: "search/four-backticks",
    summary: "Four backticks in a row",
    what: "Looks for four or more backticks in a row in a search.",
    why: "Splunk can't tell a comment that ends from a macro that begins. contentctl refuses the rule.",
    bad: "search: '`some_source` | stats count by dest | ```why````a_rule_filter`'",
    good: "search: '`some_source` | stats count by dest | ```why``` `a_rule_filter`'",
    severity: Severity::Error,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    if let Some(at) = rule.detection.search.find("````") {
        out.written(
            rule,
            Span::new(at, at + 4),
            "four backticks in a row: put a blank between comment and macro",
        );
    }
}
