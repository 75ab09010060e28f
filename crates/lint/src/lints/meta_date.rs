//! A date is missing or no date.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "meta/date",
    summary: "A date is missing or no date",
    what: "Looks at `creation_date` and `modification_date`, and in older files at `date`: each must be a day, written YYYY-MM-DD, and nothing can be changed before it was made.",
    why: "Release notes and updates are made from these dates. contentctl refuses anything else.",
    bad: "modification_date: '2026-13-01'",
    good: "modification_date: '2026-12-01'",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let newest = file.generation == Generation::Three;
    let keys: &[&str] = if newest { &["creation_date", "modification_date"] } else { &["date"] };
    for key in keys {
        match file.filled(key) {
            Some(date) if super::is_day(date) => {}
            Some(date) => {
                out.key(key, format!("`{date}` is no day")).help = Some("write it as YYYY-MM-DD".to_owned());
            }
            None if newest || matches!(file.subject, Subject::Detection | Subject::Story) => {
                out.key(key, format!("the {} has no {key}", file.subject.name()));
            }
            None => {}
        }
    }
    if let (true, Some(made), Some(changed)) =
        (newest, file.filled("creation_date"), file.filled("modification_date"))
        && super::is_day(made)
        && super::is_day(changed)
        && changed < made
    {
        out.key("modification_date", format!("it was changed on {changed}, before it was made on {made}"));
    }
}
