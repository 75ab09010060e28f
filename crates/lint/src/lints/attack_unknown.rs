//! A technique that ATT&CK does not have.

use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_content::attack;
use grotto_diag::Severity;
use std::sync::LazyLock;

pub(super) static LINT: Lint = Lint {
    slug: "attack/unknown",
    summary: "A technique that ATT&CK does not have",
    what: "Looks up every member of `mitre_attack_id` in the ATT&CK table that grotto carries. An id beyond the last of the table is a note: it is probably newer.",
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
            let said = out.key(&path, format!("ATT&CK {} has no technique {id}", attack::VERSION));
            said.help = Some("it is misspelled, or newer than the table".to_owned());
            if number(id).is_some_and(|number| number > newest()) {
                said.severity = Severity::Info;
            }
        }
    }
}

/// The number of a technique, without that of the sub-technique.
fn number(id: &str) -> Option<u32> {
    let (technique, sub) = id.strip_prefix('T')?.split_once('.').unwrap_or((id.strip_prefix('T')?, "000"));
    let written = technique.len() == 4 && sub.len() == 3 && sub.bytes().all(|b| b.is_ascii_digit());
    technique.parse().ok().filter(|_| written)
}

/// The largest number that the table has: ATT&CK counts upwards.
fn newest() -> u32 {
    static NEWEST: LazyLock<u32> =
        LazyLock::new(|| attack::techniques().iter().filter_map(|t| number(t.id)).max().unwrap_or_default());
    *NEWEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_techniques() {
        for (id, expected) in [
            ("T1059", Some(1059)),
            ("T1059.001", Some(1059)),
            ("T10599", None),
            ("T1059.1", None),
            ("x", None),
        ] {
            assert_eq!(number(id), expected, "{id}");
        }
        assert!(number("T9999") > Some(newest()) && Some(newest()) > number("T1059"));
    }
}
