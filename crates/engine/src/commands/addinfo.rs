//! `addinfo`: the search itself as fields.

use super::{Build, Call, Example, Spec};
use crate::pipeline::{Command, FieldSet, Kind};
use crate::time::{SECOND, TimeRange};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};

pub(super) static ADDINFO: Spec = Spec {
    name: "addinfo",
    aliases: &[],
    summary: "Writes into every row what is known of the search: the time range in info_min_time and info_max_time, when it was started in info_search_time, and its id in info_sid.",
    syntax: "addinfo",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/addinfo",
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| addinfo | table n info_*",
            input: r#"[{"n": 1}]"#,
            expected: r#"[{"n": 1, "info_max_time": "+Infinity", "info_min_time": "0.000", "info_search_time": "1700000000.000", "info_sid": "1700000000.0"}]"#,
        },
        Example {
            spl: "| makeresults | addinfo | eval age=info_search_time-_time | table age",
            input: "[]",
            expected: r#"[{"age": 0}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    match call.args.first() {
        Some(arg) => Err(call.unexpected(arg)),
        None => Ok(Box::new(Addinfo { now: call.context.now.div_euclid(SECOND), range: call.context.range })),
    }
}

/// When the search was started, in seconds.
struct Addinfo {
    now: i64,
    range: TimeRange,
}

impl Command for Addinfo {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        for name in ["info_min_time", "info_max_time", "info_search_time", "info_sid"] {
            needs.remove(name);
        }
        needs
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        for (name, value) in [
            ("info_min_time", self.range.from.map_or_else(|| "0.000".to_owned(), seconds)),
            ("info_max_time", self.range.to.map_or_else(|| "+Infinity".to_owned(), seconds)),
            ("info_search_time", format!("{}.000", self.now)),
            ("info_sid", format!("{}.0", self.now)),
        ] {
            let column = Column::constant(&value, rows.rows());
            rows.set(name, column);
        }
        Ok(rows)
    }
}

/// Seconds since 1970 with milliseconds.
fn seconds(ns: i64) -> String {
    format!("{}.{:03}", ns.div_euclid(SECOND), ns.rem_euclid(SECOND) / 1_000_000)
}

#[cfg(test)]
mod tests {
    use crate::context::Context;
    use crate::plan::Plan;
    use crate::time::{SECOND, TimeRange};

    #[test]
    fn the_range_of_the_search_is_told() {
        let range = TimeRange { from: Some(SECOND / 4), to: Some(7 * SECOND) };
        let context = Context { range, ..Context::default() };
        let tree = grotto_spl::parse("| makeresults | addinfo | table info_m*").unwrap();
        let plan = std::sync::Arc::new(Plan::compile(&tree, &context).unwrap());
        let rows = plan.generate().unwrap().finish().unwrap();
        let text = |name: &str| rows.column(name).unwrap().as_constant().unwrap().to_owned();
        assert_eq!((text("info_min_time"), text("info_max_time")), ("0.250".to_owned(), "7.000".to_owned()));
    }
}
