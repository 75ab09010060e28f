//! A message says nothing of the result.

use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "finding/no-token",
    summary: "A message says nothing of the result",
    what: "Looks for titles and messages without a `$field$`.",
    why: "Every finding of the rule reads the same: the analyst has to open each to see what it is about.",
    bad: "finding:
    title: Something happened
    entity:
        field: dest
        type: system
        score: 50",
    good: "finding:
    title: Something happened on $dest$
    entity:
        field: dest
        type: system
        score: 50",
    severity: Severity::Warning,
    since: Generation::Three,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    for path in super::messages(file) {
        let Some(message) = file.filled(&path) else { continue };
        if !message.contains('$') {
            out.key(&path, "this message names no field of the result").help =
                Some("write $dest$ or another field of the result into it".to_owned());
        }
    }
}
