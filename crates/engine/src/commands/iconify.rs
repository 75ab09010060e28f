//! `iconify`: shows an icon for each value of some fields in Splunk's display of events.

use super::{Build, Call, Example, Spec, highlight};
use crate::pipeline::{Command, Kind};
use grotto_diag::Diagnostic;

pub(super) static ICONIFY: Spec = Spec {
    name: "iconify",
    aliases: &[],
    summary: "Shows an icon for each value of some fields in Splunk's display of events. Rows pass as they are.",
    syntax: "iconify <field>...",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/iconify",
    deviations: &["No icon is shown, and the field `_icon` that tells Splunk Web which one is not made"],
    assumptions: &[],
    examples: &[
        Example { spl: "| iconify ip", input: r#"[{"ip": "a"}]"#, expected: r#"[{"ip": "a"}]"# },
        Example { spl: "| iconify ip, host", input: r#"[{"n": 1}]"#, expected: r#"[{"n": 1}]"# },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    highlight::display(call, "a field")
}
