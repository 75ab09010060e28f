//! Rules made ready: macros expanded, searches parsed, plans compiled, or the reason why not.

use crate::driver::Evaluation;
use crate::firings::Firing;
use crate::job::{Job, Predicates};
use crate::record::{ErrorRecord, RuleRecord, RuleRef, RuleState};
use crate::risk::Annotations;
use grotto_content::{Content, Detection};
use grotto_diag::phase::{self, Phase};
use grotto_diag::{Diagnostic, Severity};
use grotto_engine::Context;
use grotto_engine::plan::Plan;
use grotto_knowledge::Knowledge;
use grotto_spl::{Expanded, MacroTable};
use rayon::prelude::*;
use std::sync::Arc;

/// All rules of a scan.
pub struct RuleSet {
    /// The rules in the order of their files.
    pub rules: Vec<Rule>,
    /// The searches of those that can run; [`Rule::job`] counts into it.
    pub jobs: Vec<Arc<Job>>,
    /// What the heads of those look for.
    pub(crate) predicates: Predicates,
    /// Settings of the run.
    pub context: Context,
    /// How the heads are evaluated.
    pub evaluation: Evaluation,
}

/// One rule and what became of it.
pub struct Rule {
    /// What its author wrote.
    pub detection: Detection,
    /// What it is called in records.
    pub reference: RuleRef,
    /// What its risk events say of it.
    pub annotations: Arc<Annotations>,
    /// Whether it runs.
    pub state: RuleState,
    /// Why not, with the place in the rule's file.
    pub reason: Option<Diagnostic>,
    /// What is worth saying about it though it runs, with places in the rule's file.
    pub notes: Vec<Diagnostic>,
    /// The number of its job, if it runs.
    pub job: Option<usize>,
    /// Its search after macro expansion; `None` when that failed.
    pub expanded: Option<Expanded>,
}

impl RuleSet {
    /// Makes every detection of `content` ready.
    pub fn compile(content: &Content, macros: &MacroTable, knowledge: &Knowledge, context: &Context) -> Self {
        let mut set = Self {
            rules: Vec::new(),
            jobs: Vec::new(),
            predicates: Predicates::default(),
            context: context.clone(),
            evaluation: Evaluation::default(),
        };
        let predicates = &set.predicates;
        let one = |detection: &Detection| Compiled::of(detection, macros, knowledge, context, predicates);
        let made: Vec<Compiled> = content.detections.par_iter().map(one).collect();
        for Compiled { mut rule, job } in made {
            rule.job = job.map(|job| {
                set.jobs.push(job);
                set.jobs.len() - 1
            });
            set.rules.push(rule);
        }
        set
    }

    /// A scheduled run of a rule; `None` for a rule that runs once.
    pub(crate) fn firing(&self, rule: &Rule, at: i64) -> Option<Firing> {
        let firings = self.jobs.get(rule.job?)?.firings.as_ref()?;
        Some(Firing { at, window: firings.window(at)? })
    }

    /// Whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}

impl Rule {
    /// Whether its rows raise findings or intermediate findings; those of others are hits.
    pub(crate) fn raises(&self) -> bool {
        self.detection.finding.is_some() || !self.detection.intermediate_findings.is_empty()
    }

