//! Nobody is named as author.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "meta/author",
    summary: "Nobody is named as author",
    what: "Looks for an `author` that is missing or longer than 255 characters.",
    why: "Who meets a false positive wants to know whom to ask. contentctl requires it.",
    bad: "author: ''",
    good: "author: Jane Doe",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    match file.filled("author") {
        Some(author) if author.chars().count() <= 255 => {}
        Some(_) => {
            out.key("author", "the author is longer than 255 characters");
        }
        None if file.generation == Generation::Three || file.subject == Subject::Detection => {
            out.key("author", format!("the {} has no author", file.subject.name()));
        }
        None => {}
    }
}
