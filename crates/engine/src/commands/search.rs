//! `search`: keeps the rows for which a search expression is true; the usual begin of a search.

use super::{Begin, Build, Call, Example, Spec};
use crate::pipeline::{Command, FieldSet, Kind};
use crate::plan::Head;
use crate::plan::unless;
use crate::predicate::{Formula, Mask, Predicate};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::ast::Arg;
use std::sync::Arc;

pub(super) static SEARCH: Spec = Spec {
    name: "search",
    aliases: &[],
    summary: "Keeps the rows for which a search expression is true. At the begin of a search it chooses the events.",
    syntax: "search <expression>",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/search",
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            spl: "EventCode=4104 ScriptBlockText=\"*invoke-command*\"",
            input: r#"[{"EventCode": "4104", "ScriptBlockText": "Invoke-Command -ScriptBlock {}"},
                {"EventCode": "4104", "ScriptBlockText": "Get-Date"}, {"EventCode": "4103"}]"#,
            expected: r#"[{"EventCode": "4104", "ScriptBlockText": "Invoke-Command -ScriptBlock {}"}]"#,
        },
        Example {
            spl: "* | search NOT user=\"*$\"",
            input: r#"[{"user": "ann"}, {"user": "HOST1$"}, {"n": "1"}]"#,
            expected: r#"[{"user": "ann"}, {"n": "1"}]"#,
        },
    ],
    build: Build::Either { begin, build },
};

fn begin(call: &Call<'_>) -> Result<Begin, Box<Diagnostic>> {
    Ok(Begin { head: Head::Search(formula(call)?), command: None })
}

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    Ok(Box::new(Search(formula(call)?)))
}

fn formula(call: &Call<'_>) -> Result<Option<Formula>, Box<Diagnostic>> {
    match call.args {
        [] => Ok(None),
        [Arg::Search(expression)] => Formula::compile(expression, call.context).map(Some),
        [other, ..] => Err(call.unexpected(other)),
    }
}

struct Search(Option<Formula>);

impl Command for Search {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        if let Some(formula) = &self.0 {
            needs.extend(formula.fields());
        }
        needs
    }

    fn before(&self, after: &Arc<Predicate>) -> Formula {
        unless(false, after)
    }

    fn is_filter(&self) -> bool {
        true
    }

    fn requires(&self) -> Formula {
        let any = |predicate: &Arc<Predicate>| Formula::Leaf(Arc::clone(predicate));
        self.0.as_ref().map_or(Formula::Always, |formula| formula.implied(&mut |predicate| any(predicate)))
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let Some(formula) = &self.0 else { return Ok(rows) };
        Ok(match formula.mask(&rows) {
            Mask::All => rows,
            Mask::None => rows.slice(0, 0),
            Mask::Bits(mask) => rows.filter(&mask),
        })
    }
}
