//! The result lacks a field that its data source promises.

use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_content::RuleType;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "source/output-fields",
    summary: "The result lacks a field that its data source promises",
    what: "Looks in the search for every `output_fields` entry of the data sources of a production TTP or Anomaly.",
    why: "Analysts, findings and dashboards count on these fields. contentctl refuses a rule whose search does not name them.",
    bad: "search: |-
    `some_source` | stats count by user | rename user as host | `a_rule_filter`
drilldown_searches:
    - name: What it found
      search: '%original_detection_search%'
      earliest_offset: $info_min_time$
      latest_offset: $info_max_time$
    - name: What else
      search: '| from datamodel Risk.All_Risk'
      earliest_offset: 7d
      latest_offset: '0'
finding:
    title: On $host$
    entity:
        field: host
        type: system
        score: 50",
    good: "search: |-
    `some_source` | stats count by dest | `a_rule_filter`",
    severity: Severity::Warning,
    since: Generation::Two,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, cx: &Cx<'_>, out: &mut Out<'_>) {
    let detection = rule.detection;
    if !rule.is_production() || !matches!(detection.rule_type, RuleType::Ttp | RuleType::Anomaly) {
        return;
    }
    let wanted = detection.data_source.iter().filter_map(|name| cx.content.data_source(name));
    let mut missing: Vec<&str> = wanted
        .flat_map(|source| &source.output_fields)
        .map(String::as_str)
        .filter(|field| !detection.search.contains(field))
        .collect();
    missing.sort_unstable();
    missing.dedup();
    if !missing.is_empty() {
        let said = out.key("data_source", format!("the search does not name {}", missing.join(", ")));
        said.help = Some("these are output_fields of its data source: add them to the BY clause".to_owned());
    }
}
