//! The number of matches is out of range.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "lookup/max-matches",
    summary: "The number of matches is out of range",
    what: "Looks for `max_matches` outside of 1 to 1000.",
    why: "Splunk refuses the definition.",
    bad: "# file: lookups/some_table.yml
name: some_table
collection: some_table
max_matches: 0
description: Users.",
    good: "# file: lookups/some_table.yml
name: some_table
collection: some_table
max_matches: 1
description: Users.",
    severity: Severity::Warning,
    since: Generation::Two,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    if file.subject != Subject::Lookup {
        return;
    }
    if let Some(text) = file.filled("max_matches")
        && !text.parse::<u32>().is_ok_and(|number| (1..=1000).contains(&number))
    {
        out.key("max_matches", format!("`{text}` is no number from 1 to 1000"));
    }
}
