//! A regular expression that can't be compiled.

use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "search/bad-regex",
    summary: "A regular expression that can't be compiled",
    what: "Compiles the patterns of `rex`, `regex`, `match`, `replace` and of everything else that takes one.",
    why: "The search does not run.",
    bad: r#"search: '`some_source` | stats count by dest | regex dest="(a" | `a_rule_filter`'"#,
    good: r#"search: '`some_source` | stats count by dest | regex dest="(a)" | `a_rule_filter`'"#,
    severity: Severity::Error,
    since: Generation::One,
    check: Check::Elsewhere,
};
