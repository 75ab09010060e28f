//! Generation 1, to the end of 2024: everything about the rule's meaning is under `tags`.

use super::{Detection, Entity, EntityType, ThreatObject, common, port};
use crate::yaml::Mapping;
use grotto_diag::{Severity, Span};

/// Keys that say nothing that the model keeps: lists for documentation, and leftovers of still older schemas.
const IGNORED: [&str; 7] = [
    "automated_detection_testing",
    "confidence",
    "context",
    "dataset",
    "impact",
    "required_fields",
    "supported_tas",
];

pub(super) fn read(top: &Mapping<'_>, detection: &mut Detection) {
    top.ignore(&["datamodel"]);
    let Some(tags) = top.mapping("tags") else { return };
    tags.ignore(&IGNORED);
    common::tags(&tags, detection);
    // One file of the 2024 content writes the key in capitals.
    detection.cve.extend(tags.strings("CVE"));
    detection.threat_group = tags.strings("group");
    detection.manual_test = tags.filled("manual_test");
    let score = score(&tags);
    let message = tags.string("message").unwrap_or_default();
    let (mut risk_objects, mut threat_objects) = (Vec::new(), Vec::new());
    for observable in tags.mappings("observable") {
        let Some(field) = observable.filled("name") else { continue };
        let kind = observable.filled("type").unwrap_or_default();
        let roles = observable.strings("role");
        let has = |role: &str| roles.iter().any(|r| r.eq_ignore_ascii_case(role));
        if has("Victim") {
            risk_objects.push(Entity { field, kind: entity_type(&kind), score });
        } else if has("Attacker") {
            threat_objects.push(ThreatObject { field, kind: threat_type(&kind) });
        } else {
            let span = observable.node("name").map_or_else(Span::default, |n| n.span);
            let message =
                format!("observable `{field}` is neither `Victim` nor `Attacker`, so it counts for nothing");
            top.reader().say(Severity::Warning, "content/observable-role", message, span);
        }
    }
    port::port(detection, &message, risk_objects, threat_objects);
    detection.severity = port::severity(detection, score);
}

/// `risk_score`, or confidence × impact / 100 as contentctl computed it.
fn score(tags: &Mapping<'_>) -> u32 {
    tags.number("risk_score").unwrap_or_else(|| {
        let factor = |key| u64::from(tags.number(key).unwrap_or(0).min(100));
        ((factor("confidence") * factor("impact") + 50) / 100) as u32
    })
}

/// What an observable is that is at risk.
fn entity_type(kind: &str) -> EntityType {
    match kind.to_ascii_lowercase().as_str() {
        "user" | "user name" | "username" | "email address" => EntityType::User,
        "device" | "endpoint" | "hostname" | "ip address" => EntityType::System,
        _ => EntityType::Other,
    }
}

/// The newer name of what an observable is that the attacker used.
fn threat_type(kind: &str) -> String {
    let kind = kind.trim().to_ascii_lowercase();
    match kind.as_str() {
        "url string" => "url".to_owned(),
        "file" => "file_name".to_owned(),
        "endpoint" | "hostname" | "device" => "system".to_owned(),
        "username" | "user name" => "user".to_owned(),
        _ => kind.replace([' ', '-'], "_"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_observables() {
        for (kind, expected) in [
            ("User", EntityType::User),
            ("User Name", EntityType::User),
            ("Email Address", EntityType::User),
            ("Hostname", EntityType::System),
            ("endpoint", EntityType::System),
            ("IP Address", EntityType::System),
            ("Process", EntityType::Other),
            ("", EntityType::Other),
        ] {
            assert_eq!(entity_type(kind), expected, "{kind}");
        }
        for (kind, expected) in [
            ("Process", "process"),
            ("Process Name", "process_name"),
            ("URL String", "url"),
            ("File", "file_name"),
            ("File Hash", "file_hash"),
            ("Hostname", "system"),
            ("Geo Location", "geo_location"),
        ] {
            assert_eq!(threat_type(kind), expected, "{kind}");
        }
    }
}
