//! What is worth saying about a rule that runs: a field that its data model does not have, a source that is taken for
//! another one.

use crate::job::Job;
use grotto_content::Detection;
use grotto_diag::{Diagnostic, Severity, Span};
use grotto_engine::plan::Head;
use grotto_engine::predicate::{Formula, Op, Predicate};
use grotto_knowledge::Node;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Fields that a search over a data model may read besides those of the node.
const OF_EVERY_EVENT: [&str; 9] =
    ["_time", "_raw", "host", "source", "sourcetype", "index", "nodename", "eventtype", "tag"];

/// What there is to say about the search of a rule, each at its place in the rule's file.
pub(crate) fn of_rule(detection: &Detection, expanded: &str, job: &Job) -> Vec<Diagnostic> {
    let remarks = remarks(&detection.search, expanded, job);
    remarks.into_iter().map(|remark| crate::rules::located(detection, remark)).collect()
}

/// What there is to say about a search, with places in `search`, of which `expanded` is the text after macro expansion.
pub(crate) fn remarks(search: &str, expanded: &str, job: &Job) -> Vec<Diagnostic> {
    let aliased = job.aliased.iter().map(|source| {
        // Conditions keep their values in lower case.
        let written = at(expanded, source).map_or(source.as_str(), |span| span.of(expanded));
        let message = format!("{written} is taken for Xml{written} as well");
        let help = "assumption classic-source-alias: EVTX files are read as XML, whose sources begin with \
                    XmlWinEventLog:";
        (source.as_str(), Diagnostic::new(Severity::Info, "scan/classic-source", message).help(help))
    });
    let unknown = unknown_fields(job);
    let all = unknown.iter().map(|(name, diagnostic)| (name.as_str(), diagnostic.clone())).chain(aliased);
    all.map(|(about, diagnostic)| match at(search, about) {
        Some(span) => diagnostic.at(span, ""),
        None => diagnostic,
    })
    .collect()
}

/// Where words stand in a text, whatever their letter case.
fn at(text: &str, words: &str) -> Option<Span> {
    let start = text.to_ascii_lowercase().find(&words.to_ascii_lowercase())?;
    Some(Span::new(start, start + words.len()))
}

/// Fields that `tstats` or the head of `from datamodel` reads and that the node does not have. They are missing in
/// every row.
fn unknown_fields(job: &Job) -> Vec<(String, Diagnostic)> {
    let (Some(node), Some(model), Head::Tstats(_)) = (&job.node, job.plan.head().model(), job.plan.head())
    else {
        return Vec::new();
    };
    let names: BTreeSet<&str> =
        job.reads.names().map(AsRef::as_ref).filter(|name| !name.contains('*')).collect();
    names
        .into_iter()
        .filter(|name| !OF_EVERY_EVENT.contains(name) && !node.has_field(name))
        .map(|name| {
            let message = format!("{} of data model {} has no field {name}", node.name(), model.name);
            let diagnostic = Diagnostic::warning("scan/unknown-model-field", message);
            let help = match meant(node, name) {
                Some(meant) => format!("did you mean {meant}? As it is, the field is missing in every row"),
                None => "the field is missing in every row".to_owned(),
            };
            (name.to_owned(), diagnostic.help(help))
        })
        .collect()
}

/// The field of a node that a wrong name may stand for: the same field under its full name, or the nearest.
fn meant<'n>(node: &'n Node, wrong: &str) -> Option<&'n str> {
    let short = |name: &str| name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let names: Vec<String> = node.full_names().map(short).collect();
    let nearest = grotto_engine::commands::nearest(&short(wrong), names.iter().map(String::as_str))?;
    node.full_names().find(|full| short(full) == nearest)
}

/// Prefix of the sources of events in text form, in lower case.
const CLASSIC: &str = "wineventlog:";

/// The condition with each classic source or source type taken for the one of XML too, and those that this changes.
/// A condition that names both already stays as it is.
pub(crate) fn widened(condition: &Formula) -> (Formula, Vec<String>) {
    let xml: BTreeSet<String> = condition
        .predicates()
        .iter()
        .filter_map(|p| selected(p))
        .filter_map(|s| s.strip_prefix("xml").map(str::to_owned))
        .collect();
    let mut widened = Vec::new();
    let out = widen(condition, &xml, &mut widened);
    (out, widened)
}

/// The value of a condition on the source of events.
fn selected(predicate: &Predicate) -> Option<&str> {
    (matches!(predicate.field(), "source" | "sourcetype") && predicate.op() == Op::Equal)
        .then(|| predicate.value())
}

fn widen(formula: &Formula, xml: &BTreeSet<String>, widened: &mut Vec<String>) -> Formula {
    let mut all =
        |parts: &[Formula]| -> Vec<Formula> { parts.iter().map(|p| widen(p, xml, widened)).collect() };
    match formula {
        Formula::Always => Formula::Always,
        Formula::Never => Formula::Never,
        Formula::Leaf(predicate) => {
            match selected(predicate).filter(|v| v.starts_with(CLASSIC) && !xml.contains(*v)) {
                Some(value) => {
                    widened.push(value.to_owned());
                    let other = Predicate::equal("source".into(), &format!("xml{value}"), false);
                    Formula::or([Formula::Leaf(Arc::clone(predicate)), other.into()])
                }
                None => Formula::Leaf(Arc::clone(predicate)),
            }
        }
        Formula::Not(inner) => widen(inner, xml, widened).negated(),
        Formula::And(parts) => Formula::and(all(parts)),
        Formula::Or(parts) => Formula::or(all(parts)),
    }
}
