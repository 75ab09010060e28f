//! A technique that ATT&CK has revoked or deprecated.

use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_content::attack::{self, TechniqueState};
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "attack/retired",
    summary: "A technique that ATT&CK has revoked or deprecated",
    what: "Looks for members of `mitre_attack_id` that the ATT&CK table marks as revoked or deprecated.",
    why: "Coverage maps no longer show it: the rule should name what took its place.",
    bad: "mitre_attack_id:
    - T1086",
    good: "mitre_attack_id:
    - T1059.001",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    for (path, id) in file.list(&file.tag("mitre_attack_id")) {
        let Some(technique) = attack::technique(id) else { continue };
        let what = match technique.state {
            TechniqueState::Current => continue,
            TechniqueState::Revoked => "revoked",
            TechniqueState::Deprecated => "deprecated",
        };
        out.key(&path, format!("{id} ({}) is {what} in ATT&CK {}", technique.name, attack::VERSION)).help =
            Some(format!(
                "https://attack.mitre.org/techniques/{}/ says what took its place",
                id.replace('.', "/")
            ));
    }
}
