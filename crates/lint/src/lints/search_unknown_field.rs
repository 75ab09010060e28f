//! A field that no data source of the rule gives.

use crate::cx::Cx;
use crate::flow::name_of;
use crate::out;
use crate::out::Out;
use crate::rule::Rule;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;
use std::collections::BTreeSet;

pub(super) static LINT: Lint = Lint {
    slug: "search/unknown-field",
    summary: "A field that no data source of the rule gives",
    what: "Compares the fields that the search reads from events with those that its data sources list. Where these are events of Windows whose fields grotto knows, a field that neither they nor the add-ons give is reported too: as a warning when a known field has nearly the same name, as a note otherwise.",
    why: "The field is missing in every event. Names of fields are case-sensitive in Splunk.",
    bad: "search: '`some_source` image=a.exe | stats count by dest | `a_rule_filter`'",
    good: "search: '`some_source` Image=a.exe | stats count by dest | `a_rule_filter`'",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, cx: &Cx<'_>, out: &mut Out<'_>) {
    let Some(listed) = listed(rule, cx) else { return };
    let provided = cx.provided.of(rule, cx);
    let source = &rule.detection.source;
    for (word, by) in super::fields::of_events(rule) {
        let name = name_of(&word);
        let given = provided.as_ref().is_some_and(|fields| fields.contains(&name));
        if given || listed.contains(name.as_str()) || super::comes_otherwise(&name) {
            continue;
        }
        let all = listed.iter().copied().chain(provided.iter().flatten().map(String::as_str));
        if let Some(near) = all.clone().find(|each| each.eq_ignore_ascii_case(&name)) {
            let said = out.spl(rule, word.at.0, format!("the events have no field `{name}`, but `{near}`"));
            said.help = Some("names of fields are case-sensitive".to_owned());
            if let Some(place) = rule.place(word.at.0) {
                said.fix = out::change(source, place, &name, format!("write {near}"), near);
            }
        } else if provided.is_some() && !by && super::fields::is_plain(&name) {
            let said = out.spl(rule, word.at.0, format!("no data source of this rule gives `{name}`"));
            match grotto_engine::commands::nearest(&name, all) {
                Some(near) => said.help = Some(format!("did you mean {near}?")),
                None => said.severity = Severity::Info,
            }
        }
    }
}

/// The fields that the data sources of a rule list, when all of them list some.
fn listed<'a>(rule: &Rule<'_>, cx: &Cx<'a>) -> Option<BTreeSet<&'a str>> {
    let sources: Option<Vec<_>> = rule
        .detection
        .data_source
        .iter()
        .map(|name| cx.content.data_source(name).filter(|s| !s.fields.is_empty()))
        .collect();
    let sources = sources.filter(|sources| !sources.is_empty())?;
    Some(sources.iter().flat_map(|s| &s.fields).map(String::as_str).collect())
}
