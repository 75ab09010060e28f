//! Running searches that hold other searches, in as few passes over the events as can be.
//!
//! All searches that can begin are run in one pass. When it is over, what they found goes on through their commands;
//! a search inside a search is known then, so the commands that asked for it go on too. Searches whose head holds the
//! result of another, and searches that `map` made from rows, are run in the next pass, until nobody asks for more:
//!
//! ```text
//! searches ──► inside them, recursively ──► pass ──► commands ──► answers ──► heads that waited, made searches ─┐
//!                                            ▲                                                                  │
//!                                            └──────────────────────────────────────────────────────────────────┘
//! ```
//!
//! Searches inside searches that have the same text are run once.

use crate::pipeline::{Answer, Answers, Env, Paused, Run, Step, Stop};
use crate::plan::Plan;
use crate::predicate::Formula;
use grotto_diag::Diagnostic;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Reverse;
use std::sync::Arc;

/// Passes over the events. Each search inside another that must be known first adds one; so does each `map` inside
/// the searches of another.
const MOST_PASSES: usize = 16;
/// Searches, those inside others counted.
const MOST_SEARCHES: usize = 100_000;

/// Whoever has the events.
pub trait Events {
    /// Reads them once and gives for each search, in order, the runs that took in what its head chooses; several when
    /// something is to be looked at apart from the rest.
    fn read(&mut self, searches: &[Arc<Plan>]) -> Vec<Result<Vec<Run>, Box<Diagnostic>>>;

    /// Whether searches that [can read less](Plan::narrows) once another is known wait for it, and are read in a later
    /// pass.
    fn narrows(&self) -> bool {
        false
    }

    /// Told before the first pass which searches may be asked for in a later one, as far as is known; each may know more
    /// by then, under the same [key](Plan::key).
    fn expect(&mut self, _later: &[Arc<Plan>]) {}
}

/// Runs searches: for each of them what each of its runs gave, at least one answer. The events are read at least once.
pub fn run(searches: impl IntoIterator<Item = Arc<Plan>>, events: &mut dyn Events) -> Vec<Vec<Answer>> {
    let mut rounds = Rounds { narrows: events.narrows(), ..Rounds::default() };
    let asked: Vec<usize> = searches.into_iter().map(|search| rounds.add(&search, None)).collect();
    for pass in 0.. {
        rounds.go_on();
        let ready = rounds.ready();
        if ready.is_empty() && pass > 0 {
            break;
        }
        if pass >= MOST_PASSES {
            rounds.give_up(&limit(format!("the events would have to be read more than {MOST_PASSES} times")));
            break;
        }
        let plans: Vec<Arc<Plan>> = ready.iter().map(|task| Arc::clone(&rounds.tasks[*task].plan)).collect();
        if pass == 0 {
            events.expect(&rounds.expected());
        }
        let read = events.read(&plans);
        if let Some(plan) = plans.first() {
            plan.memory().make_room();
        }
        let read: Vec<_> = read.into_par_iter().zip(plans).map(closed).collect();
        for (task, read) in ready.into_iter().zip(read) {
            rounds.took_in(task, read);
        }
    }
    rounds.give_up(&Diagnostic::error("engine/subsearch-left", "the search waits for its own result"));
    asked.into_iter().map(|task| rounds.answers_of(task)).collect()
}

fn limit(message: String) -> Diagnostic {
    Diagnostic::error("engine/limit", message).help("nest searches less deeply")
}

/// All searches and how far they have come.
#[derive(Default)]
struct Rounds {
    tasks: Vec<Task>,
    narrows: bool,
    /// The task of each key of a search inside another.
    by_key: FxHashMap<Arc<str>, usize>,
    answers: Answers,
}

struct Task {
    plan: Arc<Plan>,
    /// For whom the answer is: the key under which others ask for it.
    key: Option<Arc<str>>,
    state: State,
    warnings: Vec<Diagnostic>,
}

enum State {
    /// Its head waits for results.
    Open,
    /// It waits for a pass.
    Ready,
    /// Its events are taken in.
    Going(Vec<Thread>),
    Done(Vec<Answer>),
}

/// One run of a search: paused until the searches with these keys are done, or done.
#[derive(Default)]
struct Thread {
    paused: Option<Paused>,
    waits: Vec<Arc<str>>,
    answer: Option<Answer>,
}

