//! `nomv`: joins the values of a multivalue field.

use super::{Build, Call, Example, Spec};
use crate::pipeline::{Command, FieldSet, Kind, columns};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};

pub(super) static NOMV: Spec = Spec {
    name: "nomv",
    aliases: &[],
    summary: "Joins the values of a multivalue field with line breaks.",
    syntax: "nomv <field>",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/nomv",
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| nomv user",
            input: r#"[{"user": ["a", "b"]}, {"user": "c"}, {"n": 1}]"#,
            expected: r#"[{"user": "a\nb"}, {"user": "c"}, {"n": 1}]"#,
        },
        Example { spl: "| nomv missing", input: r#"[{"n": 1}]"#, expected: r#"[{"n": 1}]"# },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    Ok(Box::new(Nomv(call.one_field(&call.split(&[])?.rest)?)))
}

struct Nomv(String);

impl Command for Nomv {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        after.clone()
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        if let Some(column @ Column::List(_)) = rows.column(&self.0) {
            let texts = (0..rows.rows()).map(|row| columns::texts(column.cell(row)));
            let joined = Column::text(texts.map(|texts| (!texts.is_empty()).then(|| texts.join("\n"))));
            rows.set(self.0.as_str(), joined);
        }
        Ok(rows)
    }
}
