//! What became of the tests of rules.

use super::{Proof, Read, sample};
use crate::model::{Evidence, EvidenceState, TestCase};
use grotto_content::RuleTest;
use grotto_detect::testing::{Outcome, Tested};

/// Puts the results of tests into the rules; without any, the tests are listed as not run.
pub(super) fn apply(reads: &mut [Read<'_>], proof: Option<Proof<'_>>) {
    for read in reads {
        let of_rule = |test: &&Tested| test.rule == read.number;
        let tested: Vec<&Tested> =
            proof.iter().flat_map(|proof| &proof.results.tests).filter(of_rule).collect();
        let file = read.page.facts.file.clone();
        let case = |(i, test): (usize, &RuleTest)| {
            case(test, tested.iter().find(|tested| tested.test == Some(i)).copied(), &file)
        };
        let tests: Vec<TestCase> = read.detection().tests.iter().enumerate().map(case).collect();
        let evidence = &mut read.page.evidence;
        judge(evidence, tests, &tested);
        evidence.date = proof.filter(|_| evidence.tried > 0).map(|proof| proof.day.to_owned());
        evidence.sample = sample::first(&tested);
    }
}

fn judge(evidence: &mut Evidence, tests: Vec<TestCase>, tested: &[&Tested]) {
    let own = || tested.iter().filter(|tested| tested.test.is_some());
    evidence.passed = own().filter(|tested| tested.outcome == Outcome::Passed).count() as u32;
    evidence.tried = own().filter(|tested| tested.outcome != Outcome::Skipped).count() as u32;
    evidence.tests = tests;
    if evidence.state == EvidenceState::Cannot || evidence.tried == 0 {
        return;
    }
    evidence.state =
        if evidence.passed == evidence.tried { EvidenceState::Fires } else { EvidenceState::Fails };
    let failed = own().find(|tested| !matches!(tested.outcome, Outcome::Passed | Outcome::Skipped));
    evidence.reason = failed.map(|tested| tested.reason().to_owned());
}

fn case(test: &RuleTest, tested: Option<&Tested>, file: &str) -> TestCase {
    let outcome = match tested.map(|tested| tested.outcome) {
        Some(Outcome::Passed) => "pass",
        Some(Outcome::Failed) => "fail",
        Some(Outcome::Error) => "error",
        Some(Outcome::Skipped) | None => "skip",
    };
    let said = tested.map(|tested| tested.reason().to_owned()).filter(|reason| !reason.is_empty());
    let counts = tested.and_then(|tested| tested.counts);
    let first = test.attack_data.first();
    TestCase {
        name: test.name.clone(),
        kind: test.test_type.clone(),
        outcome: outcome.to_owned(),
        reason: said.or_else(|| tested.is_none().then(|| "not run".to_owned())),
        data: test.attack_data.iter().map(|data| data.data.clone()).collect(),
        source: first.and_then(|data| data.source.clone()),
        sourcetype: first.and_then(|data| data.sourcetype.clone()),
        events: counts.map(|counts| counts.events),
        rows: counts.map(|counts| counts.rows),
        expected: test.expected_results,
        command: command(test, file),
    }
}

/// The command that runs a rule's tests again. A path with signs that a shell reads is quoted.
fn command(test: &RuleTest, file: &str) -> String {
    let plain = file.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
    let file = if plain { file.to_owned() } else { format!("'{}'", file.replace('\'', "'\\''")) };
    let web = test.attack_data.iter().any(|data| data.data.starts_with("http"));
    let data = if web { " --attack-data attack_data" } else { "" };
    format!("grotto test {file}{data}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tested(test: Option<usize>, outcome: Outcome) -> Tested {
        Tested {
            rule: 0,
            test,
            name: "t".to_owned(),
            kind: "unit".to_owned(),
            outcome,
            reasons: vec![grotto_diag::Diagnostic::error("test/x", "too few")],
            notes: Vec::new(),
            expected: 1,
            counts: None,
            seconds: 0.0,
            data: Vec::new(),
            sample: None,
        }
    }

    #[test]
    fn tests_prove_rules() {
        use EvidenceState::{Cannot, Fails, Fires, Runs};
        let (passed, failed) = (tested(Some(0), Outcome::Passed), tested(Some(1), Outcome::Failed));
        let (skipped, whole) = (tested(Some(2), Outcome::Skipped), tested(None, Outcome::Error));
        for (start, list, state, numbers) in [
            (Runs, vec![], Runs, (0, 0)),
            (Runs, vec![&skipped], Runs, (0, 0)),
            (Runs, vec![&passed, &skipped], Fires, (1, 1)),
            (Runs, vec![&passed, &failed], Fails, (1, 2)),
            (Cannot, vec![&whole], Cannot, (0, 0)),
        ] {
            let mut evidence = Evidence { state: start, ..Evidence::default() };
            judge(&mut evidence, Vec::new(), &list);
            assert_eq!((evidence.state, (evidence.passed, evidence.tried)), (state, numbers));
            assert_eq!(evidence.reason.as_deref(), (state == Fails).then_some("too few"));
        }
    }
}
