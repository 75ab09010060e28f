//! `bin`: puts times and numbers into bins.

use super::grouping::Span;
use super::{Build, Call, Example, Spec};
use crate::pipeline::{Command, FieldSet, Kind, columns, nanoseconds};
use crate::value::format_number;
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};
use grotto_spl::ast::Arg;
use grotto_spl::text;
use jiff::tz::TimeZone;

pub(super) static BIN: Spec = Spec {
    name: "bin",
    aliases: &["bucket", "discretize"],
    summary: "Puts times into spans of time, each named by its begin, and numbers into ranges such as 0-10.",
    syntax: "bin span=<span> <field> [AS <name>]",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/bin",
    deviations: &[
        "only with `span`; not with `bins`, `minspan`, `start`, `end`, `aligntime`, nor logarithmic",
    ],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| bin _time span=5m",
            input: r#"[{"_time": 900, "n": 1}, {"_time": 899, "n": 2}, {"_time": 599.5, "n": 3}]"#,
            expected: r#"[{"_time": 900, "n": 1}, {"_time": 600, "n": 2}, {"_time": 300, "n": 3}]"#,
        },
        Example {
            spl: "| bucket span=10 size as range",
            input: r#"[{"size": "25"}, {"size": "30"}, {"size": "x"}]"#,
            expected: r#"[{"size": "25", "range": "20-30"}, {"size": "30", "range": "30-40"}, {"size": "x"}]"#,
        },
        Example {
            spl: "| bin span=1d _time",
            input: r#"[{"_time": 86401}]"#,
            expected: r#"[{"_time": 86400}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["span"])?;
    let Some(word) = split.options.word("span")? else {
        return Err(call.missing("span=…"));
    };
    let written = text::argument(word);
    let Some(span) = Span::parse(&written) else {
        return Err(call.unsupported(word.at.0, &format!("`{written}` is no span that is supported")));
    };
    let (field, output) = match split.rest.as_slice() {
        [] => return Err(call.missing("a field")),
        [Arg::Word(field)] => (text::field(field), text::field(field)),
        [arg @ Arg::As { what, name }] => {
            let field = what.word().ok_or_else(|| call.unexpected(arg))?;
            (text::field(field), text::field(name))
        }
        [_, other, ..] | [other] => return Err(call.unexpected(other)),
    };
    Ok(Box::new(Bin { span, field, output, timezone: call.context.timezone.clone() }))
}

struct Bin {
    span: Span,
    field: String,
    output: String,
    timezone: TimeZone,
}

impl Command for Bin {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        if needs.contains(&self.output) {
            // The target stays needed: whether it was there decides whether an empty result leaves it known.
            needs.insert(&self.field);
        }
        needs
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let Some(column) = rows.column(&self.field) else { return Ok(rows) };
        let is_time = self.field == "_time" || matches!(column, Column::Time(_));
        let binned = match self.span {
            Span::Number(size) if !is_time => Column::text(
                (0..rows.rows()).map(|row| columns::number(column.cell(row)).map(|n| range(n, size))),
            ),
            span => {
                let floor = |row| nanoseconds(column.cell(row)).map(|ns| span.floor(ns, &self.timezone));
                Column::Time((0..rows.rows()).map(floor).collect::<Vec<_>>().into())
            }
        };
        rows.set(self.output.as_str(), binned);
        Ok(rows)
    }
}

fn range(number: f64, size: f64) -> String {
    let begin = (number / size).floor() * size;
    format!("{}-{}", format_number(begin), format_number(begin + size))
}
