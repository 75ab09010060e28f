//! Which parts of SPL rules use: by how many rules each command, option, function and aggregation is used, and how
//! many rules can't run.

use crate::record::RuleState;
use crate::rules::RuleSet;
use grotto_spl::ast::{Aggregate, Arg, Expr, Search, Stage, Word};
use grotto_spl::visit::{self, Visit};
use std::collections::{BTreeMap, BTreeSet};

/// A part of SPL, names in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A command.
    Command(String),
    /// A command's option.
    Option(String, String),
    /// A function of eval expressions.
    Function(String),
    /// An aggregation, as it is written: `perc95`.
    Aggregation(String),
}

/// Numbers of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rules {
    /// That use a part.
    pub using: usize,
    /// That use it and can't run, for this reason or another.
    pub not_running: usize,
}

/// What the rules of a set use.
#[derive(Debug, Clone, Default)]
pub struct Usage {
    /// By part.
    pub parts: BTreeMap<Part, Rules>,
    /// The reasons why rules can't run, each with the number of rules.
    pub reasons: BTreeMap<String, usize>,
    /// The number of rules.
    pub rules: usize,
}

impl Usage {
    /// Counts. A part that a rule uses twice counts once; of a rule that can't be parsed only the reason counts.
    pub fn of(set: &RuleSet) -> Self {
        let mut usage = Self { rules: set.rules.len(), ..Self::default() };
        for rule in &set.rules {
            let runs = rule.state == RuleState::Run;
            if let Some(reason) = &rule.reason {
                *usage.reasons.entry(reason.message.clone()).or_default() += 1;
            }
            let expanded = rule.expanded.as_ref().map(|expanded| grotto_spl::parse(&expanded.text));
            let Some(Ok(tree)) = expanded else { continue };
            for part in parts(&tree) {
                let rules = usage.parts.entry(part).or_default();
                rules.using += 1;
                rules.not_running += usize::from(!runs);
            }
        }
        usage
    }

    /// The rules that use a part.
    pub fn get(&self, part: &Part) -> Rules {
        self.parts.get(part).copied().unwrap_or_default()
    }
}

/// The parts of SPL that a search uses, each once.
pub fn parts(tree: &Search) -> BTreeSet<Part> {
    let mut parts = Parts::default();
    visit::search(tree, &mut parts);
    parts.found
}

/// The parts of one search.
#[derive(Default)]
struct Parts {
    found: BTreeSet<Part>,
    command: String,
}

impl Visit for Parts {
    fn stage(&mut self, stage: &Stage) {
        self.command = stage.command().unwrap_or_default();
        if !self.command.is_empty() {
            self.found.insert(Part::Command(self.command.clone()));
        }
    }

    fn option(&mut self, name: &Word, _: &Arg) {
        // The field of `regex field="…"` is no option.
        if self.command != "regex" {
            self.found.insert(Part::Option(self.command.clone(), name.raw.to_ascii_lowercase()));
        }
    }

    fn aggregate(&mut self, aggregate: &Aggregate) {
        self.found.insert(Part::Aggregation(aggregate.function.raw.to_ascii_lowercase()));
    }

    fn call(&mut self, name: &Word, _: &[Expr]) {
        self.found.insert(Part::Function(name.raw.to_ascii_lowercase()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grotto_content::Content;
    use grotto_engine::Context;
    use grotto_knowledge::Knowledge;
    use grotto_spl::MacroTable;

    fn rule(name: &str, search: &str) -> String {
        format!(
            "name: {name}\nid: 00000000-0000-4000-8000-{:012}\nversion: 1\nstatus: production\ntype: Hunting\n\
             description: d\nsearch: |-\n    {search}\ntests: []\n",
            name.len()
        )
    }

    #[test]
    fn parts_are_counted_by_rule() {
        let folder = tempfile::tempdir().unwrap();
        for (name, search) in [
            ("one", "a=1 | stats count max(x) as m by b | where len(b) > 1 AND len(m) > 1"),
            ("three", "a=1 | stats p95(x) | stats count | makemv delim=\",\" b"),
            ("cannot", "a=1 | stats count | mstats avg(x)"),
            ("is broken", "a=1 | stats"),
        ] {
            std::fs::write(folder.path().join(format!("{name}.yml")), rule(name, search)).unwrap();
        }
        let (content, _) = Content::load(&[folder.path().to_owned()]);
        let context = Context::default();
        let (knowledge, _) = Knowledge::load(&[], &context);
        let usage = Usage::of(&RuleSet::compile(&content, &MacroTable::default(), &knowledge, &context));
        assert_eq!(usage.rules, 4);
        let count = |part: Part| {
            let rules = usage.get(&part);
            (rules.using, rules.not_running)
        };
        assert_eq!(count(Part::Command("stats".into())), (4, 2));
        assert_eq!(count(Part::Command("search".into())), (4, 2));
        assert_eq!(count(Part::Command("mstats".into())), (1, 1));
        assert_eq!(count(Part::Aggregation("count".into())), (3, 1));
        assert_eq!(count(Part::Aggregation("p95".into())), (1, 0));
        assert_eq!(count(Part::Function("len".into())), (1, 0));
        assert_eq!(count(Part::Option("makemv".into(), "delim".into())), (1, 0));
        assert_eq!(usage.reasons.values().sum::<usize>(), 2, "{:?}", usage.reasons);
    }
}
