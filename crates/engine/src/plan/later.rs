//! Searches inside a search that wait until it has rows.
//!
//! A rule often looks for something rare and joins it with a search over everything, which tells more about it:
//!
//! ```text
//! | tstats count from datamodel=Endpoint.Filesystem where Filesystem.file_path="*\\$Recycle.Bin*" by Filesystem.process_id
//! | rename Filesystem.* as *
//! | join process_id [| tstats count from datamodel=Endpoint.Processes by Processes.process_id | rename Processes.* as *]
//! ```
//!
//! Where no event has it, nothing is joined, and the search over everything need not run.

use super::{Head, Plan};
use crate::pipeline::Command;
use crate::predicate::{Formula, Op, Predicate, Subject};
use std::sync::Arc;

/// Fields that most events of a kind share, so that what names them names many.
const SHARED: [&str; 7] = ["source", "sourcetype", "index", "host", "nodename", "EventCode", "EventID"];

/// The searches that commands need only when they have rows, if the search with this head is selective and they are not.
pub(super) fn of(head: &Head, hint: &Formula, commands: &[Box<dyn Command>]) -> Vec<Arc<Plan>> {
    let reads = |head: &Head| !matches!(head, Head::Rows(_) | Head::Results);
    if !reads(head) || !is_selective(head, hint) {
        return Vec::new();
    }
    let asked = commands.iter().filter_map(|command| command.asks_with_rows());
    asked.filter(|plan| reads(plan.head()) && !is_selective(plan.head(), plan.hint())).cloned().collect()
}

fn is_selective(head: &Head, hint: &Formula) -> bool {
    head.formula().is_some_and(looks_for_some) || looks_for_some(hint)
}

/// Whether a formula requires values that few events have, as far as can be told without the events.
fn looks_for_some(formula: &Formula) -> bool {
    match formula {
        Formula::Leaf(predicate) => is_rare(predicate),
        Formula::And(parts) => parts.iter().any(looks_for_some),
        Formula::Or(parts) => parts.iter().all(looks_for_some),
        Formula::Never => true,
        Formula::Always | Formula::Not(_) => false,
    }
}

fn is_rare(predicate: &Predicate) -> bool {
    let shared = || {
        let name = predicate.field().rsplit('.').next().unwrap_or_default();
        SHARED.contains(&name)
    };
    match predicate.subject() {
        Subject::Raw => matches!(predicate.op(), Op::Contains | Op::Term),
        Subject::Field(_) => {
            predicate.op() == Op::Equal && !shared() && predicate.value().chars().any(char::is_alphanumeric)
        }
    }
}
