//! `BY` a field that is null in every event of the rule.

use crate::cx::Cx;
use crate::flow::name_of;
use crate::out::Out;
use crate::rule::Rule;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "search/by-null-field",
    summary: "BY a field that is null in every event of the rule",
    what: "Compares the fields of the `BY` clause of the first `stats` with those that the events of the rule's data sources have, by the table of known Windows events, the add-ons and the lists of the data sources. Only rules whose data sources are all known Windows events are looked at.",
    why: "`stats` leaves out rows in which a field of its `BY` clause is null: there is never a result.",
    bad: r"# file: data_sources/some_source.yml
name: Some Source
id: 9f3c2b1a-1d2e-4c3b-8a4d-5e6f70819203
version: 1
creation_date: '2026-01-01'
modification_date: '2026-01-01'
author: Jane Doe
description: A service was installed.
source: XmlWinEventLog:System
sourcetype: XmlWinEventLog
separator: EventCode
separator_value: '7045'
output_fields: [dest]
# file: detections/endpoint/a_rule.yml
search: '`some_source` EventCode=7045 | stats count by dest LogonType | `a_rule_filter`'",
    good: r"# file: data_sources/some_source.yml
name: Some Source
id: 9f3c2b1a-1d2e-4c3b-8a4d-5e6f70819203
version: 1
creation_date: '2026-01-01'
modification_date: '2026-01-01'
author: Jane Doe
description: A service was installed.
source: XmlWinEventLog:System
sourcetype: XmlWinEventLog
separator: EventCode
separator_value: '7045'
output_fields: [dest]
# file: detections/endpoint/a_rule.yml
search: '`some_source` EventCode=7045 | stats count by dest ServiceName | `a_rule_filter`'",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, cx: &Cx<'_>, out: &mut Out<'_>) {
    let Some(provided) = cx.provided.of(rule, cx) else { return };
    for (word, by) in super::fields::of_events(rule) {
        let name = name_of(&word);
        let known = provided.iter().any(|each| each.eq_ignore_ascii_case(&name));
        if !by || known || super::comes_otherwise(&name) || !super::fields::is_plain(&name) {
            continue;
        }
        let said =
            out.spl(rule, word.at.0, format!("`{name}` is null in every event of this rule's data sources"));
        super::suggest_name(said, &name, provided.iter().map(String::as_str));
    }
}
