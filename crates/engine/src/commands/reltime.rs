//! `reltime`: how long ago.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::pipeline::{Command, FieldSet, Kind, columns, nanoseconds};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::text;

pub(super) static RELTIME: Spec = Spec {
    name: "reltime",
    aliases: &[],
    summary: "Writes how long ago a row was into the field reltime, in words such as 5 days ago.",
    syntax: "reltime [timefield=<field>]",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/reltime",
    deviations: &["`prefix` is not supported"],
    assumptions: &["reltime-units"],
    examples: &[
        Example {
            spl: "| reltime | table reltime",
            input: r#"[{"_time": 1699999999}, {"_time": 1699999880}, {"_time": 1699000000}, {"n": 1}]"#,
            expected: r#"[{"reltime": "1 second ago"}, {"reltime": "2 minutes ago"}, {"reltime": "11 days ago"}, {}]"#,
        },
        Example {
            spl: "| reltime timefield=seen",
            input: r#"[{"seen": 1699992800}]"#,
            expected: r#"[{"seen": 1699992800, "reltime": "2 hours ago"}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["timefield"])?;
    if let Some(arg) = split.rest.first() {
        return Err(call.unexpected(arg));
    }
    let field = split.options.word("timefield")?.map_or_else(|| "_time".to_owned(), text::field);
    Ok(Box::new(Reltime { field, now: call.context.now }))
}

struct Reltime {
    field: String,
    /// Nanoseconds.
    now: i64,
}

/// Units with their seconds, longest first.
const UNITS: [(&str, i64); 6] = [
    ("year", 31_536_000),
    ("month", 2_592_000),
    ("day", 86_400),
    ("hour", 3600),
    ("minute", 60),
    ("second", 1),
];

/// Words for a number of seconds before now.
fn words(seconds: i64) -> String {
    if seconds == 0 {
        return "now".to_owned();
    }
    let size = seconds.abs();
    let (unit, length) = UNITS.into_iter().find(|(_, length)| size >= *length).unwrap_or(("second", 1));
    let count = size / length;
    let plural = if count == 1 { "" } else { "s" };
    if seconds > 0 { format!("{count} {unit}{plural} ago") } else { format!("in {count} {unit}{plural}") }
}

impl Command for Reltime {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        needs.remove("reltime");
        needs.insert(&self.field);
        needs
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let ago = |row: usize| {
            let time = nanoseconds(rows.cell(&self.field, row))?;
            Some(words(self.now.saturating_sub(time).div_euclid(crate::time::SECOND)))
        };
        let values: Vec<Value> =
            (0..rows.rows()).map(|row| ago(row).map_or(Value::Null, Value::Text)).collect();
        rows.set("reltime", columns::column(&values));
        Ok(rows)
    }
}
