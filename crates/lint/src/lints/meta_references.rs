//! A reference is no URL, or stands there twice.

use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "meta/references",
    summary: "A reference is no URL, or stands there twice",
    what: "Looks for members of `references` that are no http or https URL, and in the newest schema for members that occur twice.",
    why: "References are shown as links. contentctl refuses anything that is none.",
    bad: "references:
    - attack.mitre.org/techniques/T1059",
    good: "references:
    - https://attack.mitre.org/techniques/T1059/",
    severity: Severity::Warning,
    since: Generation::Two,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let mut seen = std::collections::HashSet::new();
    for (path, url) in file.list("references") {
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        if !host.is_some_and(|host| host.len() > 3 && !url.contains(char::is_whitespace)) {
            out.key(&path, format!("`{url}` is no URL"));
        } else if !seen.insert(url) && file.generation == Generation::Three {
            out.key(&path, "this reference stands there twice");
        }
    }
}
