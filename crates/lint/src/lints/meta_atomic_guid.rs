//! The id of an Atomic Red Team test is no UUID.

use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "meta/atomic-guid",
    summary: "The id of an Atomic Red Team test is no UUID",
    what: "Looks for members of `atomic_guid` that are no UUID.",
    why: "Nobody finds the test that the rule was written for.",
    bad: "atomic_guid:
    - T1059.001-1",
    good: "atomic_guid:
    - 9f3c2b1a-1d2e-4c3b-8a4d-5e6f70819203",
    severity: Severity::Warning,
    since: Generation::Two,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    for (path, id) in file.list(&file.tag("atomic_guid")) {
        if !super::is_uuid(id) {
            out.key(&path, format!("`{id}` is no UUID"));
        }
    }
}
