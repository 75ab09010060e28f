//! Searches inside searches: what they gave, and how a command asks for it.

use super::TimeSpan;
use crate::memory::Stored;
use crate::plan::Plan;
use grotto_diag::{Diagnostic, Span};
use grotto_events::Batch;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What a search gave.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its rows, or why there are none.
    pub rows: Result<Stored, Box<Diagnostic>>,
    /// What was cut short or left out on the way.
    pub warnings: Vec<Diagnostic>,
    /// The times of the events that it took; `None` when it took none.
    pub span: Option<TimeSpan>,
    /// How many events its head took, those of searches inside it aside.
    pub taken: u64,
}

impl Answer {
    /// No rows, and why.
    pub fn failed(diagnostic: Box<Diagnostic>) -> Self {
        Self { rows: Err(diagnostic), warnings: Vec::new(), span: None, taken: 0 }
    }

    /// All its rows in memory.
    ///
    /// # Errors
    /// Why there are none; `engine/memory` when they do not fit.
    pub fn whole(&self) -> Result<Batch, Box<Diagnostic>> {
        self.rows.as_ref().map_err(Box::clone)?.whole()
    }
}

/// What the searches of a run gave, by their [keys](Plan::key).
#[derive(Debug, Default)]
pub struct Answers(FxHashMap<Arc<str>, Answer>);

impl Answers {
    /// The answer of a search, if it has run.
    pub fn get(&self, key: &str) -> Option<&Answer> {
        self.0.get(key)
    }

    /// Keeps an answer.
    pub fn insert(&mut self, key: Arc<str>, answer: Answer) {
        self.0.insert(key, answer);
    }
}

/// Why a command did not give rows.
#[derive(Debug)]
pub enum Stop {
    /// It can't.
    Failed(Box<Diagnostic>),
    /// It needs the result of a search that has not run.
    Waits,
}

impl From<Box<Diagnostic>> for Stop {
    fn from(diagnostic: Box<Diagnostic>) -> Self {
        Self::Failed(diagnostic)
    }
}

/// What surrounds a command while it runs.
#[derive(Debug)]
pub struct Env<'a> {
    answers: &'a Answers,
    asked: Vec<Arc<Plan>>,
    warnings: Vec<Diagnostic>,
    span: Option<TimeSpan>,
}

impl<'a> Env<'a> {
    /// With the answers that there are.
    pub fn new(answers: &'a Answers) -> Self {
        Self { answers, asked: Vec::new(), warnings: Vec::new(), span: None }
    }

    /// The rows of these searches, in their order.
    ///
    /// # Errors
    /// [`Stop::Waits`] when one of them has not run; the problem of one that failed, with the place of that search.
    pub fn results(&mut self, searches: &[Arc<Plan>]) -> Result<Vec<Batch>, Stop> {
        let missing = searches.iter().filter(|search| self.answers.get(search.key()).is_none());
        self.asked.extend(missing.cloned());
        if !self.asked.is_empty() {
            return Err(Stop::Waits);
        }
        let answers = self.answers;
        let mut results = Vec::with_capacity(searches.len());
        for search in searches {
            let Some(answer) = answers.get(search.key()) else { return Err(Stop::Waits) };
            for warning in &answer.warnings {
                self.warn(placed(warning, search.span()));
            }
            self.span = wider(self.span, answer.span);
            match answer.whole() {
                Ok(rows) => results.push(rows),
                Err(problem) => return Err(Stop::Failed(Box::new(placed(&problem, search.span())))),
            }
        }
        Ok(results)
    }

    /// The rows of one search.
    ///
    /// # Errors
    /// As [`results`](Self::results).
    pub fn result(&mut self, search: &Arc<Plan>) -> Result<Batch, Stop> {
        let mut results = self.results(std::slice::from_ref(search))?;
        Ok(results.pop().unwrap_or_else(|| Batch::new(0)))
    }

    /// Says that something was left out.
    pub fn warn(&mut self, warning: Diagnostic) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// The searches that were asked for and have not run; the warnings; the times of the events that the searches
    /// took whose results were given.
    pub fn into_parts(self) -> (Vec<Arc<Plan>>, Vec<Diagnostic>, Option<TimeSpan>) {
        (self.asked, self.warnings, self.span)
    }
}

/// Another search's diagnostic at the place where this one holds it: searches with the same text share one answer, and
/// a search that was made from rows stands nowhere.
fn placed(diagnostic: &Diagnostic, at: Span) -> Diagnostic {
    let mut diagnostic = diagnostic.clone();
    diagnostic.labels.clear();
    diagnostic.source = None;
    diagnostic.at(at, "of this search")
}

/// The times of both.
pub(super) fn wider(a: Option<TimeSpan>, b: Option<TimeSpan>) -> Option<TimeSpan> {
    match (a, b) {
        (Some(a), Some(b)) => {
            let times = a.into_iter().chain(b);
            Some(times.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))))
        }
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_joined() {
        let some = |from, to| Some(Some((from, to)));
        for (a, b, both) in [
            (None, None, None),
            (some(1, 2), None, some(1, 2)),
            (Some(None), some(3, 4), some(3, 4)),
            (some(5, 9), some(3, 6), some(3, 9)),
            (None, Some(None), Some(None)),
        ] {
            assert_eq!(wider(a, b), both);
        }
    }
}
