//! `--profile`: where the time of a run went.

use grotto_detect::RuleSet;
use grotto_diag::phase;
use grotto_engine::plan::Plan;
use std::fmt::Write as _;
use std::time::Duration;

/// How many rules are listed.
const RULES: usize = 10;

/// What one rule cost.
pub(crate) struct Cost<'a> {
    /// Its name.
    rule: &'a str,
    /// Processor time in its commands and those of searches inside it.
    time: Duration,
    /// Rows that their heads selected.
    rows: u64,
}

/// The rules that cost most, with what they cost, dearest first.
pub(crate) fn costs(rules: &RuleSet) -> Vec<Cost<'_>> {
    let cost_of = |rule: &'_ grotto_detect::Rule| Some(cost_of(&rules.jobs.get(rule.job?)?.plan));
    let mut costs: Vec<Cost<'_>> = rules
        .rules
        .iter()
        .filter_map(|rule| cost_of(rule).map(|(time, rows)| Cost { rule: &rule.reference.name, time, rows }))
        .filter(|cost| cost.rows > 0 || !cost.time.is_zero())
        .collect();
    costs.sort_by_key(|cost| (std::cmp::Reverse(cost.time), cost.rule));
    costs.truncate(RULES);
    costs
}

/// What a search and those inside it cost. One that stands in several rules counts for the first.
fn cost_of(plan: &Plan) -> (Duration, u64) {
    let own = (plan.cost().time(), plan.cost().rows());
    let inside = plan.subsearches();
    let inside = inside.iter().map(|search| cost_of(search));
    inside.fold(own, |(time, rows), (more, and)| (time + more, rows + and))
}

/// The tables of phases and rules, as text.
pub(crate) fn report(elapsed: Duration, costs: &[Cost<'_>]) -> String {
    let spent = phase::spent();
    let total: Duration = spent.iter().map(|(_, time)| *time).sum();
    let share = |time: Duration| 100.0 * time.as_secs_f64() / total.as_secs_f64().max(1e-9);
    let mut text = format!(
        "{:.3} s elapsed, {:.3} s of processor time in all threads\n\nphase            seconds  share\n",
        elapsed.as_secs_f64(),
        total.as_secs_f64(),
    );
    for (phase, time) in spent {
        let _ = writeln!(text, "{:<12} {:>11.3} {:>5.1}%", phase.name(), time.as_secs_f64(), share(time));
    }
    if !costs.is_empty() {
        text.push_str("\nrules by the time in their commands\n    seconds        rows  rule\n");
    }
    for cost in costs {
        let _ = writeln!(text, "{:>11.3} {:>11}  {}", cost.time.as_secs_f64(), cost.rows, cost.rule);
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phase_and_rule_has_a_line() {
        let costs = [Cost { rule: "Dear rule", time: Duration::from_millis(1500), rows: 12 }];
        let text = report(Duration::from_millis(250), &costs);
        assert!(text.starts_with("0.250 s elapsed, 0.000 s of processor time in all threads\n"), "{text}");
        for (phase, _) in phase::spent() {
            assert!(
                text.lines().any(|line| line.starts_with(phase.name()) && line.ends_with("0.0%")),
                "{text}"
            );
        }
        assert!(text.ends_with("\n      1.500          12  Dear rule"), "{text}");
        assert!(!report(Duration::ZERO, &[]).contains("rules"));
    }
}
