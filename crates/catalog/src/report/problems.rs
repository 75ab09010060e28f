//! What was passed over: rules that did not run, records and files that could not be read, rows that were held back.

use super::text;
use grotto_detect::record::{ErrorRecord, Record, RuleState};

/// Of each kind this many are shown.
const MOST: usize = 2_000;

/// What was passed over.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Problems {
    /// Rules that did not run.
    pub(crate) rules: Listed<Idle>,
    /// Files, records, rules' texts.
    pub(crate) errors: Listed<Said>,
    /// What is worth saying of rules that ran.
    pub(crate) notes: Listed<Said>,
    /// Rules with rows that were held back, and how many.
    pub(crate) throttled: Listed<(String, usize)>,
}

/// The first few of a kind, and how many more there are.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Listed<T> {
    pub(crate) shown: Vec<T>,
    pub(crate) more: usize,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { shown: Vec::new(), more: 0 }
    }
}

impl<T> Listed<T> {
    fn add(&mut self, one: impl FnOnce() -> T) {
        if self.shown.len() < MOST {
            self.shown.push(one());
        } else {
            self.more += 1;
        }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.shown.len() + self.more
    }
}

/// A rule that did not run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Idle {
    pub(crate) name: String,
    pub(crate) state: &'static str,
    pub(crate) slug: String,
    pub(crate) reason: String,
    pub(crate) place: String,
}

/// Something that was said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// The rule that it is about; empty for others.
    pub(crate) rule: String,
    pub(crate) severity: String,
    pub(crate) slug: String,
    pub(crate) message: String,
    pub(crate) place: String,
}

impl Problems {
    /// What the records say.
    pub(crate) fn of(records: &[Record]) -> Self {
        let mut out = Self::default();
        for record in records {
            match record {
                Record::Error(error) => out.errors.add(|| said("", error)),
                Record::Rule(rule) => {
                    let state = match rule.state {
                        RuleState::Run => "",
                        RuleState::Unsupported => "not supported",
                        RuleState::Invalid => "wrong in itself",
                    };
                    if !state.is_empty() {
                        out.rules.add(|| Idle {
                            name: text::line(&rule.name, 200),
                            state,
                            slug: text::line(rule.slug.as_deref().unwrap_or(""), 80),
                            reason: text::line(rule.reason.as_deref().unwrap_or(""), 400),
                            place: place(rule.file.as_deref(), rule.line),
                        });
                    }
                    for note in &rule.notes {
                        out.notes.add(|| said(&rule.name, note));
                    }
                    if rule.throttled > 0 {
                        out.throttled.add(|| (text::line(&rule.name, 200), rule.throttled));
                    }
                }
                Record::Finding(_) | Record::IntermediateFinding(_) | Record::Hit(_) | Record::Summary(_) => {
                }
            }
        }
        out
    }
}

fn said(rule: &str, error: &ErrorRecord) -> Said {
    Said {
        rule: text::line(rule, 200),
        severity: text::line(&error.severity, 20),
        slug: text::line(&error.slug, 80),
        message: text::line(&error.message, 400),
        place: place(error.file.as_deref(), error.line),
    }
}

fn place(file: Option<&str>, line: Option<usize>) -> String {
    match (file, line) {
        (None, _) => String::new(),
        (Some(file), None) => text::line(file, 300),
        (Some(file), Some(line)) => format!("{}:{line}", text::line(file, 300)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_bounded_and_counted() {
        let mut list = Listed::default();
        (0..MOST + 3).for_each(|n| list.add(|| n));
        assert_eq!((list.shown.len(), list.more, list.count()), (MOST, 3, MOST + 3));
        assert_eq!(place(Some("a"), Some(2)), "a:2");
    }
}
