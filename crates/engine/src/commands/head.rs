//! `head`: keeps the first rows.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::eval::Expression;
use crate::pipeline::{Command, FieldSet, Kind};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::ast::Arg;
use grotto_spl::text;

pub(super) static HEAD: Spec = Spec {
    name: "head",
    aliases: &[],
    summary: "Keeps the first rows, 10 by default, or the rows before the first for which a condition does not hold. \
              `null=true` goes on where the condition is null, `keeplast=true` keeps the row that ended it.",
    syntax: "head [<count> | limit=<count>] [(<eval-expression>)] [null=<bool>] [keeplast=<bool>]",
    kind: Kind::CentralisedStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/head",
    deviations: &[],
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
        Example {
            spl: "| head limit=9 (n<3) null=true keeplast=true",
            input: r#"[{"n": 1}, {"x": 2}, {"n": 3}, {"n": 1}]"#,
            expected: r#"[{"n": 1}, {"x": 2}, {"n": 3}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["limit", "null", "keeplast"])?;
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
    Ok(Box::new(Head {
        limit: limit.unwrap_or(usize::MAX),
        condition,
        null: split.options.flag("null", false)?,
        keep_last: split.options.flag("keeplast", false)?,
    }))
}

struct Head {
    limit: usize,
    condition: Option<Expression>,
    /// What a condition that is null counts as.
    null: bool,
    /// Keep the row for which the condition does not hold.
    keep_last: bool,
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

    fn stays_empty(&self) -> bool {
        true
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let mut count = self.limit.min(rows.rows());
        if let Some(condition) = &self.condition {
            let bound = condition.bind(&rows);
            let ends = |row: &usize| match bound.value(*row) {
                Value::Null => !self.null,
                value => value != Value::Bool(true),
            };
            let end = (0..count).find(ends).map(|row| row + usize::from(self.keep_last));
            count = end.unwrap_or(count);
        }
        Ok(rows.slice(0, count))
    }

    fn first_rows(&self) -> Option<usize> {
        self.prunes().then_some(self.limit)
    }

    fn prunes(&self) -> bool {
        self.limit < usize::MAX
    }

    fn prune(&self, rows: &Batch) -> Batch {
        rows.slice(0, self.limit)
    }
}
