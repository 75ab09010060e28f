//! The search drops a field that the finding needs.

use super::fields::Wanted;
use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "finding/dropped-field",
    summary: "The search drops a field that the finding needs",
    what: "Follows the fields through `stats`, `table`, `fields`, `rename` and the other commands, and compares what is left with the entities, the threat objects and the tokens of messages. Nothing is said where a command makes it uncertain which fields there are.",
    why: "The finding is raised for nothing, or shows `$field$` instead of a value.",
    bad: "search: |-
    `some_source` | stats count by dest | `a_rule_filter`
finding:
    title: '$user$ did it on $dest$'
    entity:
        field: dest
        type: system
        score: 50",
    good: "search: |-
    `some_source` | stats count by dest user | `a_rule_filter`
finding:
    title: '$user$ did it on $dest$'
    entity:
        field: dest
        type: system
        score: 50",
    severity: Severity::Error,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let Some((names, _)) = rule.flow().end.only() else { return };
    for Wanted { path, field, what, severity } in super::wanted_fields(rule) {
        if rule.flow().end.may_have(&field) || super::always_there(&field) {
            continue;
        }
        let said = out.key(&path, format!("the result has no field `{field}`, which {what} needs"));
        said.severity = severity.min(said.severity);
        super::suggest_field(said, &field, names);
    }
}
