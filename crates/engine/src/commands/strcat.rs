//! `strcat`: joins values of fields and texts in a new field.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::eval::operators::LONGEST;
use crate::pipeline::{Command, FieldSet, Kind, columns};
use crate::value::cell_text;
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Cell};
use grotto_spl::ast::{Quote, Word};
use grotto_spl::text;

pub(super) static STRCAT: Spec = Spec {
    name: "strcat",
    aliases: &[],
    summary: "Joins the values of fields, and texts in double quotes, and writes the result into the last field. \
              A missing field is empty, or with allrequired leaves the result as it was.",
    syntax: "strcat [allrequired=<bool>] (<field> | \"<text>\")... <field>",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/strcat",
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| strcat host \"/\" port address",
            input: r#"[{"host": "a", "port": 80}, {"host": "b"}]"#,
            expected: r#"[{"host": "a", "port": 80, "address": "a/80"}, {"host": "b", "address": "b/"}]"#,
        },
        Example {
            spl: "| strcat allrequired=true host \"/\" port address",
            input: r#"[{"host": "a", "port": 80}, {"host": "b"}]"#,
            expected: r#"[{"host": "a", "port": 80, "address": "a/80"}, {"host": "b"}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["allrequired"])?;
    let all_required = split.options.flag("allrequired", false)?;
    let words = call.words(&split.rest)?;
    let Some((target, sources)) = words.split_last().filter(|(_, sources)| !sources.is_empty()) else {
        return Err(call.missing("a field to join and one to write"));
    };
    let part = |word: &&Word| match word.quote {
        Quote::Double => Part::Text(text::argument(word)),
        _ => Part::Field(text::field(word)),
    };
    let parts = sources.iter().map(part).collect();
    Ok(Box::new(Strcat { parts, target: text::field(target), all_required }))
}

enum Part {
    Field(String),
    Text(String),
}

struct Strcat {
    parts: Vec<Part>,
    target: String,
    all_required: bool,
}

impl Command for Strcat {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        needs.extend(
            self.parts.iter().filter_map(|part| if let Part::Field(name) = part { Some(name) } else { None }),
        );
        needs
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let values: Vec<Value> = (0..rows.rows()).map(|row| self.joined(&rows, row)).collect();
        if values.iter().any(|value| !value.is_null()) {
            rows.set(self.target.as_str(), columns::column(&values));
        }
        Ok(rows)
    }
}

impl Strcat {
    /// The joined text of a row; what the target holds already when a field that is required is missing. A text that
    /// would grow beyond all measure is null.
    fn joined(&self, rows: &Batch, row: usize) -> Value {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Field(name) => match rows.cell(name, row) {
                    Cell::Null if self.all_required => return rows.cell(&self.target, row).into(),
                    cell => out.push_str(&cell_text(cell)),
                },
            }
            if out.len() > LONGEST {
                return Value::Null;
            }
        }
        Value::Text(out)
    }
}

#[cfg(test)]
mod tests {
    use crate::pipeline::testing::{check, plan};

    #[test]
    fn multivalue_fields_and_old_results() {
        check(
            "| strcat allrequired=t a b a",
            r#"[{"a": ["x", "y"], "b": "z"}, {"a": "old"}]"#,
            r#"[{"a": "x\ny\u007a", "b": "z"}, {"a": "old"}]"#,
        );
        assert_eq!(plan("| strcat a").expect_err("one field").slug, "spl/missing-argument");
    }
}
