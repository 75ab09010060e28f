//! The throttling reads a field that the result does not have.

use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "throttling/dropped-field",
    summary: "The throttling reads a field that the result does not have",
    what: "Compares the fields of the throttling with those that the search leaves, or names where that is uncertain.",
    why: "All results count as the same, and only the first one in a period is seen.",
    bad: "throttling:
    fields:
        - dst
    period: 24h",
    good: "throttling:
    fields:
        - dest
    period: 24h",
    severity: Severity::Warning,
    since: Generation::Two,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let key = ["throttling", "tags.throttling"].into_iter().find(|key| rule.file.document.has(key));
    let Some(key) = key else { return };
    for (path, field) in rule.file.list(&format!("{key}.fields")) {
        let end = &rule.flow().end;
        let gone = !end.may_have(field) || !rule.detection.search.contains(field);
        if gone && !super::always_there(field) {
            let said = out.key(&path, format!("the result has no field `{field}`"));
            if let Some((names, _)) = end.only() {
                super::suggest_field(said, field, names);
            }
        }
    }
}
