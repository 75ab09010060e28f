//! What a rule's risk events say about the rule.

use grotto_content::{Detection, RuleType, attack};
use serde::{Deserialize, Serialize};

/// What Enterprise Security keeps about a rule in each of its risk events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotations {
    /// Name of the saved search that the rule becomes in Splunk: `ESCU - … - Rule`, as contentctl names it
    /// unless its configuration says otherwise.
    pub search_name: String,
    /// What the rule detects.
    pub description: String,
    /// Names of the stories that the rule is part of.
    pub analyticstories: Vec<String>,
    /// ATT&CK technique ids.
    pub technique_ids: Vec<String>,
    /// Names of those, of a sub-technique only its own.
    pub techniques: Vec<String>,
    /// ATT&CK tactics by short name, such as `lateral-movement`.
    pub tactics: Vec<String>,
    /// ATT&CK tactic ids.
    pub tactic_ids: Vec<String>,
    /// Phases of the kill chain that the tactics stand for.
    pub kill_chain_phases: Vec<String>,
    /// Categories of the NIST Cybersecurity Framework.
    pub nist: Vec<String>,
    /// Critical security controls of CIS.
    pub cis20: Vec<String>,
}

impl Annotations {
    /// Those of a rule.
    pub fn of(rule: &Detection) -> Self {
        let known: Vec<_> = rule.mitre_attack_id.iter().filter_map(|id| attack::technique(id)).collect();
        let tactics: Vec<_> = distinct(known.iter().flat_map(|t| t.tactics().map(|tactic| tactic.id)))
            .into_iter()
            .filter_map(attack::tactic)
            .collect();
        let owned = |text: &str| text.to_owned();
        let ttp = rule.rule_type == RuleType::Ttp;
        let network = rule.security_domain.as_deref() == Some("network");
        Self {
            search_name: format!("ESCU - {} - Rule", rule.name),
            description: rule.description.trim().to_owned(),
            analyticstories: rule.analytic_story.clone(),
            technique_ids: rule.mitre_attack_id.clone(),
            techniques: known.iter().map(|t| t.name.to_owned()).collect(),
            tactics: tactics.iter().map(|t| owned(t.shortname)).collect(),
            tactic_ids: tactics.iter().map(|t| owned(t.id)).collect(),
            kill_chain_phases: distinct(tactics.iter().filter_map(|t| phase(t.id)))
                .into_iter()
                .map(owned)
                .collect(),
            nist: vec![owned(if ttp { "DE.CM" } else { "DE.AE" })],
            cis20: vec![owned(if network { "CIS 13" } else { "CIS 10" })],
        }
    }

    /// The frameworks and what the rule is in each, empty ones left out.
    pub fn frameworks(&self) -> Vec<(&'static str, &[String])> {
        let all = [
            ("cis20", &self.cis20),
            ("kill_chain_phases", &self.kill_chain_phases),
            ("mitre_attack", &self.technique_ids),
            ("nist", &self.nist),
        ];
        all.into_iter().filter(|(_, of)| !of.is_empty()).map(|(name, of)| (name, of.as_slice())).collect()
    }
}

fn distinct<'a>(values: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut out = Vec::new();
    for value in values {
        if !out.contains(&value) {
            out.push(value);
        }
    }
    out
}

/// The phase of Lockheed Martin's kill chain that a tactic is counted to in Splunk's content
/// (<https://github.com/splunk/contentctl>).
fn phase(tactic: &str) -> Option<&'static str> {
    Some(match tactic {
        "TA0043" => "Reconnaissance",
        "TA0042" => "Weaponization",
        "TA0001" => "Delivery",
        "TA0002" | "TA0003" => "Installation",
        "TA0004" | "TA0005" | "TA0006" | "TA0007" | "TA0008" | "TA0009" => "Exploitation",
        "TA0011" => "Command and Control",
        "TA0010" | "TA0040" => "Actions on Objectives",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tactic_of_the_table_has_a_phase() {
        for tactic in attack::tactics() {
            assert!(phase(tactic.id).is_some(), "{}", tactic.id);
        }
        assert_eq!(phase("TA9999"), None);
    }

    #[test]
    fn a_rule_is_told_in_the_words_of_the_frameworks() {
        let (content, _) = crate::builtin::content();
        for rule in &content.detections {
            let annotations = Annotations::of(rule);
            assert_eq!(annotations.technique_ids, rule.mitre_attack_id, "{}", rule.name);
            assert_eq!(
                annotations.technique_ids.is_empty(),
                annotations.tactic_ids.is_empty(),
                "{}",
                rule.name
            );
            assert_eq!(annotations.tactics.len(), annotations.tactic_ids.len());
            assert!(annotations.frameworks().iter().any(|(name, _)| *name == "nist"));
        }
        assert_eq!(distinct(["b", "a", "b"].into_iter()), ["b", "a"]);
    }
}
