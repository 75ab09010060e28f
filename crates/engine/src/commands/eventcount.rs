//! `eventcount`: how many events there are.

use super::grouping::{By, Call as Aggregation, Grouping, Input};
use super::stats::Stats;
use super::{Begin, Build, Call, Example, Spec};
use crate::pipeline::{Kind, Pattern};
use crate::plan::Head;
use crate::predicate::{Formula, Predicate};
use grotto_diag::Diagnostic;
use grotto_events::FieldName;
use grotto_spl::ast::Arg;
use grotto_spl::text;
use std::sync::Arc;

pub(super) static EVENTCOUNT: Spec = Spec {
    name: "eventcount",
    aliases: &[],
    summary: "Counts the events of the input, all together or by index.",
    syntax: "eventcount [summarize=<bool>] [index=<index>]...",
    kind: Kind::Generating,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/eventcount",
    deviations: &[
        "counts the events that are given; there is no `server`, and `report_size` and `list_vix` are not supported",
    ],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| eventcount",
            input: r#"[{"index": "main"}, {"index": "main"}, {"n": 1}]"#,
            expected: r#"[{"count": 3}]"#,
        },
        Example {
            spl: "| eventcount summarize=f index=m*",
            input: r#"[{"index": "main"}, {"index": "main"}, {"index": "other"}]"#,
            expected: r#"[{"index": "main", "count": 2}]"#,
        },
    ],
    build: Build::Begin(begin),
};

fn begin(call: &Call<'_>) -> Result<Begin, Box<Diagnostic>> {
    let split = call.split(&["summarize", "index"])?;
    if let Some(arg) = split.rest.first() {
        return Err(call.unexpected(arg));
    }
    let summarize = split.options.flag("summarize", true)?;
    let mut indexes = Vec::new();
    for arg in call.args {
        if let Arg::Option { name, value, .. } = arg
            && name.is_keyword("index")
        {
            let word = value.word().ok_or_else(|| call.unexpected(value))?;
            let predicate = Predicate::equal(FieldName::from("index"), &text::argument(word), false);
            indexes.push(Formula::Leaf(Arc::new(predicate)));
        }
    }
    let formula = (!indexes.is_empty()).then(|| Formula::or(indexes));
    let count = crate::aggregations::find("count").map(|(aggregation, number)| Aggregation {
        aggregation,
        number,
        input: Input::Rows,
        sparkline: None,
        output: Pattern::new("count"),
    });
    let by = if summarize { Vec::new() } else { vec![By::field("index".to_owned())] };
    let grouping = Grouping {
        // Splunk puts what names no index into this one.
        fill: Some("main".to_owned()),
        ..Grouping::new(count.into_iter().collect(), by, call.context.timezone.clone())
    };
    Ok(Begin { head: Head::Search(formula), command: Some(Box::new(Stats::new(grouping))) })
}