impl Rounds {
    /// Adds a search and those inside it.
    fn add(&mut self, plan: &Arc<Plan>, key: Option<Arc<str>>) -> usize {
        let number = self.tasks.len();
        if let Some(key) = &key {
            self.by_key.insert(Arc::clone(key), number);
        }
        let state = if number >= MOST_SEARCHES {
            let message = format!("more than {MOST_SEARCHES} searches would have to be run");
            State::Done(vec![Answer::failed(Box::new(limit(message)))])
        } else if plan.is_open() || self.narrows && plan.narrows() {
            State::Open
        } else {
            ready(plan)
        };
        self.tasks.push(Task { plan: Arc::clone(plan), key, state, warnings: Vec::new() });
        if number < MOST_SEARCHES {
            let later = if self.narrows { plan.later() } else { &[] };
            for inner in plan.subsearches() {
                if later.iter().all(|search| search.key() != inner.key()) {
                    self.ask(&inner);
                }
            }
        }
        self.publish(number);
        number
    }

    /// Adds a search inside another, unless it is there.
    fn ask(&mut self, plan: &Arc<Plan>) {
        if !self.by_key.contains_key(plan.key()) {
            let key = Arc::clone(plan.key());
            self.add(plan, Some(key));
        }
    }

    /// The searches that wait for a pass.
    fn ready(&self) -> Vec<usize> {
        let waits = |(number, task): (usize, &Task)| matches!(task.state, State::Ready).then_some(number);
        self.tasks.iter().enumerate().filter_map(waits).collect()
    }

    /// The searches that wait for others to read less, and those that are asked for when others have rows.
    fn expected(&self) -> Vec<Arc<Plan>> {
        if !self.narrows {
            return Vec::new();
        }
        let waits = self.tasks.iter().filter(|task| matches!(task.state, State::Open)).map(|task| &task.plan);
        let all = waits.chain(self.tasks.iter().flat_map(|task| task.plan.later()));
        let mut keys = FxHashSet::default();
        all.filter(|plan| !plan.is_open() && keys.insert(plan.key())).cloned().collect()
    }

    /// What a pass gave for a search.
    fn took_in(&mut self, number: usize, read: Result<Vec<Thread>, Box<Diagnostic>>) {
        let Some(task) = self.tasks.get_mut(number) else { return };
        task.state = match read {
            Ok(runs) => State::Going(runs),
            Err(problem) => State::Done(vec![Answer::failed(problem)]),
        };
        self.publish(number);
    }

    /// Lets every search go on as far as the answers reach.
    fn go_on(&mut self) {
        let mut again = true;
        while std::mem::take(&mut again) {
            // Searches that are added on the way come at the end, and get their turn in the next round.
            let answers = &self.answers;
            // The largest first: one that is left to the end lets the other threads wait.
            let mut tasks: Vec<(usize, &mut Task)> = self.tasks.iter_mut().enumerate().collect();
            tasks.sort_by_cached_key(|(_, task)| Reverse(task.size()));
            let advance = |(number, task): (usize, &mut Task)| (number, task.advance(answers));
            // A bridge, as halves of the list would be taken in turn and not their first.
            let mut moved: Vec<(usize, Moved)> = tasks.into_iter().par_bridge().map(advance).collect();
            moved.sort_by_key(|(number, _)| *number);
            for (number, moved) in moved {
                again |= self.moved(number, moved);
            }
        }
    }

    /// Makes known what came of a search that went on; whether it has.
    fn moved(&mut self, number: usize, moved: Moved) -> bool {
        match moved {
            Moved::No => false,
            Moved::On { moved, asked } => {
                self.publish(number);
                if !asked.is_empty() {
                    // If one that waited is needed now, so are others soon, and one pass is for all.
                    let later = self.tasks.get(number).map(|task| task.plan.later().to_vec());
                    asked.iter().chain(later.iter().flatten()).for_each(|plan| self.ask(plan));
                }
                moved
            }
        }
    }

    /// Makes the answer of a search that is done known to those who ask for it.
    fn publish(&mut self, number: usize) {
        if let Some(Task { key: Some(key), state: State::Done(answers), .. }) = self.tasks.get(number)
            && let Some(answer) = answers.first()
            && self.answers.get(key).is_none()
        {
            self.answers.insert(Arc::clone(key), answer.clone());
        }
    }

