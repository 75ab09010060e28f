//! Two detections have the same name.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "meta/unique-name",
    summary: "Two detections have the same name",
    what: "Compares the names of all detections, whatever their letter case.",
    why: "Splunk keeps saved searches by name: the second one replaces the first.",
    bad: "name: A Rule
# file: detections/network/a_rule.yml
name: A Rule
id: 11111111-2222-4333-8444-555555555555
category: network",
    good: "name: A Rule",
    severity: Severity::Error,
    since: Generation::One,
    check: Check::File(check),
};

fn check(file: &File<'_>, cx: &Cx<'_>, out: &mut Out<'_>) {
    if file.subject != Subject::Detection {
        return;
    }
    let Some(same) = file.filled("name").and_then(|name| cx.names.get(&name.to_lowercase())) else { return };
    // The first one may keep the name.
    if let [first, _, ..] = same.as_slice()
        && first.path != file.path
    {
        out.key("name", format!("{} has this name already", first.path.display()));
    }
}
