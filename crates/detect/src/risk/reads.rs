//! Which searches read risk: they run after those that make it.

use crate::job::{Job, Predicates};
use grotto_diag::Diagnostic;
use grotto_engine::Context;
use grotto_engine::plan::{Head, Plan};
use grotto_engine::predicate::{Formula, Op, Predicate};
use grotto_events::Cell;
use grotto_knowledge::Knowledge;
use std::sync::Arc;

/// What a search reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reads {
    /// Logs and nothing else.
    Logs,
    /// Risk and nothing else.
    Risk,
    /// Both: one of them in a search inside it.
    Both,
}

/// What a search and the searches inside it read. A search that begins with rows of its own reads neither, which counts
/// as logs unless another reads risk.
pub(crate) fn reads(plan: &Plan) -> Reads {
    let (mut logs, mut risk) = (false, false);
    look(plan, &mut logs, &mut risk);
    match (logs, risk) {
        (_, false) => Reads::Logs,
        (false, true) => Reads::Risk,
        (true, true) => Reads::Both,
    }
}

fn look(plan: &Plan, logs: &mut bool, risk: &mut bool) {
    match plan.head() {
        Head::Rows(_) | Head::Results => {}
        head => {
            let model = head.model().is_some_and(|model| model.name.eq_ignore_ascii_case("risk"));
            if model {
                *risk = true;
            } else {
                match head.formula().map_or(Index::Others, index) {
                    Index::Risk => *risk = true,
                    Index::Others => *logs = true,
                    Index::All => (*logs, *risk) = (true, true),
                }
            }
        }
    }
    for inner in plan.subsearches() {
        look(&inner, logs, risk);
    }
}

/// The indexes that a condition names.
enum Index {
    /// That of risk.
    Risk,
    /// Others, or none: a search without index sees those that are searched by default.
    Others,
    /// That of risk among others (`index=*`).
    All,
}

fn index(condition: &Formula) -> Index {
    let predicates = condition.predicates();
    let mut named = predicates.iter().filter(|p| p.field() == "index" && p.op() != Op::NotEqual).peekable();
    let is_risk =
        |p: &&Arc<Predicate>| p.field() == "index" && p.op() == Op::Equal && p.value() == super::INDEX;
    if predicates.iter().copied().any(|p| is_risk(&p)) {
        return Index::Risk;
    }
    if named.peek().is_none() {
        return Index::Others;
    }
    // Risk events have one index and one sourcetype; what else they have is not known.
    let known = |p: &Predicate| match p.field() {
        "index" => Some(p.holds(Cell::Text(super::INDEX))),
        "sourcetype" => Some(p.holds(Cell::Text(super::event::SOURCETYPE))),
        _ => None,
    };
    if condition.decided(&mut { known }) == Some(false) { Index::Others } else { Index::All }
}

/// Risk events in logs that are kept for rules which read risk.
pub(crate) const MOST: usize = 1_000_000;

/// The search that keeps risk events which stand in the logs themselves, so that the second step need not read the logs
/// again.
pub(crate) struct LogRisk(pub(crate) Arc<Job>);

impl LogRisk {
    /// Made ready.
    ///
    /// # Errors
    /// None that can be met: the search is known to compile.
    pub(crate) fn new(
        context: &Context,
        knowledge: &Knowledge,
        predicates: &Predicates,
    ) -> Result<Self, Box<Diagnostic>> {
        let tree = grotto_spl::parse(&format!("search index=risk | head {}", MOST + 1))?;
        let job = Job::new(Arc::new(Plan::compile(&tree, context)?), knowledge, predicates)?;
        Ok(Self(Arc::new(job)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_searches_read() {
        for (spl, expected) in [
            ("search index=main x=1", Reads::Logs),
            ("search index=risk risk_object=h", Reads::Risk),
            ("| tstats count from datamodel=Risk.All_Risk by source", Reads::Risk),
            ("| from datamodel Risk.All_Risk", Reads::Risk),
            ("| tstats count from datamodel=Endpoint.Processes by Processes.dest", Reads::Logs),
            ("| makeresults", Reads::Logs),
            ("search a=1 | join dest [search index=risk]", Reads::Both),
            ("search index=risk | append [search index=risk x=2]", Reads::Risk),
            ("search index=* risk_score>50", Reads::Both),
            ("search index=r* sourcetype=stash", Reads::Both),
            ("search index=* sourcetype=xmlwineventlog", Reads::Logs),
            ("search index!=risk x=1", Reads::Logs),
            ("search index=win* x=1", Reads::Logs),
        ] {
            let tree = grotto_spl::parse(spl).unwrap();
            let plan = Plan::compile(&tree, &Context::default()).unwrap_or_else(|e| panic!("{spl}: {e}"));
            assert_eq!(reads(&plan), expected, "{spl}");
        }
    }
}