    /// Ends all searches that are not done.
    fn give_up(&mut self, problem: &Diagnostic) {
        for task in &mut self.tasks {
            if !matches!(task.state, State::Done(_)) {
                task.state =
                    State::Done(vec![Answer::failed(Box::new(problem.clone().at(task.plan.span(), "")))]);
            }
        }
    }

    fn answers_of(&mut self, number: usize) -> Vec<Answer> {
        match self.tasks.get_mut(number).map(|task| std::mem::replace(&mut task.state, State::Ready)) {
            Some(State::Done(answers)) => answers,
            _ => Vec::new(),
        }
    }
}

/// What came of letting a search go on.
enum Moved {
    /// It waits for a pass or for results, or is done.
    No,
    /// Results were put into its head, or its runs went on, as far as the answers reach.
    On {
        /// Whether it did.
        moved: bool,
        /// The searches whose results they ask for.
        asked: Vec<Arc<Plan>>,
    },
}

impl Task {
    /// Bytes that it goes on with, about.
    fn size(&self) -> usize {
        let State::Going(threads) = &self.state else { return 0 };
        threads.iter().filter_map(|thread| thread.paused.as_ref()).map(Paused::size).sum()
    }

    /// Puts results into the head; whether all of them were there.
    fn fill(&mut self, answers: &Answers) -> bool {
        let mut env = Env::new(answers);
        let filled =
            if self.plan.is_open() { self.plan.filled(&mut env) } else { self.plan.narrowed(&mut env) };
        let (_, warnings, _) = env.into_parts();
        self.state = match filled {
            Err(Stop::Waits) => return false,
            Err(Stop::Failed(problem)) => State::Done(vec![Answer::failed(problem)]),
            Ok(plan) => {
                self.plan = Arc::new(plan);
                ready(&self.plan)
            }
        };
        self.warnings = warnings;
        true
    }

    /// Lets the search go on.
    fn advance(&mut self, answers: &Answers) -> Moved {
        if matches!(self.state, State::Open) && self.fill(answers) {
            return Moved::On { moved: true, asked: Vec::new() };
        }
        let State::Going(threads) = &mut self.state else { return Moved::No };
        let (mut moved, mut asked) = (false, Vec::new());
        let warnings = std::mem::take(&mut self.warnings);
        for thread in threads.iter_mut() {
            moved |= self.plan.cost().of(0, || thread.advance(answers, &warnings, &mut asked));
        }
        if threads.iter().all(|thread| thread.answer.is_some()) {
            let done = std::mem::take(threads).into_iter().filter_map(|thread| thread.answer);
            self.state = State::Done(done.collect());
        }
        Moved::On { moved, asked }
    }
}

/// The runs of a pass with their folds finished.
fn closed(
    (read, plan): (Result<Vec<Run>, Box<Diagnostic>>, Arc<Plan>),
) -> Result<Vec<Thread>, Box<Diagnostic>> {
    read.map(|runs| plan.cost().of(0, || runs.into_iter().map(Thread::new).collect()))
}

/// The state of a search that can begin.
fn ready(plan: &Plan) -> State {
    match plan.generate() {
        Some(run) => State::Going(vec![Thread::new(run)]),
        // Nothing would come of any event.
        None if *plan.hint() == Formula::Never && !plan.narrows() => {
            State::Going(vec![Thread::new(plan.start())])
        }
        None => State::Ready,
    }
}

impl Thread {
    fn new(run: Run) -> Self {
        Self { paused: Some(run.close()), ..Self::default() }
    }

    /// Goes on when what it waits for is there; whether it has.
    fn advance(&mut self, answers: &Answers, warnings: &[Diagnostic], asked: &mut Vec<Arc<Plan>>) -> bool {
        if let Some(paused) = &mut self.paused {
            paused.warn(warnings.iter().cloned());
        }
        if self.waits.iter().any(|key| answers.get(key).is_none()) {
            return false;
        }
        let Some(paused) = self.paused.take() else { return false };
        match paused.go_on(answers) {
            Step::Done(answer) => self.answer = Some(answer),
            Step::Waits(paused, waits) => {
                self.waits = waits.iter().map(|plan| Arc::clone(plan.key())).collect();
                self.paused = Some(paused);
                asked.extend(waits);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests;
