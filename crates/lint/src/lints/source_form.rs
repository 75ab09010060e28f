//! A data source lacks a part.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "source/form",
    summary: "A data source lacks a part",
    what: "A data source has a source, a sourcetype and fields.",
    why: "Rules can't be checked against it.",
    bad: "# file: data_sources/some_source.yml
name: Some Source
id: 9f3c2b1a-1d2e-4c3b-8a4d-5e6f70819203
version: 1
creation_date: '2026-01-01'
modification_date: '2026-01-01'
author: Jane Doe
description: A log.
source: some",
    good: "# file: data_sources/some_source.yml
name: Some Source
id: 9f3c2b1a-1d2e-4c3b-8a4d-5e6f70819203
version: 1
creation_date: '2026-01-01'
modification_date: '2026-01-01'
author: Jane Doe
description: A log.
source: some
sourcetype: thing",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    if file.subject != Subject::DataSource {
        return;
    }
    for key in ["source", "sourcetype"] {
        if file.filled(key).is_none() {
            out.key(key, format!("the data source has no `{key}`"));
        }
    }
}
