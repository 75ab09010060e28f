//! `regex`: keeps the rows whose field a regular expression is found in.

use super::{Build, Call, Example, Spec};
use crate::eval::holding;
use crate::pattern::Pattern;
use crate::pipeline::{Command, FieldSet, Kind, columns};
use crate::plan::unless;
use crate::predicate::{Formula, Predicate};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::ast::Arg;
use grotto_spl::text;
use std::sync::Arc;

pub(super) static REGEX: Spec = Spec {
    name: "regex",
    aliases: &[],
    summary: "Keeps the rows whose field, _raw by default, a regular expression is found in; with != those in which               it is not.",
    syntax: "regex [<field>=|<field>!=]\"<regular expression>\"",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/regex",
    deviations: &[],
    assumptions: &["regex-not-equal-missing"],
    examples: &[
        Example {
            spl: "| regex process=\"(?i)^c:\\\\\\\\temp\\\\\\\\[a-z]+\\.exe$\"",
            input: r#"[{"process": "C:\\Temp\\x.exe"}, {"process": "C:\\Temp\\1.exe"}, {"n": 1}]"#,
            expected: r#"[{"process": "C:\\Temp\\x.exe"}]"#,
        },
        Example {
            spl: "| regex user!=\"\\$$\"",
            input: r#"[{"user": "HOST1$"}, {"user": "ann"}]"#,
            expected: r#"[{"user": "ann"}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let (field, negated, word) = match call.args {
        [] => return Err(call.missing("a regular expression")),
        [Arg::Word(word)] => ("_raw".to_owned(), false, word),
        [arg @ Arg::Option { name, negated, value }] => {
            (text::field(name), *negated, value.word().ok_or_else(|| call.unexpected(arg))?)
        }
        [_, other, ..] | [other] => return Err(call.unexpected(other)),
    };
    let pattern = Pattern::compile(&text::argument(word), word.at.0)?;
    Ok(Box::new(Regex { field, negated, pattern }))
}

struct Regex {
    field: String,
    negated: bool,
    pattern: Pattern,
}

impl Command for Regex {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        after.with(&self.field)
    }

    fn before(&self, after: &Arc<Predicate>) -> Formula {
        unless(false, after)
    }

    fn is_filter(&self) -> bool {
        true
    }

    fn requires(&self) -> Formula {
        if self.negated { Formula::Always } else { holding(&self.field, &self.pattern) }
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let found = |row| {
            let mut found = false;
            columns::each(rows.cell(&self.field, row), |cell| {
                found = found || columns::with_text(cell, |text| self.pattern.is_match(text));
            });
            found
        };
        let mask: Vec<bool> = (0..rows.rows()).map(|row| found(row) != self.negated).collect();
        Ok(rows.filter(&mask.into()))
    }
}
