//! Two entities read the same field.

use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "finding/entity-twice",
    summary: "Two entities read the same field",
    what: "Looks for a field that the finding and an intermediate finding, or two of these, name.",
    why: "The same result would raise the risk of the same thing twice. The validator refuses it.",
    bad: "intermediate_findings:
    entities:
        - field: dest
          type: system
          score: 20
          message: Again $dest$",
    good: "intermediate_findings:
    entities:
        - field: user
          type: user
          score: 20
          message: By $user$",
    severity: Severity::Warning,
    since: Generation::Three,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    if file.generation != Generation::Three {
        return;
    }
    let mut seen = std::collections::HashSet::new();
    for path in super::entities(file) {
        let key = format!("{path}.field");
        if let Some(field) = file.filled(&key)
            && !seen.insert(field.to_owned())
        {
            out.key(&key, format!("`{field}` is an entity already"));
        }
    }
}
