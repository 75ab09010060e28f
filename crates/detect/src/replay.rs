//! Replay of schedules over historic logs: every rule fires as it would have on a live system.
//!
//! A rule that looks at nothing but its events shares one plan over all firings: the driver hands each firing the selected
//! rows of its window. A rule that knows what time it is (`now()`, `earliest=`, `addinfo`), or has searches inside it, is
//! compiled once for each firing that has events, with the window as its time range, and those run in a pass of their
//! own.

use crate::driver::{self, How, RunOf, Told};
use crate::firings::{self, DEFAULT, Firings};
use crate::job::{Job, Predicates};
use crate::record::RuleState;
use crate::rules::{self, Rule, RuleSet};
use grotto_content::Detection;
use grotto_diag::Diagnostic;
use grotto_engine::Context;
use grotto_engine::pipeline::Answer;
use grotto_engine::time::{SECOND, TimeRange};
use grotto_events::Part;
use grotto_knowledge::Knowledge;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Runs of rules that are compiled for each firing, in one scan.
const MOST_RUNS: usize = 20_000;

/// When rules fire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replay {
    /// As their own schedules say; those that name none every hour.
    Schedules,
    /// Every so many nanoseconds.
    Every {
        /// Nanoseconds from one firing to the next.
        ns: i64,
        /// Start and end of the window as times relative to the firing; `None` for all since the last firing.
        window: Option<(String, String)>,
    },
}

impl Replay {
    fn firings(&self, detection: &Detection, context: &Context) -> Result<Firings, Diagnostic> {
        let zone = &context.timezone;
        match self {
            Self::Every { ns, window: Some((from, to)) } => Firings::every(*ns, from, to, zone),
            Self::Every { ns, window: None } => {
                let since = format!("-{}s", (ns / SECOND).max(1));
                Firings::every(*ns, &since, "now", zone)
            }
            Self::Schedules => {
                let own = detection.schedule.as_ref();
                let or = |said: Option<&String>, usual: &str| said.map_or(usual, String::as_str).to_owned();
                let [cron, earliest, latest] = DEFAULT;
                let cron = or(own.and_then(|s| s.cron.as_ref()), cron);
                let earliest = or(own.and_then(|s| s.earliest_time.as_ref()), earliest);
                let latest = or(own.and_then(|s| s.latest_time.as_ref()), latest);
                Firings::cron(&cron, &earliest, &latest, zone)
            }
        }
    }
}

impl RuleSet {
    /// Lets the rules fire by a schedule. A rule whose schedule can't be used does not run, and says why.
    pub fn replay(&mut self, replay: &Replay) {
        let mut shared: FxHashMap<String, Arc<Firings>> = FxHashMap::default();
        for rule in &mut self.rules {
            let Some(number) = rule.job else { continue };
            let key = match replay {
                Replay::Schedules => format!("{:?}", rule.detection.schedule),
                Replay::Every { .. } => String::new(),
            };
            let firings = match shared.get(&key) {
                Some(firings) => Ok(Arc::clone(firings)),
                None => replay.firings(&rule.detection, &self.context).map(Arc::new),
            };
            match firings {
                Ok(firings) => {
                    shared.insert(key, Arc::clone(&firings));
                    rule.notes.extend(elsewhere(replay, &rule.detection));
                    if let Some(job) = self.jobs.get_mut(number).and_then(Arc::get_mut) {
                        job.firings = Some(firings);
                    }
                }
                Err(problem) => {
                    rule.state = RuleState::Unsupported;
                    rule.reason = Some(rules::located(&rule.detection, problem));
                    rule.job = None;
                }
            }
        }
    }

    /// Runs some of the jobs, given by number: what each told, in the order of the numbers.
    pub(crate) fn run(
        &self,
        numbers: &[usize],
        also: Option<Arc<Job>>,
        parts: &[Part],
        knowledge: &Knowledge,
        progress: &(dyn Fn(u64) + Sync),
    ) -> driver::Pass {
        let apart: Vec<(usize, &Rule)> = numbers
            .iter()
            .enumerate()
            .filter(|(_, job)| self.jobs.get(**job).is_some_and(|job| job.firings.is_some()))
            .filter_map(|(at, job)| Some((at, self.rules.iter().find(|rule| rule.job == Some(*job))?)))
            .filter(|(_, rule)| is_apart(self, rule))
            .collect();
        let shared = |at: &usize| apart.iter().all(|(other, _)| other != at);
        let mut places: Vec<usize> = (0..numbers.len()).filter(shared).collect();
        let (mut jobs, mut whose) = self.different(places.iter().filter_map(|at| numbers.get(*at)));
        if let Some(also) = also {
            places.push(numbers.len());
            whose.push((jobs.len(), false));
            jobs.push(also);
        }
        let seen = Mutex::new(BTreeSet::new());
        let times = (!apart.is_empty()).then_some(&seen);
        let kept: Vec<Diagnostic> = match times {
            Some(_) => parts.iter().filter_map(|part| part.keep().err()).collect(),
            None => Vec::new(),
        };
        let how = How { evaluation: self.evaluation, hints: true, times, ..How::default() };
        let driver::Pass { answers: told, mut report } =
            driver::run_with(parts, &jobs, knowledge, self.predicates.clone(), progress, how);
        report.diagnostics.extend(kept);
        let count = places.iter().map(|at| at + 1).max().unwrap_or(0).max(numbers.len());
        let mut answers: Vec<Vec<Told>> = (0..count).map(|_| Vec::new()).collect();
        for (at, (job, otherwise)) in places.into_iter().zip(whose) {
            if let (Some(place), Some(told)) = (answers.get_mut(at), told.get(job)) {
                place.clone_from(told);
                if otherwise {
                    place.iter_mut().for_each(Told::without_places);
                }
            }
        }
        drop(told);
        let seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.run_apart(&apart, &seen, parts, knowledge, &mut answers);
        driver::Pass { answers, report }
    }

