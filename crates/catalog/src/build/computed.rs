//! Which fields a search makes itself, as far as a stage.

use grotto_spl::ast::{Aggregate, AggregateArg, Arg, Expr, ExprKind, Search, Stage, Word};
use grotto_spl::{print, text, visit};
use std::collections::BTreeSet;

/// Aggregations that give values of the field as they are.
const SAME_VALUES: [&str; 8] = ["earliest", "first", "last", "latest", "list", "mode", "values", "sparkline"];

/// Fields that a search makes itself.
#[derive(Debug, Clone, Default)]
pub(super) struct Computed(BTreeSet<String>);

impl Computed {
    /// Whether the field is the search's own.
    pub(super) fn has(&self, field: &str) -> bool {
        self.0.contains(field)
    }

    fn set(&mut self, field: String, own: bool) {
        if own {
            self.0.insert(field);
        } else {
            self.0.remove(&field);
        }
    }

    /// Goes on behind a stage.
    pub(super) fn after(&mut self, stage: &Stage) {
        let command = stage.command().unwrap_or_default();
        for arg in &stage.args {
            match (command.as_str(), arg) {
                (_, Arg::Assign { target, value }) => {
                    let name = text::field(target);
                    let own = !reads(value, &name) && !self.is_copy(value);
                    self.set(name, own);
                }
                (_, Arg::Aggregate(aggregate)) => self.aggregate(aggregate),
                ("rename", Arg::As { what, name }) => {
                    if let Some(old) = what.word().map(text::field) {
                        let own = self.has(&old);
                        self.set(text::field(name), own);
                    }
                }
                ("convert", Arg::As { name, .. }) => self.set(text::field(name), true),
                ("rex", Arg::Word(word)) => {
                    for name in groups(&word.raw) {
                        self.set(name, true);
                    }
                }
                ("spath", Arg::Option { name, value, .. }) if name.is_keyword("output") => {
                    if let Some(word) = value.word() {
                        self.set(text::field(word), true);
                    }
                }
                _ => {}
            }
        }
        if command == "lookup" {
            for name in outputs(stage) {
                self.set(name, true);
            }
        }
    }

    fn aggregate(&mut self, aggregate: &Aggregate) {
        let function = aggregate.function.raw.to_ascii_lowercase();
        let field = match aggregate.args.as_slice() {
            [AggregateArg::Field(field)] => Some(text::field(field)),
            _ => None,
        };
        let name = match &aggregate.alias {
            Some(alias) => text::field(alias),
            None if aggregate.args.is_empty() => function.clone(),
            None => print::aggregate(aggregate),
        };
        let own = match &field {
            Some(field) if SAME_VALUES.contains(&function.as_str()) => self.has(field),
            _ => true,
        };
        self.set(name, own);
    }

    /// Whether an expression is a field that the search did not make.
    fn is_copy(&self, expr: &Expr) -> bool {
        matches!(&expr.kind, ExprKind::Field(word) if !self.has(&text::field(word)))
    }
}

/// Whether an expression reads a field.
fn reads(expr: &Expr, field: &str) -> bool {
    struct Reads<'f>(&'f str, bool);
    impl visit::Visit for Reads<'_> {
        fn expression(&mut self, expr: &Expr) {
            self.1 |= matches!(&expr.kind, ExprKind::Field(word) if text::field(word) == self.0);
        }
    }
    let stage = Stage {
        head: grotto_spl::ast::Head::Command("where".to_owned()),
        args: vec![Arg::Expr(expr.clone())],
        at: expr.at,
    };
    let mut found = Reads(field, false);
    visit::search(&Search { stages: vec![stage], at: expr.at }, &mut found);
    found.1
}

/// The names of the groups of a regular expression.
fn groups(pattern: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in pattern.match_indices("(?") {
        let rest = &pattern[at + 2..];
        let Some(rest) = rest.strip_prefix('P').unwrap_or(rest).strip_prefix('<') else { continue };
        let Some((name, _)) = rest.split_once('>') else { continue };
        if !name.starts_with(['=', '!']) {
            names.push(name.to_owned());
        }
    }
    names
}

/// The parts of a `lookup`: the table, and the words behind it as far as `OUTPUT`, and behind that.
pub(super) fn lookup_words(stage: &Stage) -> (Option<&Word>, Vec<&Arg>, Vec<&Arg>) {
    let mut words = stage.args.iter().filter(|arg| !matches!(arg, Arg::Option { .. }));
    let table = words.next().and_then(Arg::word);
    let (mut input, mut output, mut behind) = (Vec::new(), Vec::new(), false);
    for arg in words {
        match arg {
            Arg::Word(word) if word.is_keyword("output") || word.is_keyword("outputnew") => behind = true,
            _ if behind => output.push(arg),
            _ => input.push(arg),
        }
    }
    (table, input, output)
}

/// The fields that a `lookup` gives.
fn outputs(stage: &Stage) -> Vec<String> {
    let name = |arg: &&Arg| match arg {
        Arg::Word(word) => Some(text::field(word)),
        Arg::As { name, .. } => Some(text::field(name)),
        _ => None,
    };
    lookup_words(stage).2.iter().filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_fields_are_told_from_those_of_events() {
        for (spl, own) in [
            ("a=1 | stats count values(b) as b2 max(c) as m by d", "count m"),
            ("a=1 | eval x=1, y=a, a=lower(a)", "x"),
            ("a=1 | stats count by p | rename count as n p as q", "count n"),
            ("a=1 | rex field=a \"(?<d>x)(?P<e>y)(?<!z)\"", "d e"),
            ("a=1 | lookup t k as a OUTPUT v as w, u", "u w"),
            ("a=1 | eval n=len(a) | stats values(n) as n by a", "n"),
        ] {
            let tree = grotto_spl::parse(spl).unwrap();
            let mut computed = Computed::default();
            tree.stages.iter().for_each(|stage| computed.after(stage));
            assert_eq!(computed.0.into_iter().collect::<Vec<_>>().join(" "), own, "{spl}");
        }
    }
}
