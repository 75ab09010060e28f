//! `replace`: replaces whole values.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::pipeline::{Command, FieldSet, Kind, Pattern, columns, is_hidden};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, FieldName};
use grotto_spl::ast::{Arg, Word};
use grotto_spl::text;
use std::sync::Arc;

pub(super) static REPLACE: Spec = Spec {
    name: "replace",
    aliases: &[],
    summary: "Replaces whole values that fit a pattern, in the named fields or in all.",
    syntax: "replace <pattern> WITH <text> [, <pattern> WITH <text>]... [IN <fields>]",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/replace",
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| replace 127.0.0.1 WITH localhost IN host",
            input: r#"[{"host": "127.0.0.1", "src": "127.0.0.1"}]"#,
            expected: r#"[{"host": "localhost", "src": "127.0.0.1"}]"#,
        },
        Example {
            spl: "| replace \"* desktop\" WITH \"Desktop of *\", a WITH b",
            input: r#"[{"x": "Ann's desktop", "y": "a", "z": "ab"}]"#,
            expected: r#"[{"x": "Desktop of Ann's", "y": "b", "z": "ab"}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let rest = call.split(&[])?.rest;
    let mut words = Vec::new();
    let mut fields: Option<Vec<String>> = None;
    for arg in rest {
        match arg {
            Arg::Word(word) if word.is_keyword("in") && fields.is_none() => fields = Some(Vec::new()),
            Arg::Word(word) => match &mut fields {
                Some(fields) => fields.push(text::field(word)),
                None => words.push(word),
            },
            other => return Err(call.unexpected(other)),
        }
    }
    let mut rules = Vec::new();
    for rule in words.chunks(3) {
        let [from, with, to]: &[&Word; 3] = match rule.try_into() {
            Ok(rule) => rule,
            Err(_) => return Err(call.missing("<pattern> WITH <text>")),
        };
        if !with.is_keyword("with") {
            return Err(call.bad(with.at.0, "expected WITH"));
        }
        let (from, to) = (Pattern::new(&text::argument(from)), Pattern::new(&text::argument(to)));
        if to.stars() > 0 && to.stars() != from.stars() {
            return Err(
                call.bad(rule[2].at.0, "the text must have as many wildcards as the pattern, or none")
            );
        }
        rules.push((from, to));
    }
    if rules.is_empty() {
        return Err(call.missing("<pattern> WITH <text>"));
    }
    Ok(Box::new(Replace { rules, fields }))
}

struct Replace {
    rules: Vec<(Pattern, Pattern)>,
    /// `None` for all.
    fields: Option<Vec<String>>,
}

impl Command for Replace {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        after.clone()
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let wanted = |name: &str| match &self.fields {
            Some(fields) => fields.iter().any(|field| field == name),
            None => !name.starts_with('_') && !is_hidden(name),
        };
        let names: Vec<FieldName> = rows.names().filter(|name| wanted(name)).cloned().collect();
        for name in names {
            let Some(column) = rows.column(&name) else { continue };
            let mut changed = false;
            let values: Vec<Value> = (0..rows.rows())
                .map(|row| {
                    let texts = columns::texts(column.cell(row));
                    if texts.iter().all(|text| self.replaced(text).is_none()) {
                        return column.cell(row).into();
                    }
                    changed = true;
                    Value::list(texts.into_iter().map(|text| self.replaced(&text).unwrap_or(text)).collect())
                })
                .collect();
            if changed {
                rows.set(Arc::clone(&name), columns::column(&values));
            }
        }
        Ok(rows)
    }
}

impl Replace {
    /// What the first rule that fits makes of a value.
    fn replaced(&self, text: &str) -> Option<String> {
        self.rules.iter().find_map(|(from, to)| from.captures(text).map(|found| to.fill(&found)))
    }
}
