//! Tactics and techniques: those of a rule, and the whole matrix.

use crate::model::{EvidenceState, RuleId, RulePage, TacticEntry, TacticTag, TechniqueEntry, TechniqueTag};
use grotto_content::attack::{self, TechniqueState};
use std::collections::{BTreeMap, BTreeSet};

/// The techniques of a rule, each once, in its order; how many others have them is not known yet.
pub(super) fn techniques(ids: &[String]) -> Vec<TechniqueTag> {
    let mut seen = BTreeSet::new();
    let ids = ids.iter().map(|id| id.trim().to_ascii_uppercase());
    ids.filter(|id| seen.insert(id.clone())).map(tag).collect()
}

fn tag(id: String) -> TechniqueTag {
    let known = attack::technique(&id);
    let remark = match known {
        None => Some(format!("ATT&CK {} has no such technique", attack::VERSION)),
        Some(technique) => match technique.state {
            TechniqueState::Current => None,
            TechniqueState::Deprecated => Some("deprecated: ATT&CK no longer keeps it up".to_owned()),
            TechniqueState::Revoked => Some(revoked(technique)),
        },
    };
    TechniqueTag {
        name: known.map_or_else(String::new, attack::Technique::full_name),
        tactics: known.map_or_else(Vec::new, |t| t.tactics().map(|t| t.id.to_owned()).collect()),
        others: 0,
        remark,
        id,
    }
}

/// That a technique was revoked, and what is called like it now.
fn revoked(technique: &attack::Technique) -> String {
    let same = |other: &&attack::Technique| {
        other.state == TechniqueState::Current && other.name == technique.name && other.id != technique.id
    };
    match attack::techniques().iter().find(same) {
        Some(other) => format!("revoked: replaced by {} {}", other.id, other.full_name()),
        None => "revoked: ATT&CK has replaced it".to_owned(),
    }
}

/// The tactics of techniques, in the order of the matrix.
pub(super) fn tactics(techniques: &[TechniqueTag]) -> Vec<TacticTag> {
    let has = |id: &str| techniques.iter().any(|technique| technique.tactics.iter().any(|t| t == id));
    let tactics = attack::tactics().iter().filter(|tactic| has(tactic.id));
    tactics.map(|t| TacticTag { id: t.id.to_owned(), name: t.name.to_owned() }).collect()
}

/// Counts, in the rules, who else has their techniques, and gives all techniques and tactics.
pub(super) fn entries(rules: &mut [RulePage]) -> (Vec<TechniqueEntry>, Vec<TacticEntry>) {
    let mut tagged: BTreeMap<String, Vec<(RuleId, EvidenceState)>> = BTreeMap::new();
    for rule in rules.iter() {
        for technique in &rule.techniques {
            let rules = tagged.entry(technique.id.clone()).or_default();
            rules.push((rule.id.clone(), rule.evidence.state));
        }
    }
    for technique in rules.iter_mut().flat_map(|rule| &mut rule.techniques) {
        let count = tagged.get(&technique.id).map_or(0, Vec::len);
        technique.others = count.saturating_sub(1) as u32;
    }
    let current = attack::techniques().iter().filter(|t| t.state == TechniqueState::Current);
    let ids: BTreeSet<&str> = current.map(|t| t.id).chain(tagged.keys().map(String::as_str)).collect();
    let techniques: Vec<_> =
        ids.into_iter().map(|id| entry(id, tagged.get(id).map_or(&[][..], Vec::as_slice))).collect();
    let tactics = attack::tactics().iter().map(|tactic| tactic_entry(tactic, &techniques, rules)).collect();
    (techniques, tactics)
}

fn entry(id: &str, rules: &[(RuleId, EvidenceState)]) -> TechniqueEntry {
    let known = attack::technique(id);
    let state = match known.map(|t| t.state) {
        Some(TechniqueState::Current) => "current",
        Some(TechniqueState::Revoked) => "revoked",
        Some(TechniqueState::Deprecated) => "deprecated",
        None => "unknown",
    };
    let of = |wanted: &[EvidenceState]| rules.iter().filter(|(_, s)| wanted.contains(s)).count() as u32;
    TechniqueEntry {
        id: id.to_owned(),
        name: known.map_or_else(String::new, |t| t.name.to_owned()),
        full_name: known.map_or_else(String::new, attack::Technique::full_name),
        tactics: known.map_or_else(Vec::new, |t| t.tactics().map(|t| t.id.to_owned()).collect()),
        state: state.to_owned(),
        rules: rules.iter().map(|(id, _)| id.clone()).collect(),
        running: of(&[EvidenceState::Fires, EvidenceState::Fails, EvidenceState::Runs]),
        proven: of(&[EvidenceState::Fires]),
    }
}

fn tactic_entry(tactic: &attack::Tactic, techniques: &[TechniqueEntry], rules: &[RulePage]) -> TacticEntry {
    let of_it = techniques.iter().filter(|t| t.tactics.iter().any(|id| id == tactic.id));
    let has = |rule: &&RulePage| rule.tactics.iter().any(|tag| tag.id == tactic.id);
    TacticEntry {
        id: tactic.id.to_owned(),
        key: tactic.shortname.to_owned(),
        name: tactic.name.to_owned(),
        techniques: of_it.map(|t| t.id.clone()).collect(),
        rules: rules.iter().filter(has).map(|rule| rule.id.clone()).collect(),
    }
}

/// Techniques in use that no rule has; one counts as covered when a sub-technique is.
pub(super) fn uncovered(techniques: &[TechniqueEntry]) -> Vec<String> {
    let covered: BTreeSet<&str> = techniques
        .iter()
        .filter(|t| !t.rules.is_empty())
        .flat_map(|t| [t.id.as_str(), t.id.split('.').next().unwrap_or_default()])
        .collect();
    let open = techniques.iter().filter(|t| t.state == "current" && !covered.contains(t.id.as_str()));
    open.map(|t| t.id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_come_from_the_table() {
        let tags = techniques(&["T1021.006".to_owned(), "t1021.006".to_owned(), "T1547.001".to_owned()]);
        assert_eq!(tags.len(), 2, "the same technique counts once");
        assert_eq!(tags[0].name, "Remote Services: Windows Remote Management");
        let names: Vec<_> = tactics(&tags).into_iter().map(|t| t.name).collect();
        assert_eq!(names, ["Persistence", "Privilege Escalation", "Lateral Movement"]);
        assert!(tags.iter().all(|tag| tag.remark.is_none()));
    }

    #[test]
    fn what_is_wrong_with_a_technique_is_said() {
        let tags = techniques(&["T1086".to_owned(), "T9999".to_owned()]);
        let remarks: Vec<_> = tags.iter().map(|tag| tag.remark.as_deref().unwrap()).collect();
        assert_eq!(
            remarks[0],
            "revoked: replaced by T1059.001 Command and Scripting Interpreter: PowerShell"
        );
        assert!(remarks[1].ends_with("has no such technique"));
    }
}
