//! A detection with its search, made ready for checks.

use crate::file::File;
use crate::flow::{self, Flow};
use grotto_content::{Detection, Status};
use grotto_diag::{Diagnostic, Span};
use grotto_engine::Context;
use grotto_engine::plan::Plan;
use grotto_spl::ast::Search;
use std::cell::OnceCell;

/// A detection with its search.
pub struct Rule<'a> {
    /// What its author wrote.
    pub detection: &'a Detection,
    /// Its file.
    pub file: &'a File<'a>,
    /// The rule as the engine sees it.
    pub compiled: &'a grotto_detect::Rule,
    /// The search as it is written, macro calls as nodes; `None` when it can't be parsed that way.
    pub written: Option<Search>,
    /// The search with macros replaced; `None` when it can't be parsed.
    pub tree: Option<Search>,
    flow: OnceCell<Flow>,
    problems: OnceCell<Vec<Diagnostic>>,
}

impl<'a> Rule<'a> {
    pub(crate) fn new(compiled: &'a grotto_detect::Rule, file: &'a File<'a>) -> Self {
        let detection = &compiled.detection;
        let written = grotto_spl::parse(&detection.search).ok();
        let tree = compiled.expanded.as_ref().and_then(|e| grotto_spl::parse(&e.text).ok());
        Self { detection, file, compiled, written, tree, flow: OnceCell::new(), problems: OnceCell::new() }
    }

    /// The expanded search.
    pub fn text(&self) -> &str {
        self.compiled.expanded.as_ref().map_or("", |e| e.text.as_str())
    }

    /// Range of the file that a place of the expanded search came from; `None` for what a macro brought along.
    pub fn place(&self, span: Span) -> Option<Span> {
        let expanded = self.compiled.expanded.as_ref()?;
        if expanded.macro_of(span).is_some() {
            return None;
        }
        Some(self.detection.search.map(expanded.origin(span)))
    }

    /// Which fields there are at each stage.
    pub fn flow(&self) -> &Flow {
        self.flow.get_or_init(|| self.tree.as_ref().map(flow::of).unwrap_or_default())
    }

    /// Why the rule can't run, with places in its file: the reason that it was given, and what else its stages have. None
    /// for a rule that runs.
    pub(crate) fn problems(&self, context: &Context) -> &[Diagnostic] {
        self.problems.get_or_init(|| {
            let Some(reason) = &self.compiled.reason else { return Vec::new() };
            let mut out = vec![reason.clone()];
            let stages = self.tree.iter().flat_map(|tree| Plan::problems(tree, context));
            // Of arguments that a rule of another reason has besides nothing is said: grotto takes fewer forms than Splunk.
            let stages = stages.filter(|problem| !problem.slug.starts_with("spl/"));
            for problem in stages.map(|problem| self.compiled.located(&problem)) {
                let same = |each: &Diagnostic| each.slug == problem.slug && each.place() == problem.place();
                if !out.iter().any(same) {
                    out.push(problem);
                }
            }
            out
        })
    }

    /// Whether its author says that it is ready for use.
    pub fn is_production(&self) -> bool {
        self.detection.status == Status::Production
    }
}
