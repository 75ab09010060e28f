//! A field of the finding is never named in the search.

use super::fields::Wanted;
use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "finding/field-not-in-search",
    summary: "A field of the finding is never named in the search",
    what: "Looks for entities, threat objects and tokens of a production rule whose field the search does not name, in any letter case. Where it is certain which fields the result has, `finding/dropped-field` says more.",
    why: "contentctl refuses the rule: most likely the field is misspelled, or the search was changed later.",
    bad: "search: |-
    `some_source` | lookup some_table user | search dest=* | `a_rule_filter`
finding:
    title: '$dets$'
    entity:
        field: dest
        type: system
        score: 50",
    good: "search: |-
    `some_source` | lookup some_table user | search dest=* | `a_rule_filter`
finding:
    title: '$dest$'
    entity:
        field: dest
        type: system
        score: 50",
    severity: Severity::Warning,
    since: Generation::Two,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    if !rule.is_production() || rule.flow().end.only().is_some() {
        return;
    }
    let search = rule.detection.search.to_lowercase();
    for Wanted { path, field, what, .. } in super::wanted_fields(rule) {
        if !search.contains(&field.to_lowercase()) {
            out.key(&path, format!("the search never names `{field}`, which {what} needs"));
        }
    }
}
