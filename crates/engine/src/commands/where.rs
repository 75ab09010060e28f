//! `where`: keeps the rows for which an eval expression is true.

use super::{Build, Call, Example, Spec};
use crate::eval::{Expression, implied};
use crate::pipeline::{Command, FieldSet, Kind};
use crate::plan::unless;
use crate::predicate::{Formula, Predicate};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::ast::Arg;
use std::sync::Arc;

pub(super) static WHERE: Spec = Spec {
    name: "where",
    aliases: &[],
    summary: "Keeps the rows for which an eval expression is true; a row for which it is null is dropped.",
    syntax: "where <eval-expression>",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/where",
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| where count > 5 AND src != dest",
            input: r#"[{"count": 6, "src": "a", "dest": "b"}, {"count": 6, "src": "a", "dest": "a"}, {"count": 7}]"#,
            expected: r#"[{"count": 6, "src": "a", "dest": "b"}]"#,
        },
        Example {
            spl: "| where like(path, \"C:\\\\%\")",
            input: r#"[{"path": "C:\\x"}, {"path": "c:\\x"}]"#,
            expected: r#"[{"path": "C:\\x"}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    match call.args {
        [Arg::Expr(expression)] => {
            let condition = Expression::compile(expression, call.context)?;
            Ok(Box::new(Where { condition, implied: implied(expression) }))
        }
        [] => Err(call.missing("a condition")),
        [other, ..] => Err(call.unexpected(other)),
    }
}

struct Where {
    condition: Expression,
    /// What holds wherever it does.
    implied: Formula,
}

impl Command for Where {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        needs.extend(self.condition.fields());
        needs
    }

    fn before(&self, after: &Arc<Predicate>) -> Formula {
        unless(false, after)
    }

    fn is_filter(&self) -> bool {
        true
    }

    fn is_volatile(&self) -> bool {
        self.condition.is_volatile()
    }

    fn requires(&self) -> Formula {
        self.implied.clone()
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let mask = self.condition.mask(&rows);
        Ok(if mask.true_count() == rows.rows() { rows } else { rows.filter(&mask) })
    }
}
