//! A field that the data model does not have.

use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "search/unknown-model-field",
    summary: "A field that the data model does not have",
    what: "Compares the fields of `tstats` with those of the data model's node.",
    why: "The field is missing in every row: a condition on it never holds, and `BY` it there are no rows.",
    bad: "search: '| tstats count from datamodel=Endpoint.Processes where Processes.proces_name=a.exe by Processes.dest | rename Processes.* as * | `a_rule_filter`'",
    good: "search: '| tstats count from datamodel=Endpoint.Processes where Processes.process_name=a.exe by Processes.dest | rename Processes.* as * | `a_rule_filter`'",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::Elsewhere,
};
