//! Which searches read risk: they run after those that make it.

use crate::job::{Job, Predicates};
use grotto_diag::Diagnostic;
use grotto_engine::Context;
use grotto_engine::plan::{Head, Plan};
use grotto_engine::predicate::{Formula, Op};
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
            if model || head.formula().is_some_and(wants_risk) {
                *risk = true;
            } else {
                *logs = true;
            }
        }
    }
    for inner in plan.subsearches() {
        look(&inner, logs, risk);
    }
}

/// Whether a condition names `index=risk`.
fn wants_risk(condition: &Formula) -> bool {
    let named = |p: &&Arc<grotto_engine::predicate::Predicate>| {
        p.field() == "index" && p.op() == Op::Equal && p.value() == super::INDEX
    };
    condition.predicates().iter().any(named)
}

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
        predicates: &mut Predicates,
    ) -> Result<Self, Box<Diagnostic>> {
        let tree = grotto_spl::parse("search index=risk")?;
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
        ] {
            let tree = grotto_spl::parse(spl).unwrap();
            let plan = Plan::compile(&tree, &Context::default()).unwrap_or_else(|e| panic!("{spl}: {e}"));
            assert_eq!(reads(&plan), expected, "{spl}");
        }
    }
}
