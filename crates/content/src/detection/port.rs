//! From risk objects, as the older generations have them, to findings.
//!
//! The rule is that of contentctl's own port to generation 3; it is told in [`Finding`].

use super::{Detection, Entity, EntityType, Finding, IntermediateFinding, RuleType, Severity, ThreatObject};

/// Puts the risk objects and threat objects of an older rule into the model.
pub(super) fn port(
    detection: &mut Detection,
    message: &str,
    mut risk_objects: Vec<Entity>,
    threat_objects: Vec<ThreatObject>,
) {
    let (finding, intermediate) = match detection.rule_type {
        RuleType::Ttp => (true, true),
        RuleType::Anomaly => (false, true),
        RuleType::Correlation => (true, false),
        _ => return,
    };
    if finding && !risk_objects.is_empty() {
        let first = risk_objects.iter().position(|o| o.kind == EntityType::User).unwrap_or(0);
        detection.finding = Some(Finding { title: message.to_owned(), entity: risk_objects.remove(first) });
    }
    if intermediate {
        detection.intermediate_findings = risk_objects
            .into_iter()
            .map(|entity| IntermediateFinding { entity, message: message.to_owned() })
            .collect();
    }
    detection.threat_objects = threat_objects;
}

/// The severity of a rule by the highest score of what it raises, or by `otherwise` when it raises nothing.
pub(super) fn severity(detection: &Detection, otherwise: u32) -> Severity {
    let finding = detection.finding.iter().map(|f| f.entity.score);
    let intermediate = detection.intermediate_findings.iter().map(|f| f.entity.score);
    Severity::of_score(finding.chain(intermediate).max().unwrap_or(otherwise))
}
