//! Generation 2, contentctl 5: risk moved from `tags` to `rba`.

use super::{Detection, Entity, EntityType, ThreatObject, common, port};
use crate::yaml::Mapping;

/// Keys that the first files of this generation still carry over from the one before.
const IGNORED: [&str; 3] = ["confidence", "impact", "required_fields"];

pub(super) fn read(top: &Mapping<'_>, detection: &mut Detection) {
    top.ignore(&["deprecation_info", "deployment"]);
    let mut score = 0;
    if let Some(tags) = top.mapping("tags") {
        tags.ignore(&IGNORED);
        common::tags(&tags, detection);
        detection.threat_group = tags.strings("group");
        detection.manual_test = tags.filled("manual_test");
        score = tags.number("risk_score").unwrap_or(0);
    }
    if let Some(rba) = top.mapping("rba") {
        risk(&rba, detection);
    }
    detection.severity = port::severity(detection, score);
}

fn risk(rba: &Mapping<'_>, detection: &mut Detection) {
    let message = rba.string("message").unwrap_or_default();
    let risk_objects = rba.mappings("risk_objects").iter().filter_map(entity).collect();
    let threat_objects = rba.mappings("threat_objects").iter().filter_map(threat_object).collect();
    port::port(detection, &message, risk_objects, threat_objects);
}

/// `{field, type, score}`.
pub(super) fn entity(map: &Mapping<'_>) -> Option<Entity> {
    let kind = match map.filled("type").unwrap_or_default().to_ascii_lowercase().as_str() {
        "user" => EntityType::User,
        "system" => EntityType::System,
        _ => EntityType::Other,
    };
    Some(Entity { kind, score: map.number("score").unwrap_or(0), field: map.filled("field")? })
}

/// `{field, type}`.
pub(super) fn threat_object(map: &Mapping<'_>) -> Option<ThreatObject> {
    Some(ThreatObject { kind: map.filled("type").unwrap_or_default(), field: map.filled("field")? })
}
