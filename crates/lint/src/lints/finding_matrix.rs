//! What the rule raises does not fit its type.

use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_content::RuleType;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "finding/matrix",
    summary: "What the rule raises does not fit its type",
    what: "A TTP or Correlation raises a finding, an Anomaly only intermediate findings, a Hunting rule nothing. In contentctl 5 TTP and Anomaly need `rba`, and the others must not have it. Whoever puts something at risk names at least one entity.",
    why: "Enterprise Security would raise nothing, or the wrong thing. Both validators refuse the rule.",
    bad: "type: Hunting",
    good: "type: TTP",
    severity: Severity::Error,
    since: Generation::Two,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let has = |key: &str| rule.file.document.has(key);
    let kind = &rule.detection.rule_type;
    if rule.detection.generation == Generation::Two {
        let wanted = matches!(kind, RuleType::Ttp | RuleType::Anomaly);
        if wanted && !has("rba") {
            out.key("type", format!("a rule of type {kind} needs `rba`"));
        } else if !wanted && has("rba") && matches!(kind, RuleType::Hunting | RuleType::Correlation) {
            out.key("rba", format!("a rule of type {kind} raises no risk"));
        } else if wanted && !rule.file.document.has("rba.risk_objects[0]") {
            out.key("rba", "nothing is put at risk: `risk_objects` is empty");
        }
        return;
    }
    if rule.detection.generation != Generation::Three {
        return;
    }
    // Whether it must be there; `None` where both will do.
    let (finding, intermediate, threats) = match kind {
        RuleType::Ttp => (Some(true), None, None),
        RuleType::Anomaly => (Some(false), Some(true), None),
        RuleType::Correlation => (Some(true), Some(false), None),
        RuleType::Hunting => (Some(false), Some(false), Some(false)),
        _ => return,
    };
    for (key, wanted) in
        [("finding", finding), ("intermediate_findings", intermediate), ("threat_objects", threats)]
    {
        match (wanted, has(key)) {
            (Some(true), false) => {
                out.key("type", format!("a rule of type {kind} needs `{key}`"));
            }
            (Some(false), true) => {
                out.key(key, format!("a rule of type {kind} has no `{key}`"));
            }
            _ => {}
        }
    }
    if has("intermediate_findings") && !has("intermediate_findings.entities[0]") {
        out.key("intermediate_findings", "nothing is put at risk: `entities` is empty");
    }
}
