//! A story that no rule tells.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "story/unused",
    summary: "A story that no rule tells",
    what: "Looks for stories that no detection names.",
    why: "It is shown empty.",
    bad: "# file: stories/another.yml
name: Another
id: 9f3c2b1a-1d2e-4c3b-8a4d-5e6f70819203
version: 1
creation_date: '2026-01-01'
modification_date: '2026-01-01'
author: Jane Doe
description: What happens.
narrative: It happens.
category:
    - Malware
usecase: Advanced Threat Detection",
    good: "analytic_story:
    - A Story",
    severity: Severity::Info,
    since: Generation::One,
    check: Check::File(check),
};

fn check(file: &File<'_>, cx: &Cx<'_>, out: &mut Out<'_>) {
    if file.subject != Subject::Story || cx.content.detections.is_empty() {
        return;
    }
    let Some(name) = file.filled("name") else { return };
    if !cx.content.detections.iter().any(|d| d.analytic_story.iter().any(|story| story == name)) {
        out.key("name", "no detection belongs to this story");
    }
}
