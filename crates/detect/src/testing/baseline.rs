//! Rules over benign logs: what each would raise for nothing.

use super::placed;
use crate::driver;
use crate::job::Job;
use crate::rules::{Rule, RuleSet, compile};
use grotto_content::EntityType;
use grotto_diag::Diagnostic;
use grotto_engine::pipeline::Answer;
use grotto_engine::plan::Head;
use grotto_engine::value::cell_text;
use grotto_events::{Batch, Cell, Part, PartReport};
use grotto_knowledge::Knowledge;
use grotto_spl::MacroTable;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Gives the hosts of all events, one a row.
const HOSTS: &str = "search index=* | stats count by host";

/// Fields that name the host of a result, best first, after the rule's own entity.
const HOST_FIELDS: [&str; 5] = ["dest", "host", "Computer", "dvc", "src"];

/// What all rules found in benign logs.
#[derive(Debug)]
pub struct Baseline {
    /// The folder, as the user named it.
    pub name: String,
    /// What was read and what could not be.
    pub report: PartReport,
    /// Hosts of the events.
    pub hosts: u64,
    /// The rules that found something, in their order.
    pub hits: Vec<Hits>,
    /// Rules that ran.
    pub rules: usize,
    /// What went wrong in rules.
    pub problems: Vec<Diagnostic>,
}

/// What one rule found in benign logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hits {
    /// The number of the rule in [`RuleSet::rules`].
    pub rule: usize,
    /// Result rows.
    pub rows: u64,
    /// Different hosts that they name; `None` when no field of theirs names one.
    pub hosts: Option<u64>,
}

impl Baseline {
    /// Result rows for each million of events.
    pub fn per_million(&self, hits: &Hits) -> f64 {
        if self.report.events == 0 { 0.0 } else { hits.rows as f64 * 1e6 / self.report.events as f64 }
    }

    /// A diagnostic for each rule with hits, at its name.
    pub fn diagnostics(&self, rules: &RuleSet) -> Vec<Diagnostic> {
        let say = |hits: &Hits| {
            let rule = rules.rules.get(hits.rule)?;
            let hosts =
                hits.hosts.map_or(String::new(), |hosts| format!(", {hosts} of {} hosts", self.hosts));
            let message = format!(
                "{} rows in the benign logs of {} ({:.1} in a million events{hosts})",
                hits.rows,
                self.name,
                self.per_million(hits),
            );
            let help = "exclude what is benign in the search or in the rule's filter macro";
            Some(placed(rule, None, Diagnostic::warning("test/baseline-hits", message).help(help)))
        };
        self.hits.iter().filter_map(say).collect()
    }
}

/// Runs all rules over benign logs. `progress` is told the bytes of each part when it was read.
pub fn run(
    name: &str,
    parts: &[Part],
    rules: &RuleSet,
    knowledge: &Knowledge,
    progress: &(dyn Fn(u64) + Sync),
) -> Baseline {
    let predicates = rules.predicates.clone();
    let (_, hosts) = compile(HOSTS, &MacroTable::default(), knowledge, &rules.context, &predicates);
    let mut jobs = rules.jobs.clone();
    let counts_hosts = hosts.is_ok();
    jobs.extend(hosts.ok().map(Arc::new));
    let mut pass = driver::run(parts, &jobs, knowledge, predicates, progress);
    let hosts = if counts_hosts { pass.answers.pop() } else { None };
    let hosts =
        hosts.and_then(|answers| answers.into_iter().next()?.answer.rows.ok()).map_or(0, |rows| rows.rows());
    let mut baseline = Baseline {
        name: name.to_owned(),
        report: pass.report,
        hosts: hosts as u64,
        hits: Vec::new(),
        rules: rules.jobs.len(),
        problems: Vec::new(),
    };
    for (number, rule) in rules.rules.iter().enumerate() {
        let job = rule.job.and_then(|at| Some((rules.jobs.get(at)?, &pass.answers.get(at)?.first()?.answer)));
        let Some((job, answer)) = job else { continue };
        match &answer.whole() {
            Err(problem) => baseline.problems.push(rule.located(problem)),
            Ok(rows) if rows.rows() > 0 && found_something(job, answer) => {
                let hosts = hosts_of(rule, rows);
                baseline.hits.push(Hits { rule: number, rows: rows.rows() as u64, hosts });
            }
            Ok(_) => {}
        }
    }
    baseline
}

/// Whether rows come from events, or from where the rule has rows of its own.
fn found_something(job: &Job, answer: &Answer) -> bool {
    answer.span.is_some() || matches!(job.plan.head(), Head::Rows(_))
}

/// How many different hosts the rows name.
fn hosts_of(rule: &Rule, rows: &Batch) -> Option<u64> {
    let detection = &rule.detection;
    let entities = detection.finding.iter().map(|f| &f.entity);
    let entities = entities.chain(detection.intermediate_findings.iter().map(|f| &f.entity));
    let named = entities.filter(|e| e.kind == EntityType::System).map(|e| e.field.as_str());
    let field = named.chain(HOST_FIELDS).find(|field| rows.column(field).is_some())?;
    let mut hosts = BTreeSet::new();
    for row in 0..rows.rows() {
        match rows.cell(field, row) {
            Cell::Null => {}
            Cell::List(values, from, to) => {
                hosts.extend((from..to).map(|i| values.value(i).to_ascii_lowercase()));
            }
            cell => {
                hosts.insert(cell_text(cell).to_ascii_lowercase());
            }
        }
    }
    Some(hosts.len() as u64)
}
