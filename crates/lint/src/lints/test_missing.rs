//! A production rule has no test.

use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_content::RuleType;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "test/missing",
    summary: "A production rule has no test",
    what: "Looks for production rules without `tests`, but Correlation rules and those that say why they are tested by hand (`manual_test`).",
    why: "Nobody knows whether the rule fires. contentctl refuses it.",
    bad: "tests: []",
    good: "tests:
    - name: It fires
      attack_data:
        - data: ../a.log
          source: some
          sourcetype: thing
      test_type: unit",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let detection = rule.detection;
    let exempt = !matches!(detection.rule_type, RuleType::Ttp | RuleType::Anomaly | RuleType::Hunting);
    if rule.is_production() && !exempt && detection.tests.is_empty() && detection.manual_test.is_none() {
        out.key("tests", "the rule has no test");
    }
}
