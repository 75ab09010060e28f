//! There are too few drilldowns.

use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_content::RuleType;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "drilldown/missing",
    summary: "There are too few drilldowns",
    what: "A production rule that is no Hunting rule needs two drilldowns, and one of them `%original_detection_search%`.",
    why: "The analyst has to write the search for what is behind a finding. contentctl refuses the rule.",
    bad: "drilldown_searches: []",
    good: r#"drilldown_searches:
    - name: What it found
      search: '%original_detection_search%'
      earliest_offset: $info_min_time$
      latest_offset: $info_max_time$
    - name: Risk of $dest$
      search: '| from datamodel Risk.All_Risk | search dest="$dest$"'
      earliest_offset: 7d
      latest_offset: '0'"#,
    severity: Severity::Warning,
    since: Generation::Two,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let detection = rule.detection;
    let exempt =
        matches!(detection.rule_type, RuleType::Hunting | RuleType::Baseline | RuleType::Investigation);
    if !rule.is_production() || exempt || detection.generation == Generation::One {
        return;
    }
    let found = detection.drilldown_searches.len();
    if found < 2 {
        out.key("drilldown_searches", format!("the rule has {found} drilldowns, and needs 2"));
    } else if !detection.drilldown_searches.iter().any(|d| d.search.contains("%original_detection_search%")) {
        out.key("drilldown_searches", "no drilldown leads to `%original_detection_search%`");
    }
}