    /// The jobs of these numbers, and for each number which of them is its job: rules with the same search share one. The
    /// second answer says whether that one's search is written otherwise, so that places in it are none of the rule's.
    fn different<'n>(&self, numbers: impl Iterator<Item = &'n usize>) -> (Vec<Arc<Job>>, Vec<(usize, bool)>) {
        let searches: FxHashMap<usize, &str> = self
            .rules
            .iter()
            .filter_map(|rule| Some((rule.job?, rule.expanded.as_ref()?.text.as_str())))
            .collect();
        let (mut jobs, mut whose): (Vec<Arc<Job>>, Vec<(usize, bool)>) = (Vec::new(), Vec::new());
        let mut known: FxHashMap<&str, (usize, Option<&&str>)> = FxHashMap::default();
        for number in numbers {
            let Some(job) = self.jobs.get(*number) else { continue };
            let search = searches.get(number);
            // What fires by a schedule has windows of its own.
            let key = job.firings.is_none().then(|| job.plan.key().as_ref());
            if let Some((at, written)) = key.and_then(|key| known.get(key)) {
                whose.push((*at, *written != search));
            } else {
                known.extend(key.map(|key| (key, (jobs.len(), search))));
                whose.push((jobs.len(), false));
                jobs.push(Arc::clone(job));
            }
        }
        (jobs, whose)
    }

    /// Runs the rules that are compiled for each of their firings.
    fn run_apart(
        &self,
        apart: &[(usize, &Rule)],
        seen: &BTreeSet<i64>,
        parts: &[Part],
        knowledge: &Knowledge,
        answers: &mut [Vec<Told>],
    ) {
        let (mut jobs, mut whose) = (Vec::new(), Vec::new());
        let predicates = self.predicates.clone();
        for (at, rule) in apart {
            let job = rule.job.and_then(|job| self.jobs.get(job));
            let Some(firings) = job.and_then(|job| job.firings.as_ref()) else { continue };
            let fired = firings.over(seen);
            let made = if jobs.len() + fired.len() > MOST_RUNS {
                let message = format!("the rule would have to be run {} times, each time anew", fired.len());
                let help = "let it fire less often, or scan a shorter time";
                Err(Box::new(Diagnostic::error("schedule/too-many-runs", message).help(help)))
            } else {
                fired.iter().map(|firing| self.at(rule, *firing, knowledge, &predicates)).collect()
            };
            match made {
                Ok::<Vec<Arc<Job>>, _>(made) => {
                    whose.extend(fired.iter().map(|firing| (*at, firing.at)));
                    jobs.extend(made);
                }
                Err(problem) => {
                    let told = Told { answer: Answer::failed(problem), run: RunOf::default() };
                    answers.get_mut(*at).into_iter().for_each(|place| place.push(told.clone()));
                }
            }
        }
        if jobs.is_empty() {
            return;
        }
        let how = How { evaluation: self.evaluation, hints: true, ..How::default() };
        let pass = driver::run_with(parts, &jobs, knowledge, predicates, &|_| {}, how);
        for ((at, firing), told) in whose.into_iter().zip(pass.answers) {
            let run = |told: &Told| RunOf { firing: Some(firing), joined: told.run.joined };
            let told = told.into_iter().map(|told| Told { run: run(&told), ..told });
            answers.get_mut(at).into_iter().for_each(|place| place.extend(told.clone()));
        }
    }

    /// A rule's job for one of its firings.
    fn at(
        &self,
        rule: &Rule,
        firing: firings::Firing,
        knowledge: &Knowledge,
        predicates: &Predicates,
    ) -> Result<Arc<Job>, Box<Diagnostic>> {
        let later = |a: Option<i64>, b: Option<i64>| a.max(b);
        let sooner = |a: Option<i64>, b: Option<i64>| match (a, b) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let asked = self.context.range;
        let range =
            TimeRange { from: later(firing.window.from, asked.from), to: sooner(firing.window.to, asked.to) };
        let context = Context { now: firing.at, range, ..self.context.clone() };
        let text = rule.expanded.as_ref().map_or("", |expanded| expanded.text.as_str());
        let tree = grotto_spl::parse(text)?;
        let plan = grotto_engine::plan::Plan::compile(&tree, &context)?;
        Job::new(Arc::new(plan), knowledge, predicates).map(Arc::new)
    }
}

/// Says that a rule names a schedule that is not among the content, so that the usual one takes its place.
fn elsewhere(replay: &Replay, detection: &Detection) -> Option<Diagnostic> {
    let own = detection.schedule.as_ref().filter(|own| own.cron.is_none())?;
    let name = own.name.as_ref().filter(|_| *replay == Replay::Schedules)?;
    let [cron, earliest, latest] = DEFAULT;
    let message = format!(
        "the schedule `{name}` is kept elsewhere: `{cron}` over {earliest} to {latest} takes its place"
    );
    Some(rules::located(detection, Diagnostic::warning("schedule/elsewhere", message)))
}

/// Whether a rule needs a plan of its own for each firing.
fn is_apart(rules: &RuleSet, rule: &Rule) -> bool {
    const CLOCK: [&str; 6] = ["now(", "now (", "time(", "earliest", "latest", "addinfo"];
    let inside = rule.job.and_then(|job| rules.jobs.get(job)).is_some_and(|job| {
        job.plan.is_open() || job.plan.reads_again() || !job.plan.subsearches().is_empty()
    });
    let text = rule.expanded.as_ref().map(|expanded| expanded.text.to_ascii_lowercase()).unwrap_or_default();
    inside || CLOCK.iter().any(|word| text.contains(word))
}
