//! grotto can't run this search.

use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "search/unsupported",
    summary: "grotto can't run this search",
    what: "Says what the search needs that grotto does not have. Splunk may run it well.",
    why: "`grotto scan` and `grotto test` leave the rule out, and say so.",
    bad: "search: '| mstats avg(x) as x where index=m by dest | `a_rule_filter`'",
    good: "search: '`some_source` | stats count by dest | `a_rule_filter`'",
    severity: Severity::Info,
    since: Generation::One,
    check: Check::Elsewhere,
};
