//! Every condition, expression and regular expression of the public rules compiles, but for what is not there yet.

use grotto_content::Content;
use grotto_engine::Context;
use grotto_engine::eval::Expression;
use grotto_engine::pattern::Pattern;
use grotto_engine::predicate::Formula;
use grotto_spl::ast::{Aggregate, AggregateArg, Arg, Search, Stage};
use grotto_spl::{MacroDefinition, text};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What was compiled, and the first example of each reason why something was not.
#[derive(Debug, Default)]
struct Tally {
    formulas: usize,
    predicates: usize,
    expressions: usize,
    patterns: usize,
    refused: BTreeMap<String, Vec<String>>,
}

impl Tally {
    fn refuse(&mut self, rule: &str, reason: String) {
        self.refused.entry(reason).or_default().push(rule.to_owned());
    }

    fn search(&mut self, rule: &str, search: &Search, context: &Context) {
        for stage in &search.stages {
            for arg in &stage.args {
                self.arg(rule, arg, context);
            }
            if matches!(stage.command().as_deref(), Some("rex" | "regex")) {
                self.patterns(rule, stage);
            }
        }
    }

    fn arg(&mut self, rule: &str, arg: &Arg, context: &Context) {
        match arg {
            Arg::Search(expr) | Arg::Where(expr) => match Formula::compile(expr, context) {
                Ok(formula) => {
                    self.formulas += 1;
                    self.predicates += formula.predicates().len();
                }
                Err(e) => self.refuse(rule, e.slug.to_owned()),
            },
            Arg::Expr(expr) => self.expression(rule, Expression::compile(expr, context)),
            Arg::Assign { value, .. } => {
                self.expression(rule, Expression::compile_assignment(value, context));
            }
            Arg::Aggregate(aggregate) => self.aggregate(rule, aggregate, context),
            Arg::Subsearch(search) => self.search(rule, search, context),
            _ => {}
        }
    }

    fn aggregate(&mut self, rule: &str, aggregate: &Aggregate, context: &Context) {
        for arg in &aggregate.args {
            match arg {
                AggregateArg::Eval(expr) => self.expression(rule, Expression::compile(expr, context)),
                AggregateArg::Aggregate(inner) => self.aggregate(rule, inner, context),
                AggregateArg::Field(_) | AggregateArg::Macro(_) => {}
            }
        }
    }

    fn expression(&mut self, rule: &str, result: Result<Expression, Box<grotto_diag::Diagnostic>>) {
        match result {
            Ok(_) => self.expressions += 1,
            Err(e) => self.refuse(rule, format!("{}: {} {:?}", e.slug, e.message, e.labels[0].message)),
        }
    }

    fn patterns(&mut self, rule: &str, stage: &Stage) {
        let sed = stage.args.iter().any(|arg| match arg {
            Arg::Option { name, .. } => name.raw == "mode",
            _ => false,
        });
        let words = stage.args.iter().filter_map(|arg| match arg {
            Arg::Word(word) => Some(word),
            Arg::Option { value, .. } if stage.command().as_deref() == Some("regex") => value.word(),
            _ => None,
        });
        for word in words.filter(|_| !sed) {
            match Pattern::new(&text::argument(word)) {
                Ok(_) => self.patterns += 1,
                Err(reason) => self.refuse(rule, format!("regex {}: {reason}", word.raw)),
            }
        }
    }
}

fn tally(corpus: &str) -> Option<Tally> {
    let dir = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus")).join(corpus);
    if !dir.is_dir() {
        eprintln!("left out: {} is not there", dir.display());
        return None;
    }
    let (content, _) = Content::load(&[dir]);
    let mut macros = content.macro_table();
    // Splunk's own add-on for the data models defines it.
    macros.insert(MacroDefinition {
        name: "drop_dm_object_name".to_owned(),
        arguments: vec!["name".to_owned()],
        definition: "rename $name$.* as *".to_owned(),
        iseval: false,
    });
    let mut tally = Tally::default();
    for rule in &content.detections {
        let expanded = match macros.expand(rule.search.as_str()) {
            Ok(expanded) => expanded,
            Err(e) => {
                tally.refuse(&rule.name, e.slug.to_owned());
                continue;
            }
        };
        match grotto_spl::parse(&expanded.text) {
            Ok(search) => tally.search(&rule.name, &search, &Context::default()),
            Err(e) => tally.refuse(&rule.name, e.slug.to_owned()),
        }
    }
    Some(tally)
}

/// What others have to do away with before: subsearches are replaced by what they find, macros that Splunk's own
/// add-ons define are not in the corpus, and what can't be parsed is the parser's to say.
fn is_expected(reason: &str) -> bool {
    reason == "engine/subsearch-left" || reason.starts_with("spl/")
}

fn check(corpus: &str, formulas: usize, predicates: usize, expressions: usize, patterns: usize) {
    let Some(tally) = tally(corpus) else { return };
    let unexpected: Vec<_> = tally.refused.iter().filter(|(reason, _)| !is_expected(reason)).collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    let counts = [tally.formulas, tally.predicates, tally.expressions, tally.patterns];
    let least = [formulas, predicates, expressions, patterns];
    assert!(counts.iter().zip(least).all(|(count, least)| *count >= least), "{counts:?} of {least:?}");
}

#[test]
fn the_rules_of_2024_compile() {
    check("escu-2024", 3600, 8800, 1300, 200);
}

#[test]
fn the_rules_of_2026_compile() {
    check("escu-2026", 1, 1, 0, 0);
}
