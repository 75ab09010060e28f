//! The id is no UUID.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "meta/id",
    summary: "The id is no UUID",
    what: "Looks for an `id` that is missing or not of the form 8-4-4-4-12 hexadecimal digits.",
    why: "Findings, stories and updates refer to content by its id. contentctl refuses anything but a UUID.",
    bad: "id: my-rule-1",
    good: "id: 3b8c1f0a-5a0f-4d0e-9f2e-2f7b5d1c6a10",
    severity: Severity::Warning,
    since: Generation::Two,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    match file.filled("id") {
        Some(id) if super::is_uuid(id) => {}
        Some(id) => out.key("id", format!("`{id}` is no UUID")).help = Some(HELP.to_owned()),
        // Older macros and lookups have no ids.
        None if file.generation == Generation::Three || file.subject == Subject::Detection => {
            out.key("id", format!("the {} has no id", file.subject.name())).help = Some(HELP.to_owned());
        }
        None => {}
    }
}

const HELP: &str = "uuidgen makes one";
