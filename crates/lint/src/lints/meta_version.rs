//! The version is missing or no whole number.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "meta/version",
    summary: "The version is missing or no whole number",
    what: "Looks for a `version` that is missing, not a whole number, or 0 in a file of the newest schema.",
    why: "An update is only taken when the version has gone up. contentctl refuses anything else.",
    bad: "version: 1.5",
    good: "version: 2",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let least = u32::from(file.generation == Generation::Three);
    match file.filled("version") {
        Some(text) => {
            if text.parse::<u32>().is_ok_and(|version| version >= least) {
                return;
            }
            out.key("version", format!("`{text}` is no version: a whole number from {least} up is"));
        }
        None if file.generation == Generation::Three || file.subject == Subject::Detection => {
            out.key("version", format!("the {} has no version", file.subject.name()));
        }
        None => {}
    }
}
