//! `rangemap`: names for ranges of numbers.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::pipeline::{Command, FieldSet, Kind, columns};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::ast::Arg;
use grotto_spl::text;

pub(super) static RANGEMAP: Spec = Spec {
    name: "rangemap",
    aliases: &[],
    summary: "Writes into the field range the names of the ranges that a number is in, both ends included; None, or the default, when it is in none.",
    syntax: "rangemap field=<field> <name>=<from>-<to>... [default=<text>]",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/rangemap",
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| rangemap field=n low=0-9 high=10-100 default=severe",
            input: r#"[{"n": 5}, {"n": "10"}, {"n": 101}]"#,
            expected: r#"[{"n": 5, "range": "low"}, {"n": "10", "range": "high"}, {"n": 101, "range": "severe"}]"#,
        },
        Example {
            spl: "| rangemap field=n cold=-10--1 any=-5-100.5",
            input: r#"[{"n": -3}, {"n": 100.5}, {"n": "x"}]"#,
            expected: r#"[{"n": -3, "range": ["cold", "any"]}, {"n": 100.5, "range": "any"}, {"n": "x", "range": "None"}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let (mut field, mut default, mut ranges) = (None, "None".to_owned(), Vec::new());
    for arg in call.args {
        let Arg::Option { name, value, negated: false } = arg else { return Err(call.unexpected(arg)) };
        let word = value.word().ok_or_else(|| call.unexpected(value))?;
        match name.raw.to_ascii_lowercase().as_str() {
            "field" => field = Some(text::field(word)),
            "default" => default = text::argument(word),
            _ => match range(&text::argument(word)) {
                Some((from, to)) => ranges.push((name.raw.clone(), from, to)),
                None => return Err(call.bad(word.at.0, "this is no range such as 0-9")),
            },
        }
    }
    let Some(field) = field else { return Err(call.missing("field=…")) };
    Ok(Box::new(Rangemap { field, default, ranges }))
}

/// `-10--1`: from and to.
fn range(text: &str) -> Option<(f64, f64)> {
    let at = text.char_indices().skip(1).find(|(_, c)| *c == '-')?.0;
    let number = |text: &str| crate::value::parse_number(text);
    Some((number(&text[..at])?, number(&text[at + 1..])?))
}

struct Rangemap {
    field: String,
    default: String,
    ranges: Vec<(String, f64, f64)>,
}

impl Command for Rangemap {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        needs.remove("range");
        needs.insert(&self.field);
        needs
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let range = |row: usize| {
            let number = columns::number(rows.cell(&self.field, row));
            let inside = |from: f64, to: f64| number.is_some_and(|n| from <= n && n <= to);
            let names: Vec<String> = self
                .ranges
                .iter()
                .filter(|(_, a, b)| inside(*a, *b))
                .map(|(name, ..)| name.clone())
                .collect();
            if names.is_empty() { Value::Text(self.default.clone()) } else { Value::list(names) }
        };
        let values: Vec<Value> = (0..rows.rows()).map(range).collect();
        rows.set("range", columns::column(&values));
        Ok(rows)
    }
}
