//! A lint is allowed without a reason.

use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(crate) static LINT: Lint = Lint {
    slug: "allow/reason",
    summary: "A lint is allowed without a reason",
    what: "Looks for `grotto: allow(slug)` comments that say nothing behind the parenthesis.",
    why: "The next one who reads it can't tell whether it still holds.",
    bad: "search: |-
    `some_source` ```grotto: allow(search/contradiction)``` a=1 a=2 | stats count by dest | `a_rule_filter`",
    good: "search: |-
    `some_source` ```grotto: allow(search/contradiction) both are values of one event``` a=1 a=2 | stats count by dest | `a_rule_filter`",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::Elsewhere,
};
