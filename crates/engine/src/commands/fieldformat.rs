//! `fieldformat`: shows a field in another form.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::eval::Expression;
use crate::pipeline::{Command, FieldSet, Kind, columns};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::ast::Arg;
use grotto_spl::text;

pub(super) static FIELDFORMAT: Spec = Spec {
    name: "fieldformat",
    aliases: &[],
    summary: "Shows a field as an expression makes it. Other commands, wherever they stand, see the field as it is.",
    syntax: "fieldformat <field>=<eval-expression>",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/fieldformat",
    deviations: &["JSON and CSV show the form too, and what a subsearch gives has it"],
    assumptions: &[],
    examples: &[
        Example {
            spl: r#"| fieldformat n=tostring(n, "commas") | sort -n"#,
            input: r#"[{"n": 900}, {"n": 12345}]"#,
            expected: r#"[{"n": "12,345"}, {"n": "900"}]"#,
        },
        Example {
            spl: r#"| fieldformat t=strftime(t, "%Y") | table t | eval later=t+1"#,
            input: r#"[{"t": 0}]"#,
            expected: r#"[{"t": "1970", "later": 1}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let [Arg::Assign { target, value }] = call.args else {
        return Err(match call.args {
            [_, second, ..] => call.unexpected(second),
            [only] => call.unexpected(only),
            [] => call.missing("field=expression"),
        });
    };
    let expression = Expression::compile_assignment(value, call.context)?;
    Ok(Box::new(Fieldformat { field: text::field(target), expression }))
}

struct Fieldformat {
    field: String,
    expression: Expression,
}

impl Command for Fieldformat {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        needs.extend(self.expression.fields());
        needs
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        if rows.column(&self.field).is_none() {
            return Ok(rows);
        }
        let form = |row: usize| match self.expression.value(&rows, row) {
            // What has no other form stays as it is.
            Value::Null => rows.cell(&self.field, row).into(),
            value => value,
        };
        let values: Vec<Value> = (0..rows.rows()).map(form).collect();
        rows.set(self.field.as_str(), columns::column(&values));
        Ok(rows)
    }
}
