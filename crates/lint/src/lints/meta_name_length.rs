//! The name is too long for a saved search.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "meta/name-length",
    summary: "The name is too long for a saved search",
    what: "Looks for names of detections with more than 67 characters.",
    why: "Splunk stores a rule under its name with the app and the word Rule around it, and Enterprise Security cuts stanzas at 99 characters. contentctl refuses longer names.",
    bad: r#"name: A Rule whose name goes on and on and says every single thing that it looks for
search: "`some_source` | stats count by dest | `a_rule_whose_name_goes_on_and_on_and_says_every_single_thing_that_it_looks_for_filter`""#,
    good: "name: A Rule",
    severity: Severity::Warning,
    since: Generation::Two,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    if file.subject != Subject::Detection {
        return;
    }
    let length = file.filled("name").map_or(0, |name| name.chars().count());
    if length > LONGEST {
        out.key("name", format!("the name has {length} characters, and {LONGEST} fit"));
    }
}

const LONGEST: usize = 67;
