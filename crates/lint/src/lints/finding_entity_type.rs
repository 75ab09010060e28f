//! An entity is of a type that is none.

use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "finding/entity-type",
    summary: "An entity is of a type that is none",
    what: "Looks for types of entities other than system, user and other.",
    why: "grotto takes it for other, and contentctl refuses it: the risk of the system or user does not rise.",
    bad: "finding:
    title: On $dest$
    entity:
        field: dest
        type: host
        score: 50",
    good: "finding:
    title: On $dest$
    entity:
        field: dest
        type: system
        score: 50",
    severity: Severity::Warning,
    since: Generation::Two,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    for path in super::entities(file) {
        let key = format!("{path}.type");
        let kind = file.filled(&key).unwrap_or_default();
        if !["system", "user", "other"].contains(&kind) {
            let said = out.key(&key, format!("`{kind}` is no type of entity: system, user and other are"));
            super::suggest(said, kind, ["system", "user", "other"].into_iter());
        }
    }
}
