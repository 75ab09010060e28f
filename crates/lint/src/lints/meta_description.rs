//! There is no description, or far too long a one.

use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "meta/description",
    summary: "There is no description, or far too long a one",
    what: "Looks for a `description` that is missing or longer than 10,000 characters.",
    why: "The description is what an analyst reads beside the finding.",
    bad: "description: ''",
    good: "description: A compiler was started by an office program.",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    match file.filled("description") {
        Some(text) if text.chars().count() <= 10_000 => {}
        Some(_) => {
            out.key("description", "the description is longer than 10,000 characters");
        }
        None => {
            out.key("description", format!("the {} has no description", file.subject.name()));
        }
    }
}
