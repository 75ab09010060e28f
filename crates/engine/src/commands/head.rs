//! `head`: keeps the first rows.

use super::{Build, Call, Example, Spec};
use crate::eval::Expression;
use crate::pipeline::{Command, FieldSet, Kind};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::ast::Arg;
use grotto_spl::text;

pub(super) static HEAD: Spec = Spec {
    name: "head",
    aliases: &[],
    summary: "Keeps the first rows, 10 by default, or the rows before the first for which a condition is false.",
    syntax: "head [<count> | limit=<count>] [(<eval-expression>)]",
    kind: Kind::CentralisedStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/head",
    deviations: &["`null` and `keeplast` are not supported"],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| head 2",
            input: r#"[{"n": 1}, {"n": 2}, {"n": 3}]"#,
            expected: r#"[{"n": 1}, {"n": 2}]"#,
        },
        Example {
            spl: "| head (n<3)",
            input: r#"[{"n": 1}, {"n": 2}, {"n": 3}, {"n": 1}]"#,
            expected: r#"[{"n": 1}, {"n": 2}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["limit"])?;
    let mut limit = match split.options.get("limit") {
        Some(_) => Some(split.options.count("limit", 10)?),
        None => None,
    };
    let mut condition = None;
    for arg in split.rest {
        match arg {
            Arg::Expr(expression) => condition = Some(Expression::compile(expression, call.context)?),
            Arg::Word(word) => {
                let count = text::argument(word)
                    .parse()
                    .map_err(|_| call.bad(word.at.0, "this is no whole number"))?;
                limit = Some(count);
            }
            other => return Err(call.unexpected(other)),
        }
    }
    let limit = limit.or(condition.is_none().then_some(10));
    Ok(Box::new(Head { limit: limit.unwrap_or(usize::MAX), condition }))
}

struct Head {
    limit: usize,
    condition: Option<Expression>,
}

impl Command for Head {
    fn kind(&self) -> Kind {
        Kind::CentralisedStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        if let Some(condition) = &self.condition {
            needs.extend(condition.fields());
        }
        needs
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let mut count = self.limit.min(rows.rows());
        if let Some(condition) = &self.condition {
            let holds = condition.mask(&rows);
            count = (0..count).find(|row| !holds.value(*row)).unwrap_or(count);
        }
        Ok(rows.slice(0, count))
    }

    fn first_rows(&self) -> Option<usize> {
        (self.limit < usize::MAX).then_some(self.limit)
    }
}
