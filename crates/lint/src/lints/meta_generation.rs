//! The file is written in an older schema.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "meta/generation",
    summary: "The file is written in an older schema",
    what: "Names files that are not yet in the schema of contentctl-ng (`finding:` and its kin).",
    why: "Newer tools port or refuse them. grotto reads all three.",
    bad: "# generation: 2",
    good: "# generation: 3",
    severity: Severity::Info,
    since: Generation::One,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    if file.subject == Subject::Detection && file.generation != Generation::Three {
        let number = file.generation.number();
        out.key("name", format!("the file is of generation {number} of the schema; the newest is 3"));
    }
}
