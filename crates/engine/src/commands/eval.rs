//! `eval`: computes fields.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::eval::Expression;
use crate::pipeline::{Command, FieldSet, Kind, columns};
use crate::plan::unless;
use crate::predicate::{Formula, Predicate};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};
use grotto_spl::ast::{Arg, Quote};
use grotto_spl::text;
use indexmap::IndexMap;
use std::sync::Arc;

pub(super) static EVAL: Spec = Spec {
    name: "eval",
    aliases: &[],
    summary: "Computes expressions and writes their values into fields, one after the other. A null value takes the \
              field away.",
    syntax: "eval <field>=<eval-expression> [, <field>=<eval-expression>]...",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/eval",
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| eval total=a+b, double=total*2",
            input: r#"[{"a": "1", "b": "2"}, {"a": "1"}]"#,
            expected: r#"[{"a": "1", "b": "2", "total": 3, "double": 6}, {"a": "1"}]"#,
        },
        Example {
            spl: "| eval user=lower(user)",
            input: r#"[{"user": "ANN", "n": 1}]"#,
            expected: r#"[{"user": "ann", "n": 1}]"#,
        },
        Example {
            spl: "| eval {kind}=id",
            input: r#"[{"kind": "x", "id": "1"}, {"kind": "y", "id": "2"}]"#,
            expected: r#"[{"kind": "x", "id": "1", "x": "1"}, {"kind": "y", "id": "2", "y": "2"}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    if call.args.is_empty() {
        return Err(call.missing("an assignment"));
    }
    let mut assignments = Vec::new();
    for arg in call.args {
        let Arg::Assign { target, value } = arg else { return Err(call.unexpected(arg)) };
        let name = text::field(target);
        let target =
            if target.quote == Quote::Bare && name.contains('{') { Target::dynamic(&name) } else { None }
                .unwrap_or(Target::Field(name));
        assignments.push((target, Expression::compile_assignment(value, call.context)?));
    }
    Ok(Box::new(Eval(assignments)))
}

enum Target {
    Field(String),
    /// Text and, in every second place, fields whose values stand in the name.
    Dynamic(Vec<String>),
}

impl Target {
    /// A name such as `a_{b}_c`.
    fn dynamic(name: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut rest = name;
        while let Some((before, after)) = rest.split_once('{') {
            let (field, after) = after.split_once('}')?;
            parts.extend([before.to_owned(), field.to_owned()]);
            rest = after;
        }
        parts.push(rest.to_owned());
        Some(Self::Dynamic(parts))
    }
}

struct Eval(Vec<(Target, Expression)>);

impl Command for Eval {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn keeps_rows(&self) -> bool {
        true
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        // Targets stay needed: whether a field was there decides whether an empty result leaves it known.
        for (target, expression) in self.0.iter().rev() {
            if let Target::Dynamic(parts) = target {
                needs.extend(parts.iter().skip(1).step_by(2));
            }
            needs.extend(expression.fields());
        }
        needs
    }

    fn is_volatile(&self) -> bool {
        self.0.iter().any(|(_, expression)| expression.is_volatile())
    }

    fn before(&self, after: &Arc<Predicate>) -> Formula {
        unless(!self.leaves(after.field()), after)
    }

    fn leaves(&self, field: &str) -> bool {
        let writes = |target: &Target| match target {
            Target::Field(name) => name == field,
            Target::Dynamic(_) => true,
        };
        !self.0.iter().any(|(target, _)| writes(target))
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        for (target, expression) in &self.0 {
            match target {
                Target::Field(name) => match expression.column(&rows) {
                    Some(column) => {
                        rows.set(name.as_str(), column);
                    }
                    // A field that was there stays known, so that it does not matter which rows came in one batch.
                    None => {
                        if rows.column(name).is_some() {
                            rows.set(name.as_str(), Column::null(rows.rows()));
                        }
                    }
                },
                Target::Dynamic(parts) => dynamic(&mut rows, parts, expression)?,
            }
        }
        Ok(rows)
    }
}

/// Fields that dynamic names may make of one batch.
const MOST_FIELDS: usize = 1_000;

/// Writes each row's value into the field that the row's own values name.
fn dynamic(rows: &mut Batch, parts: &[String], expression: &Expression) -> Result<(), Box<Diagnostic>> {
    let Some(values) = expression.column(rows) else { return Ok(()) };
    let mut made: IndexMap<String, Vec<Value>> = IndexMap::new();
    for row in 0..rows.rows() {
        let mut name = String::new();
        for (i, part) in parts.iter().enumerate() {
            if i % 2 == 0 {
                name.push_str(part);
            } else {
                name.push_str(&Value::from(rows.cell(part, row)).text());
            }
        }
        if name.is_empty() || crate::pipeline::is_hidden(&name) {
            continue;
        }
        let of_name = made
            .entry(name)
            .or_insert_with_key(|name| (0..rows.rows()).map(|row| rows.cell(name, row).into()).collect());
        of_name[row] = values.cell(row).into();
        if made.len() > MOST_FIELDS {
            let message = format!("eval makes more than {MOST_FIELDS} fields out of values");
            return Err(Box::new(Diagnostic::error("engine/limit", message)));
        }
    }
    for (name, values) in made {
        let column: Column = columns::column(&values);
        rows.set(name.as_str(), column);
    }
    Ok(())
}
