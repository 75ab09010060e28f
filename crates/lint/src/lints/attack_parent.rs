//! A technique stands beside its own sub-technique.

use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "attack/parent",
    summary: "A technique stands beside its own sub-technique",
    what: "Looks for a technique in `mitre_attack_id` of which a sub-technique is named too.",
    why: "The sub-technique says it all, and the technique counts twice. contentctl refuses it.",
    bad: "mitre_attack_id:
    - T1059
    - T1059.001",
    good: "mitre_attack_id:
    - T1059.001",
    severity: Severity::Warning,
    since: Generation::Two,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let ids = file.list(&file.tag("mitre_attack_id"));
    for (path, id) in &ids {
        let sub =
            ids.iter().find(|(_, other)| other.split_once('.').is_some_and(|(parent, _)| parent == *id));
        if let Some((_, sub)) = sub {
            out.key(path, format!("{id} is said already by its sub-technique {sub}"));
        }
    }
}
