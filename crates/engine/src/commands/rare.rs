//! `rare`: the least frequent values.

use super::top::ranking;
use super::{Build, Call, Example, Spec};
use crate::pipeline::{Command, Kind};
use grotto_diag::Diagnostic;

pub(super) static RARE: Spec = Spec {
    name: "rare",
    aliases: &[],
    summary: "Finds the least frequent combinations of values of fields, with their number and their share in percent; \
              10 of them, also for each combination of the BY fields.",
    syntax: "rare [<count> | limit=<count>] [countfield=<name>] [percentfield=<name>] [showcount=<bool>] \
             [showperc=<bool>] <fields> [BY <fields>]",
    kind: Kind::Transforming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/rare",
    deviations: &[],
    assumptions: &["top-ties"],
    examples: &[
        Example {
            spl: "| rare limit=1 user",
            input: r#"[{"user": "a"}, {"user": "b"}, {"user": "b"}, {"user": "a"}, {"user": "c"}]"#,
            expected: r#"[{"user": "c", "count": 1, "percent": 20}]"#,
        },
        Example {
            spl: "| rare host user countfield=n showperc=f",
            input: r#"[{"host": "x", "user": "a"}, {"host": "x", "user": "a"}, {"host": "x", "user": "b"}]"#,
            expected: r#"[{"host": "x", "user": "b", "n": 1}, {"host": "x", "user": "a", "n": 2}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    ranking(call, false)
}
