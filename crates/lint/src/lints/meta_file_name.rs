//! The file is not called after what is in it.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "meta/file-name",
    summary: "The file is not called after what is in it",
    what: "Compares the file name with the name inside: for a detection the name in lower case, with `_` for blanks, dashes, full stops and slashes; for a macro, lookup, story or data source that, or the name itself.",
    why: "The filter macro, the test data and the links of published content are all derived from the one or the other. contentctl refuses a rule whose file is called differently.",
    bad: "# file: detections/endpoint/other.yml
name: A Rule",
    good: "# file: detections/endpoint/a_rule.yml
name: A Rule",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let Some(name) = file.filled("name") else { return };
    let wanted = super::stem_of(name);
    // The arguments of a macro may stand in the name of its file: macros of one name differ in nothing else.
    let own = match file.subject {
        Subject::Macro => file.stem().split_once('(').map_or(file.stem(), |(own, _)| own),
        _ => file.stem(),
    };
    let fits = wanted == own || (file.subject != Subject::Detection && name == own);
    if !fits {
        out.key("name", format!("the file is called {}, and its name asks for {wanted}", file.stem())).help =
            Some(format!("rename the file to {wanted}.yml"));
    }
}
