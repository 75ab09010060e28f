//! What a lint is made of.

use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::rule::Rule;
use grotto_content::Generation;
use grotto_diag::Severity;
use std::fmt::Write;

/// One kind of problem: its page, and the check that finds it.
#[derive(Debug)]
pub struct Lint {
    /// Stable name, `area/name`.
    pub slug: &'static str,
    /// One line: what is wrong.
    pub summary: &'static str,
    /// What is looked for.
    pub what: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What fires it: the keys that matter, the rest of the file being in order.
    pub bad: &'static str,
    /// What to write instead.
    pub good: &'static str,
    /// What it weighs unless configured otherwise.
    pub severity: Severity,
    /// The first generation of the schema that asks for it: in an older file it is worth no more than a note.
    pub since: Generation,
    /// Finds it.
    pub check: Check,
}

/// What a check looks at.
#[derive(Clone, Copy)]
pub enum Check {
    /// A file of any kind, as it is written.
    File(fn(&File<'_>, &Cx<'_>, &mut Out<'_>)),
    /// A detection with its search.
    Rule(fn(&Rule<'_>, &Cx<'_>, &mut Out<'_>)),
    /// Nothing by itself: whoever runs the lints says it.
    Elsewhere,
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::File(_) => "File",
            Self::Rule(_) => "Rule",
            Self::Elsewhere => "Elsewhere",
        })
    }
}

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A detection.
    Detection,
    /// A macro.
    Macro,
    /// A lookup.
    Lookup,
    /// A story.
    Story,
    /// A data source.
    DataSource,
}

impl Subject {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Detection => "detection",
            Self::Macro => "macro",
            Self::Lookup => "lookup",
            Self::Story => "story",
            Self::DataSource => "data source",
        }
    }
}

impl Lint {
    /// The page, in Markdown.
    pub fn page(&self) -> String {
        let mut out = format!("# {}\n\n{}.\n\n", self.slug, self.summary);
        let _ = writeln!(out, "## What it does\n\n{}\n", self.what);
        let _ = writeln!(out, "## Why is this bad\n\n{}\n", self.why);
        let _ = writeln!(out, "## Example\n\n```yaml\n{}\n```\n", self.bad.trim_matches('\n'));
        let _ = writeln!(out, "## Use instead\n\n```yaml\n{}\n```\n", self.good.trim_matches('\n'));
        let since = match self.since {
            Generation::One => "all generations of the rule schema",
            Generation::Two => "the schema of contentctl 5 (`rba:`) and newer; in older files it is a note",
            Generation::Three => "the newest schema (`finding:`); in older files it is a note",
        };
        let _ = writeln!(out, "Default severity: {}. Concerns {since}.", self.severity.name());
        out
    }
}
