//! The throttling says not what, or not how long.

use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "throttling/form",
    summary: "The throttling says not what, or not how long",
    what: "A throttling has fields and a period: a number and s, m or h.",
    why: "Splunk would suppress everything, or nothing. contentctl refuses it.",
    bad: "throttling:
    fields:
        - dest
    period: 1 day",
    good: "throttling:
    fields:
        - dest
    period: 24h",
    severity: Severity::Warning,
    since: Generation::Two,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let key = ["throttling", "tags.throttling"].into_iter().find(|key| file.document.has(key));
    let Some(key) = key else { return };
    if file.document.len(&format!("{key}.fields")) == 0 {
        out.key(key, "the throttling names no fields");
    }
    let path = format!("{key}.period");
    let period = file.filled(&path).unwrap_or_default();
    let number = period.strip_suffix(['s', 'm', 'h']).unwrap_or_default();
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        out.key(&path, format!("`{period}` is no period: a number and s, m or h is"));
    }
}
