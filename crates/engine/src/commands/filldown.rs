//! `filldown`: fills gaps with the value above.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::pipeline::{Command, FieldSet, Kind, Pattern, columns, is_hidden};
use grotto_diag::Diagnostic;
use grotto_events::Batch;

pub(super) static FILLDOWN: Spec = Spec {
    name: "filldown",
    aliases: &[],
    summary: "Gives fields without value the last value that they had in a row before; all fields, or the named ones.",
    syntax: "filldown [<fields>]",
    kind: Kind::CentralisedStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/filldown",
    deviations: &[],
    assumptions: &["wildcard-skips-internal"],
    examples: &[
        Example {
            spl: "| filldown",
            input: r#"[{"a": 1, "b": "x"}, {"a": 2}, {"b": "y"}]"#,
            expected: r#"[{"a": 1, "b": "x"}, {"a": 2, "b": "x"}, {"a": 2, "b": "y"}]"#,
        },
        Example {
            spl: "| filldown b*",
            input: r#"[{"a": 1, "b": "x"}, {"c": 2}]"#,
            expected: r#"[{"a": 1, "b": "x"}, {"b": "x", "c": 2}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let rest = call.split(&[])?.rest;
    let fields = if rest.is_empty() { vec![Pattern::new("*")] } else { call.patterns(&rest)? };
    Ok(Box::new(Filldown(fields)))
}

struct Filldown(Vec<Pattern>);

impl Command for Filldown {
    fn kind(&self) -> Kind {
        Kind::CentralisedStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        after.clone()
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let fits = |name: &str| !is_hidden(name) && self.0.iter().any(|pattern| pattern.matches(name));
        let names: Vec<_> = rows.names().filter(|name| fits(name)).cloned().collect();
        for name in names {
            let mut last = Value::Null;
            let values: Vec<Value> = (0..rows.rows())
                .map(|row| {
                    let value = Value::from(rows.cell(&name, row));
                    if !value.is_null() {
                        last = value;
                    }
                    last.clone()
                })
                .collect();
            rows.set(name, columns::column(&values));
        }
        Ok(rows)
    }
}
