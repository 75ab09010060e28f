//! It is not said how to set the rule up, or what it finds wrongly.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "meta/explanations",
    summary: "It is not said how to set the rule up, or what it finds wrongly",
    what: "Looks for `how_to_implement` and `known_false_positives` with fewer than 4 characters.",
    why: "Whoever turns the rule on needs both. contentctl requires them.",
    bad: "known_false_positives: no",
    good: "known_false_positives: Administrators that build software on servers.",
    severity: Severity::Warning,
    since: Generation::Two,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    if file.subject != Subject::Detection {
        return;
    }
    for key in ["how_to_implement", "known_false_positives"] {
        if file.filled(key).map_or(0, |text| text.chars().count()) < 4 {
            out.key(key, format!("`{key}` says nothing"));
        }
    }
}
