//! A CVE is not written as one.

use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "meta/cve",
    summary: "A CVE is not written as one",
    what: "Looks for members of `cve` that are not of the form CVE-2024-12345.",
    why: "They are links to the vulnerability. contentctl refuses anything else.",
    bad: "cve:
    - CVE-20240-123",
    good: "cve:
    - CVE-2024-12345",
    severity: Severity::Warning,
    since: Generation::Two,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    for (path, cve) in file.list(&file.tag("cve")) {
        let parts: Vec<&str> = cve.split('-').collect();
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let fine = matches!(parts.as_slice(), ["CVE", year, number]
            if year.len() == 4 && digits(year) && (4..=7).contains(&number.len()) && digits(number));
        if !fine {
            out.key(&path, format!("`{cve}` is no CVE"));
        }
    }
}
