//! A technique that ATT&CK does not have.

use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_content::attack;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "attack/unknown",
    summary: "A technique that ATT&CK does not have",
    what: "Looks up every member of `mitre_attack_id` in the ATT&CK table that grotto carries.",
    why: "The rule counts for nothing in coverage maps. contentctl refuses it.",
    bad: "mitre_attack_id:
    - T1059.099",
    good: "mitre_attack_id:
    - T1059.001",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    for (path, id) in file.list(&file.tag("mitre_attack_id")) {
        if attack::technique(id).is_none() {
            let message = format!("ATT&CK {} has no technique {id}", attack::VERSION);
            out.key(&path, message).help = Some("it is misspelled, or newer than the table".to_owned());
        }
    }
}
