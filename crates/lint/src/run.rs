//! Runs every lint over content.

use crate::cx::Cx;
use crate::file::{self, File};
use crate::lints::{self, LINTS};
use crate::out::Out;
use crate::rule::Rule;
use crate::suppress::{self, Allow};
use crate::{Check, Level, Lint, Severities};
use grotto_content::{Content, Text};
use grotto_detect::RuleSet;
use grotto_diag::{Diagnostic, Severity};
use grotto_engine::Context;
use grotto_knowledge::Knowledge;
use grotto_spl::MacroTable;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    /// Sorted by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// How many were allowed by a comment.
    pub allowed: usize,
    /// How many files were looked at.
    pub files: usize,
}

impl Report {
    /// How many there are of each slug, the most first.
    pub fn counts(&self) -> Vec<(&'static str, Severity, usize)> {
        let mut counts: BTreeMap<(&'static str, Severity), usize> = BTreeMap::new();
        for diagnostic in &self.diagnostics {
            *counts.entry((diagnostic.slug, diagnostic.severity)).or_default() += 1;
        }
        let mut counts: Vec<_> =
            counts.into_iter().map(|((slug, severity), n)| (slug, severity, n)).collect();
        counts.sort_by_key(|(slug, severity, n)| (std::cmp::Reverse(*n), *slug, *severity));
        counts
    }

    /// How many there are of a severity.
    pub fn of(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|d| d.severity == severity).count()
    }
}

/// What is looked at.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// What was loaded.
    pub content: &'a Content,
    /// What was said when it was loaded: it becomes part of the report.
    pub loaded: &'a [Diagnostic],
    /// Macros of rules, pack, add-ons and user.
    pub macros: &'a MacroTable,
    /// Search-time knowledge.
    pub knowledge: &'a Knowledge,
    /// Settings, with all lookups.
    pub context: &'a Context,
    /// Folders and files to report on; everything if there are none. The rest of the content is only looked up.
    pub scope: &'a [PathBuf],
}

impl Input<'_> {
    fn is_in_scope(&self, path: &Path) -> bool {
        self.scope.is_empty() || self.scope.iter().any(|scope| path.starts_with(scope))
    }
}

/// Looks at content.
pub fn run(input: &Input<'_>, severities: &Severities) -> Report {
    let Input { content, macros, knowledge, context, .. } = *input;
    let set = RuleSet::compile(content, macros, knowledge, context);
    let cx = Cx::new(content, macros, knowledge, context);
    let rules: Vec<_> = set.rules.par_iter().filter(|rule| input.is_in_scope(&rule.detection.path)).collect();
    let rules: Vec<_> = rules.par_iter().filter_map(|rule| of_rule(rule, &cx)).collect();
    let others: Vec<_> =
        file::others(content).into_iter().filter(|(_, path, _)| input.is_in_scope(path)).collect();
    let others: Vec<_> = others
        .par_iter()
        .filter_map(|(subject, path, source)| {
            Some(of_other(&file::of(*subject, path, source, content)?, &cx))
        })
        .collect();
    let mut report = Report { files: rules.len() + others.len(), ..Report::default() };
    let here = |d: &&Diagnostic| d.file().is_none_or(|file| input.is_in_scope(Path::new(file)));
    report.diagnostics = input.loaded.iter().filter(here).cloned().collect();
    for (found, allowed) in rules.into_iter().chain(others) {
        report.diagnostics.extend(found);
        report.allowed += allowed;
    }
    report.diagnostics.retain_mut(|diagnostic| weigh(diagnostic, severities));
    report.diagnostics.sort_by(|a, b| place(a).cmp(&place(b)));
    report.diagnostics.dedup();
    report
}

/// What is sorted by.
fn place(diagnostic: &Diagnostic) -> (Option<&str>, usize, &str) {
    let start = diagnostic.labels.first().map_or(0, |label| label.span.start);
    (diagnostic.file(), start, diagnostic.slug)
}

/// Gives it the weight that the project wants; `false` when it is off. A note stays a note: it is one because the file
/// is older than what the lint asks for.
fn weigh(diagnostic: &mut Diagnostic, severities: &Severities) -> bool {
    let own = lints::find(diagnostic.slug).map(|lint| lint.severity);
    match severities.get(diagnostic.slug) {
        Some(Level::Off) => return false,
        Some(Level::On(severity)) if own.is_none_or(|own| diagnostic.severity >= own) => {
            diagnostic.severity = severity;
        }
        _ => {}
    }
    true
}

fn of_rule(compiled: &grotto_detect::Rule, cx: &Cx<'_>) -> Option<(Vec<Diagnostic>, usize)> {
    let file = file::of_detection(&compiled.detection)?;
    let rule = Rule::new(compiled, &file);
    let mut found = check(&file, Some(&rule), cx);
    found.extend(lints::of_compilation(&rule, cx));
    let mut searches: Vec<&Text> = vec![&compiled.detection.search];
    searches.extend(compiled.detection.drilldown_searches.iter().map(|d| &d.search));
    Some(allow(&file, found, &suppress::of_file(&file, &searches)))
}

fn of_other(file: &File<'_>, cx: &Cx<'_>) -> (Vec<Diagnostic>, usize) {
    let found = check(file, None, cx);
    allow(file, found, &suppress::of_file(file, &[]))
}

fn check(file: &File<'_>, rule: Option<&Rule<'_>>, cx: &Cx<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for lint in LINTS {
        let mut out = Out::new(lint, file);
        match (lint.check, rule) {
            (Check::File(check), _) => check(file, cx, &mut out),
            (Check::Rule(check), Some(rule)) => check(rule, cx, &mut out),
            _ => {}
        }
        found.extend(out.finish());
    }
    found
}

/// Takes out what comments allow, and says what is wrong with the comments.
fn allow(file: &File<'_>, found: Vec<Diagnostic>, allows: &[Allow]) -> (Vec<Diagnostic>, usize) {
    let before = found.len();
    let mut used = vec![false; allows.len()];
    let mut kept: Vec<Diagnostic> = found
        .into_iter()
        .filter(|diagnostic| {
            let place = diagnostic.labels.first().map(|label| label.span);
            let by = allows.iter().position(|allow| allow.covers(diagnostic.slug, place));
            if let Some(by) = by {
                used[by] = true;
            }
            by.is_none()
        })
        .collect();
    let allowed = before - kept.len();
    let mut say = |lint: &'static Lint, allow: &Allow, message: String| {
        let mut out = Out::new(lint, file);
        out.at(allow.span, message);
        kept.extend(out.finish());
    };
    for (allow, used) in allows.iter().zip(used) {
        let slugs = allow.slugs.join(", ");
        if allow.reason.is_empty() {
            say(&lints::ALLOW_WITHOUT_REASON, allow, format!("`allow({slugs})` gives no reason"));
        }
        if let Some(wrong) =
            allow.slugs.iter().find(|slug| lints::find(slug).is_none() && !slug.contains('/'))
        {
            say(&lints::ALLOW_UNUSED, allow, format!("no lint is called `{wrong}`"));
        } else if !used {
            say(&lints::ALLOW_UNUSED, allow, format!("nothing here needs `allow({slugs})`"));
        }
    }
    (kept, allowed)
}
