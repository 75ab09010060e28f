//! `table`: keeps fields, in the order in which they are named.

use super::{Build, Call, Example, Spec};
use crate::pipeline::{Command, FieldSet, Kind, Pattern, is_hidden};
use crate::plan::unless;
use crate::predicate::{Formula, Predicate};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column, FieldName};
use std::sync::Arc;

pub(super) static TABLE: Spec = Spec {
    name: "table",
    aliases: &[],
    summary: "Keeps the named fields and no others, in that order.",
    syntax: "table <fields>",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/table",
    deviations: &["Splunk counts it among the transforming commands; here it works on each row by itself"],
    assumptions: &["wildcard-skips-internal"],
    examples: &[
        Example {
            spl: "| table b, a missing",
            input: r#"[{"_time": 1, "a": "1", "b": "2", "c": "3"}]"#,
            expected: r#"[{"b": "2", "a": "1"}]"#,
        },
        Example {
            spl: "| table c *_id",
            input: r#"[{"z_id": "1", "a_id": "2", "c": "3", "x": "4"}]"#,
            expected: r#"[{"c": "3", "a_id": "2", "z_id": "1"}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let rest = call.split(&[])?.rest;
    Ok(Box::new(Table(call.patterns(&rest)?)))
}

struct Table(Vec<Pattern>);

impl Command for Table {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn keeps_rows(&self) -> bool {
        true
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        restrict(&self.0, after)
    }

    fn before(&self, after: &Arc<Predicate>) -> Formula {
        kept(&self.0, after)
    }

    fn leaves(&self, field: &str) -> bool {
        self.0.iter().any(|pattern| pattern.matches(field))
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        Ok(arranged(&rows, &self.0, true))
    }
}

/// What a row said before only fields that fit patterns were left of it.
pub(super) fn kept(patterns: &[Pattern], after: &Arc<Predicate>) -> Formula {
    let stays = patterns.iter().any(|pattern| pattern.matches(after.field()));
    if stays { unless(false, after) } else { Formula::Never }
}

/// The fields of `after` that patterns let pass.
pub(super) fn restrict(patterns: &[Pattern], after: &FieldSet) -> FieldSet {
    let mut needs = FieldSet::none();
    for pattern in patterns {
        if !pattern.is_plain() && !after.is_all() {
            needs.extend(after.names().filter(|name| pattern.matches(name)));
            if after.patterns().next().is_some() {
                needs.insert_pattern(pattern);
            }
        } else if !pattern.is_plain() || after.contains(pattern.text()) {
            needs.insert_pattern(pattern);
        }
    }
    needs
}

/// The columns that fit, in the order of patterns, those of one pattern by name; then the hidden ones.
pub(super) fn arranged(rows: &Batch, patterns: &[Pattern], make_missing: bool) -> Batch {
    let mut out = Batch::new(rows.rows());
    for pattern in patterns {
        let mut names: Vec<&FieldName> = rows.names().filter(|name| pattern.matches(name)).collect();
        names.sort();
        if pattern.is_plain() && names.is_empty() && make_missing {
            names.push(pattern.text());
        }
        for name in names {
            if out.column(name).is_none() {
                let column = rows.column(name).cloned().unwrap_or_else(|| Column::null(rows.rows()));
                out.set(Arc::clone(name), column);
            }
        }
    }
    for (name, column) in rows.columns().filter(|(name, _)| is_hidden(name)) {
        out.set(Arc::clone(name), column.clone());
    }
    out
}
