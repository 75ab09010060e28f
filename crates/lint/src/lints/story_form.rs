//! A story lacks a part.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "story/form",
    summary: "A story lacks a part",
    what: "A story has a narrative, a category and a use case.",
    why: "Enterprise Security shows them, and sorts stories by them.",
    bad: "# file: stories/a_story.yml
name: A Story
id: 9f3c2b1a-1d2e-4c3b-8a4d-5e6f70819203
version: 1
creation_date: '2026-01-01'
modification_date: '2026-01-01'
author: Jane Doe
description: What happens.
category:
    - Malware
usecase: Advanced Threat Detection",
    good: "# file: stories/a_story.yml
name: A Story
id: 9f3c2b1a-1d2e-4c3b-8a4d-5e6f70819203
version: 1
creation_date: '2026-01-01'
modification_date: '2026-01-01'
author: Jane Doe
description: What happens.
narrative: It happens like this.
category:
    - Malware
usecase: Advanced Threat Detection",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    if file.subject != Subject::Story {
        return;
    }
    if file.filled("narrative").is_none() {
        out.key("narrative", "the story has no narrative");
    }
    for key in ["category", "usecase"] {
        if !file.document.has(key) && !file.document.has(&format!("tags.{key}")) {
            out.key(key, format!("the story has no {key}"));
        }
    }
}
