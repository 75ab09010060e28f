//! `where`: keeps the rows for which an eval expression is true.

use super::{Build, Call, Example, Spec};
use crate::eval::Expression;
use crate::pipeline::{Command, FieldSet, Kind};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::ast::Arg;

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
        [Arg::Expr(expression)] => Ok(Box::new(Where(Expression::compile(expression, call.context)?))),
        [] => Err(call.missing("a condition")),
        [other, ..] => Err(call.unexpected(other)),
    }
}

struct Where(Expression);

impl Command for Where {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        needs.extend(self.0.fields());
        needs
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let mask = self.0.mask(&rows);
        Ok(if mask.true_count() == rows.rows() { rows } else { rows.filter(&mask) })
    }
}
