//! A comment allows what does not occur.

use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(crate) static LINT: Lint = Lint {
    slug: "allow/unused",
    summary: "A comment allows what does not occur",
    what: "Looks for `grotto: allow(slug)` comments that suppress nothing, and for slugs that no lint has.",
    why: "What it allowed was mended: the comment only hides what comes next.",
    bad: "search: |-
    `some_source` ```grotto: allow(search/contradiction) because``` a=1 | stats count by dest | `a_rule_filter`",
    good: "search: |-
    `some_source` a=1 | stats count by dest | `a_rule_filter`",
    severity: Severity::Info,
    since: Generation::One,
    check: Check::Elsewhere,
};
