//! `addinfo`: the search itself as fields.

use super::{Build, Call, Example, Spec};
use crate::pipeline::{Command, FieldSet, Kind};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};

pub(super) static ADDINFO: Spec = Spec {
    name: "addinfo",
    aliases: &[],
    summary: "Writes into every row what is known of the search: the time range in info_min_time and info_max_time, when it was started in info_search_time, and its id in info_sid.",
    syntax: "addinfo",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/addinfo",
    deviations: &["the time range is always all time: everything that is given is read"],
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
        None => Ok(Box::new(Addinfo { now: call.context.now.div_euclid(crate::time::SECOND) })),
    }
}

/// When the search was started, in seconds.
struct Addinfo {
    now: i64,
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
            ("info_min_time", "0.000".to_owned()),
            ("info_max_time", "+Infinity".to_owned()),
            ("info_search_time", format!("{}.000", self.now)),
            ("info_sid", format!("{}.0", self.now)),
        ] {
            let column = Column::constant(&value, rows.rows());
            rows.set(name, column);
        }
        Ok(rows)
    }
}
