//! A deprecated rule does not say why.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "meta/deprecation",
    summary: "A deprecated rule does not say why",
    what: "Looks for rules with the status deprecated and without `deprecation_info`.",
    why: "Who uses the rule needs to know what replaces it, and when it goes.",
    bad: "status: deprecated",
    good: "status: deprecated
deprecation_info:
    reason: Another rule sees more.",
    severity: Severity::Warning,
    since: Generation::Three,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    if file.subject == Subject::Detection
        && file.filled("status") == Some("deprecated")
        && !file.document.has("deprecation_info")
        && file.generation == Generation::Three
    {
        out.key("status", "the rule is deprecated, and no deprecation_info says why");
    }
}
