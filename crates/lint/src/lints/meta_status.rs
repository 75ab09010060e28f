//! The status is none that is known.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "meta/status",
    summary: "The status is none that is known",
    what: "Looks for a `status` other than production, experimental or deprecated.",
    why: "The status decides which checks hold and whether a rule is shipped.",
    bad: "status: prod",
    good: "status: production",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    if file.subject != Subject::Detection {
        return;
    }
    let status = file.filled("status").unwrap_or_default();
    if !KNOWN.contains(&status) {
        let message = if status.is_empty() {
            "the detection has no status".to_owned()
        } else {
            format!("`{status}` is no status")
        };
        let said = out.key("status", message);
        super::suggest(said, status, KNOWN.iter().copied());
    }
}

const KNOWN: [&str; 3] = ["production", "experimental", "deprecated"];