    /// The record that says what became of it.
    pub fn record(&self) -> RuleRecord {
        let place = self.reason.as_ref().and_then(Diagnostic::place);
        RuleRecord {
            id: self.reference.id.clone(),
            name: self.reference.name.clone(),
            state: self.state,
            slug: self.reason.as_ref().map(|r| r.slug.to_owned()),
            reason: self.reason.as_ref().map(|r| r.message.clone()),
            file: Some(self.detection.path.display().to_string()),
            line: place.map(|p| p.line),
            column: place.map(|p| p.column),
            notes: self.notes.iter().map(ErrorRecord::from).collect(),
            throttled: 0,
        }
    }
}

/// A rule and its job, if it runs.
struct Compiled {
    rule: Rule,
    job: Option<Arc<Job>>,
}

impl Compiled {
    fn of(
        detection: &Detection,
        macros: &MacroTable,
        knowledge: &Knowledge,
        context: &Context,
        predicates: &Predicates,
    ) -> Self {
        let (expanded, compiled) = compile(&detection.search, macros, knowledge, context, predicates);
        let mut notes = Vec::new();
        let (state, reason, job) = match compiled {
            Ok(job) => {
                let text = expanded.as_ref().map_or("", |expanded| expanded.text.as_str());
                notes = crate::notes::of_rule(detection, text, &job);
                (RuleState::Run, None, Some(Arc::new(job)))
            }
            Err(diagnostic) => (state_of(&diagnostic), Some(located(detection, *diagnostic)), None),
        };
        let rule = Rule {
            detection: detection.clone(),
            reference: reference(detection),
            annotations: Arc::new(Annotations::of(detection)),
            state,
            reason,
            notes,
            job: None,
            expanded,
        };
        Self { rule, job }
    }
}

/// The expanded text of a search, and its job. A diagnostic's spans are those of `search`, not of the expanded text.
pub(crate) fn compile(
    search: &str,
    macros: &MacroTable,
    knowledge: &Knowledge,
    context: &Context,
    predicates: &Predicates,
) -> (Option<Expanded>, Result<Job, Box<Diagnostic>>) {
    let expansion = phase::enter(Phase::Expand);
    let expanded = match macros.expand(search) {
        Ok(expanded) => expanded,
        Err(diagnostic) => return (None, Err(diagnostic)),
    };
    drop(expansion);
    let _phase = phase::enter(Phase::Compile);
    let job = grotto_spl::parse(&expanded.text)
        .and_then(|tree| Plan::compile(&tree, context))
        .and_then(|plan| check_inside(&plan, knowledge).map(|()| plan))
        .and_then(|plan| Job::new(Arc::new(plan), knowledge, predicates))
        .map_err(|diagnostic| Box::new(as_written(*diagnostic, &expanded)));
    (Some(expanded), job)
}

/// Finds out whether the searches inside a search can run.
fn check_inside(plan: &Plan, knowledge: &Knowledge) -> Result<(), Box<Diagnostic>> {
    for inner in plan.subsearches() {
        check_inside(&inner, knowledge)?;
        let at = inner.span();
        let job = Job::new(inner, knowledge, &Predicates::default());
        job.map_err(|problem| {
            Box::new(if problem.labels.is_empty() { problem.at(at, "in this search") } else { *problem })
        })?;
    }
    Ok(())
}

/// A diagnostic of an expanded search with the places in the search as it was written.
pub(crate) fn as_written(mut diagnostic: Diagnostic, expanded: &Expanded) -> Diagnostic {
    for label in &mut diagnostic.labels {
        if let Some(name) = expanded.macro_of(label.span) {
            label.message = format!("{} (in macro `{name}`)", label.message);
        }
        label.span = expanded.origin(label.span);
    }
    diagnostic
}

impl Rule {
    /// A diagnostic of the rule's expanded search, at its place in the rule's file.
    pub fn located(&self, diagnostic: &Diagnostic) -> Diagnostic {
        let diagnostic = match &self.expanded {
            Some(expanded) => as_written(diagnostic.clone(), expanded),
            None => diagnostic.clone(),
        };
        located(&self.detection, diagnostic)
    }
}

/// A diagnostic of a rule's search, moved to its place in the rule's file.
pub(crate) fn located(detection: &Detection, diagnostic: Diagnostic) -> Diagnostic {
    let diagnostic = diagnostic.moved(&detection.source, |span| detection.search.map(span));
    if diagnostic.labels.is_empty() { diagnostic.at(detection.search.span(), "") } else { diagnostic }
}

/// What can't be read at all is invalid; what can be read and not run is unsupported.
fn state_of(diagnostic: &Diagnostic) -> RuleState {
    let unsupported = diagnostic.slug.starts_with("engine/") || diagnostic.slug == "eval/unknown-function";
    if diagnostic.severity == Severity::Error && !unsupported {
        RuleState::Invalid
    } else {
        RuleState::Unsupported
    }
}

fn reference(detection: &Detection) -> RuleRef {
    RuleRef {
        id: detection.id.clone(),
        name: detection.name.clone(),
        kind: detection.rule_type.to_string(),
        severity: detection.severity.name().to_owned(),
        mitre_attack_id: detection.mitre_attack_id.clone(),
    }
}
