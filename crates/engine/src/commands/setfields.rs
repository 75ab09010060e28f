//! `setfields`: gives fields the same value in every row.

use super::{Build, Call, Example, Spec};
use crate::pipeline::{Command, FieldSet, Kind};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};
use grotto_spl::ast::Arg;
use grotto_spl::text;

pub(super) static SETFIELDS: Spec = Spec {
    name: "setfields",
    aliases: &[],
    summary: "Gives fields the same value in every row.",
    syntax: "setfields <field>=\"<value>\" [, <field>=\"<value>\"]...",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/setfields",
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| setfields ip=\"10.0.0.1\", kind=x",
            input: r#"[{"ip": "a"}, {"n": 1}]"#,
            expected: r#"[{"ip": "10.0.0.1", "kind": "x"}, {"ip": "10.0.0.1", "n": 1, "kind": "x"}]"#,
        },
        Example { spl: "| setfields a=\"b c\"", input: r#"[{"a": 1}]"#, expected: r#"[{"a": "b c"}]"# },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let mut values = Vec::new();
    for arg in call.args {
        let Arg::Option { name, negated: false, value } = arg else { return Err(call.unexpected(arg)) };
        let value = value.word().ok_or_else(|| call.unexpected(value))?;
        values.push((text::field(name), text::argument(value)));
    }
    if values.is_empty() {
        return Err(call.missing("a field and a value"));
    }
    Ok(Box::new(Setfields { values }))
}

struct Setfields {
    values: Vec<(String, String)>,
}

impl Command for Setfields {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        after.clone()
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        for (name, value) in &self.values {
            let column = Column::constant(value, rows.rows());
            rows.set(name.as_str(), column);
        }
        Ok(rows)
    }
}
