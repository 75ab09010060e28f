//! `fields`: keeps or removes fields.

use super::table::{arranged, kept, restrict};
use super::{Build, Call, Example, Spec};
use crate::pipeline::{Command, FieldSet, Kind, Pattern};
use crate::plan::unless;
use crate::predicate::{Formula, Predicate};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::text;
use std::sync::Arc;

pub(super) static FIELDS: Spec = Spec {
    name: "fields",
    aliases: &[],
    summary: "Keeps the named fields, and `_time` and `_raw`; with a minus, removes the named fields.",
    syntax: "fields [+|-] <fields>",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/fields",
    deviations: &[],
    assumptions: &["wildcard-skips-internal"],
    examples: &[
        Example {
            spl: "| fields b a",
            input: r#"[{"_time": 1, "a": "1", "b": "2", "c": "3"}]"#,
            expected: r#"[{"b": "2", "a": "1", "_time": 1}]"#,
        },
        Example {
            spl: "| fields - _time, c*",
            input: r#"[{"_time": 1, "a": "1", "b": "2", "c": "3", "cc": "4"}]"#,
            expected: r#"[{"a": "1", "b": "2"}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let mut rest = call.split(&[])?.rest;
    let sign =
        rest.first().and_then(|arg| arg.word()).filter(|word| word.is_keyword("+") || word.is_keyword("-"));
    let mut remove = false;
    if let Some(sign) = sign {
        remove = sign.raw == "-";
        rest.remove(0);
    }
    let mut fields = call.patterns(&rest)?;
    // The sign may stand directly before the first field.
    if sign.is_none()
        && let Some(first) = rest.first().and_then(|arg| arg.word())
        && let Some(name) = first.raw.strip_prefix(['-', '+']).filter(|_| text::field(first) == first.raw)
    {
        remove = first.raw.starts_with('-');
        fields[0] = Pattern::new(name);
    }
    if remove {
        return Ok(Box::new(Remove(fields)));
    }
    fields.push(Pattern::new("_*"));
    Ok(Box::new(Keep(fields)))
}

struct Keep(Vec<Pattern>);

impl Command for Keep {
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
        Ok(arranged(&rows, &self.0, false))
    }
}

struct Remove(Vec<Pattern>);

impl Command for Remove {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn keeps_rows(&self) -> bool {
        true
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        self.0.iter().for_each(|pattern| needs.remove_matching(pattern));
        needs
    }

    fn before(&self, after: &Arc<Predicate>) -> Formula {
        let removed = self.0.iter().any(|pattern| pattern.matches(after.field()));
        if removed { Formula::Never } else { unless(false, after) }
    }

    fn leaves(&self, field: &str) -> bool {
        !self.0.iter().any(|pattern| pattern.matches(field))
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        rows.retain(|name| !self.0.iter().any(|pattern| pattern.matches(name)));
        Ok(rows)
    }
}
