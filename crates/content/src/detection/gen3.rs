//! Generation 3, from May 2026: `tags` and `rba` are gone, findings stand at the top.

use super::gen2::{entity, threat_object};
use super::{Detection, Finding, IntermediateFinding, Schedule, Severity, common, port};
use crate::yaml::{Mapping, Reader, Value};
use grotto_diag::{Severity as Weight, Span};

pub(super) fn read(top: &Mapping<'_>, detection: &mut Detection) {
    top.ignore(&["baselines", "deprecation_info"]);
    common::tags(top, detection);
    detection.threat_group = top.strings("threat_group");
    detection.manual_test = top.filled("manual_test");
    detection.finding = top.mapping("finding").and_then(|map| finding(top.reader(), &map));
    detection.intermediate_findings = top
        .mapping("intermediate_findings")
        .map(|map| map.mappings("entities").iter().filter_map(intermediate).collect())
        .unwrap_or_default();
    detection.threat_objects = top.mappings("threat_objects").iter().filter_map(threat_object).collect();
    detection.schedule = schedule(top);
    // The finding's own score counts where there is one, however high the intermediate ones are.
    detection.severity = match &detection.finding {
        Some(finding) => Severity::of_score(finding.entity.score),
        None => port::severity(detection, 0),
    };
}

fn finding(reader: &Reader, map: &Mapping<'_>) -> Option<Finding> {
    let title = map.string("title").unwrap_or_default();
    let entity = map.mapping("entity").and_then(|e| entity(&e));
    if entity.is_none() {
        let span = map.node("title").map_or(Span::new(0, 0), |n| n.span);
        let message = "the finding has no entity with a field, so it is not raised".to_owned();
        reader.say(Weight::Warning, "content/finding-without-entity", message, span);
    }
    Some(Finding { title, entity: entity? })
}

fn intermediate(map: &Mapping<'_>) -> Option<IntermediateFinding> {
    Some(IntermediateFinding { message: map.string("message").unwrap_or_default(), entity: entity(map)? })
}

/// `schedule` is a name or a mapping, `custom_schedule` a mapping.
fn schedule(top: &Mapping<'_>) -> Option<Schedule> {
    let key = if top.has("custom_schedule") { "custom_schedule" } else { "schedule" };
    if key == "custom_schedule"
        && let Some(node) = top.node("schedule")
    {
        let message = "`schedule` has no effect beside `custom_schedule`".to_owned();
        top.reader().say(Weight::Warning, "content/two-schedules", message, node.span);
    }
    let node = top.node(key)?;
    if matches!(node.value, Value::Scalar(_)) {
        return Some(Schedule { name: top.filled(key), cron: None, earliest_time: None, latest_time: None });
    }
    let map = top.mapping(key)?;
    map.ignore(&["schedule_window"]);
    Some(Schedule {
        name: map.filled("name"),
        cron: map.filled("cron_schedule").or_else(|| map.filled("cron")),
        earliest_time: map.filled("earliest_time"),
        latest_time: map.filled("latest_time"),
    })
}
