//! What is written the same in every generation.

use super::{AttackData, Detection, Drilldown, Generation, RuleTest, RuleType, Severity, Status};
use crate::yaml::{Mapping, Reader, Text};
use grotto_diag::Span;
use std::path::{Component, Path};
use std::sync::Arc;

/// Reads the keys at the top that all generations share; the rest stays empty.
pub(super) fn read(
    reader: &Reader,
    top: &Mapping<'_>,
    path: &Path,
    generation: Generation,
) -> Option<Detection> {
    let (name, id, search) = needed(reader, top)?;
    let string = |key| top.string(key).unwrap_or_default();
    Some(Detection {
        version: top.number("version"),
        creation_date: top.filled("creation_date"),
        modification_date: top.filled("modification_date").or_else(|| top.filled("date")),
        author: top.filled("author"),
        status: Status::read(&string("status")),
        rule_type: rule_type(reader, top),
        description: string("description"),
        data_source: data_source(top),
        how_to_implement: string("how_to_implement"),
        known_false_positives: string("known_false_positives"),
        references: top.strings("references"),
        drilldown_searches: top.mappings("drilldown_searches").iter().filter_map(drilldown).collect(),
        finding: None,
        intermediate_findings: Vec::new(),
        threat_objects: Vec::new(),
        analytic_story: Vec::new(),
        asset_type: None,
        cve: Vec::new(),
        atomic_guid: Vec::new(),
        mitre_attack_id: Vec::new(),
        threat_group: Vec::new(),
        product: Vec::new(),
        category: top.filled("category").or_else(|| folder(path)),
        security_domain: None,
        tests: top.mappings("tests").iter().map(test).collect(),
        manual_test: None,
        throttling: None,
        schedule: None,
        generation,
        severity: Severity::Info,
        path: path.to_owned(),
        unknown_keys: Vec::new(),
        source: Arc::clone(&reader.source),
        name,
        id,
        search,
    })
}

/// What a rule can't do without.
fn needed(reader: &Reader, top: &Mapping<'_>) -> Option<(String, String, Text)> {
    let (name, id) = (top.filled("name"), top.filled("id"));
    let search = top.text("search").filter(|s| !s.trim().is_empty());
    for (key, there) in [("name", name.is_some()), ("id", id.is_some()), ("search", search.is_some())] {
        if !there {
            reader.missing("the detection", key);
        }
    }
    Some((name?, id?, search?))
}

fn rule_type(reader: &Reader, top: &Mapping<'_>) -> RuleType {
    let rule_type = RuleType::read(&top.string("type").unwrap_or_default());
    if let RuleType::Other(name) = &rule_type {
        let span = top.node("type").map_or(Span::new(0, 0), |n| n.span);
        let message = if name.is_empty() {
            "the detection has no `type`: its results raise no findings".to_owned()
        } else {
            format!("`{name}` is no type of rule that grotto knows: its results raise no findings")
        };
        reader.say(grotto_diag::Severity::Warning, "content/rule-type", message, span);
    }
    rule_type
}

/// Names of data sources. Two files of the 2024 content misspell the key; `A AND B` stands for two names.
fn data_source(top: &Mapping<'_>) -> Vec<String> {
    let mut names = top.strings("data_source");
    names.extend(top.strings("data_sources"));
    let parts = names.iter().flat_map(|n| n.split(" AND ")).map(|n| n.trim().to_owned());
    parts.filter(|n| !n.is_empty()).collect()
}

/// The folder right under `detections`, if the file lies in one.
fn folder(path: &Path) -> Option<String> {
    let mut parts = path.parent()?.components();
    parts.rfind(|part| part.as_os_str() == "detections")?;
    let after =
        path.parent()?.components().rev().take_while(|part| part.as_os_str() != "detections").last()?;
    match after {
        Component::Normal(name) => name.to_str().map(str::to_owned),
        _ => None,
    }
}

fn drilldown(map: &Mapping<'_>) -> Option<Drilldown> {
    Some(Drilldown {
        name: map.string("name").unwrap_or_default(),
        earliest_offset: map.filled("earliest_offset"),
        latest_offset: map.filled("latest_offset"),
        search: map.text("search")?,
    })
}

fn test(map: &Mapping<'_>) -> RuleTest {
    RuleTest {
        name: map.string("name").unwrap_or_default(),
        test_type: map.filled("test_type").unwrap_or_else(|| "unit".to_owned()),
        description: map.filled("description"),
        attack_data: map.mappings("attack_data").iter().filter_map(attack_data).collect(),
        expected_results: map.number("expected_results").unwrap_or(1),
        earliest_time: map.filled("earliest_time"),
        latest_time: map.filled("latest_time"),
    }
}

fn attack_data(map: &Mapping<'_>) -> Option<AttackData> {
    // Of an older way to shift the time stamps of the data; the data is read as it is.
    map.ignore(&["update_timestamp"]);
    Some(AttackData {
        source: map.filled("source"),
        sourcetype: map.filled("sourcetype"),
        index: map.filled("index").or_else(|| map.filled("custom_index")),
        host: map.filled("host"),
        data: map.filled("data")?,
    })
}

/// The keys that the older generations keep under `tags` and generation 3 at the top.
pub(super) fn tags(map: &Mapping<'_>, detection: &mut Detection) {
    detection.analytic_story = map.strings("analytic_story");
    detection.asset_type = map.filled("asset_type");
    detection.cve = map.strings("cve");
    detection.atomic_guid = map.strings("atomic_guid");
    detection.mitre_attack_id = map.strings("mitre_attack_id");
    detection.product = map.strings("product");
    detection.security_domain = map.filled("security_domain");
    detection.throttling = map
        .mapping("throttling")
        .map(|t| super::Throttling { fields: t.strings("fields"), period: t.filled("period") });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_category_is_the_folder_under_detections() {
        for (path, category) in [
            ("c/detections/endpoint/a.yml", Some("endpoint")),
            ("c/detections/deprecated/old/a.yml", Some("deprecated")),
            ("c/detections/a.yml", None),
            ("rules/endpoint/a.yml", None),
            ("a.yml", None),
            ("detections/x/detections/web/a.yml", Some("web")),
        ] {
            assert_eq!(folder(Path::new(path)).as_deref(), category, "{path}");
        }
    }
}
