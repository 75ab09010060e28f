//! The shipped rules and the samples belong together.
#![allow(clippy::disallowed_methods, reason = "a test reads the repository's own files")]

use grotto_samples::attacks;
use grotto_samples::examples::{self, SEED};
use grotto_samples::stream::Stream;
use grotto_samples::xml;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn rules() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules")
}

/// The YAML files of a folder of `rules/`, by file name without ending.
fn yaml(folder: &str) -> BTreeMap<String, Value> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(rules().join(folder)).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let value =
            serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        files.insert(path.file_stem().unwrap().to_string_lossy().into_owned(), value);
    }
    files
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_else(|| panic!("{key} is missing in {value}"))
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The file name that a name demands: lower case, with underscores.
fn file_name(name: &str) -> String {
    name.to_lowercase().replace([' ', '-', '.', '/'], "_")
}

#[test]
fn a_rule_is_called_like_its_file_and_ends_with_its_filter() {
    for (file, rule) in yaml("detections/endpoint") {
        assert_eq!(file_name(text(&rule, "name")), file);
        assert!(text(&rule, "name").len() <= 67, "{file}");
        let search = text(&rule, "search");
        let last = search.lines().last().unwrap();
        assert!(last.ends_with(&format!("| `{file}_filter`")), "{file}: {last}");
        assert_eq!(search.matches(&format!("`{file}_filter`")).count(), 1, "{file}");
    }
}

#[test]
fn a_rule_raises_what_its_type_demands_and_every_token_is_a_field_of_its_search() {
    for (file, rule) in yaml("detections/endpoint") {
        let has = |key: &str| rule.get(key).is_some();
        let (finding, intermediate) = (has("finding"), has("intermediate_findings"));
        match text(&rule, "type") {
            "TTP" => assert!(finding, "{file}"),
            "Anomaly" => assert!(!finding && intermediate, "{file}"),
            "Hunting" => assert!(!finding && !intermediate && !has("threat_objects"), "{file}"),
            other => panic!("{file}: {other}"),
        }
        let raised = format!("{}{}", rule["finding"], rule["intermediate_findings"]);
        for token in raised.split('$').skip(1).step_by(2) {
            assert!(text(&rule, "search").contains(token), "{file}: ${token}$");
        }
    }
}

#[test]
fn ids_are_unique_over_all_folders() {
    let mut seen = BTreeSet::new();
    for folder in ["detections/endpoint", "macros", "stories", "data_sources"] {
        for (file, value) in yaml(folder) {
            let id = text(&value, "id").to_owned();
            assert_eq!(id.len(), 36, "{file}");
            assert!(seen.insert(id), "{file}");
        }
    }
}

#[test]
fn macros_data_sources_and_stories_that_rules_name_exist() {
    let (macros, stories) = (yaml("macros"), yaml("stories"));
    let names = |files: &BTreeMap<String, Value>| -> BTreeSet<String> {
        files.values().map(|value| text(value, "name").to_owned()).collect()
    };
    let (sources, stories) = (names(&yaml("data_sources")), names(&stories));
    for (file, rule) in yaml("detections/endpoint") {
        for call in text(&rule, "search").split('`').skip(1).step_by(2) {
            let name = call.split('(').next().unwrap();
            assert!(macros.contains_key(name) || name == format!("{file}_filter"), "{file}: {name}");
        }
        for source in list(&rule, "data_source") {
            assert!(sources.contains(source.as_str().unwrap()), "{file}: {source}");
        }
        for story in list(&rule, "analytic_story") {
            assert!(stories.contains(story.as_str().unwrap()), "{file}: {story}");
        }
    }
}

#[test]
fn every_rule_is_tested_on_a_sample_of_its_source() {
    let samples: BTreeMap<String, Vec<u8>> =
        examples::files(SEED).unwrap().into_iter().map(|file| (file.path, file.content)).collect();
    for (file, rule) in yaml("detections/endpoint") {
        let data: Vec<&Value> =
            list(&rule, "tests").iter().flat_map(|test| list(test, "attack_data")).collect();
        assert!(!data.is_empty(), "{file}");
        for entry in data {
            let path = text(entry, "data").strip_prefix("../../../examples/").unwrap();
            let content = samples.get(path).unwrap_or_else(|| panic!("{file}: {path}"));
            let channel = text(entry, "source").strip_prefix("XmlWinEventLog:").unwrap();
            let wide: Vec<u8> = channel.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let holds = |needle: &[u8]| content.windows(needle.len()).any(|window| window == needle);
            assert!(holds(channel.as_bytes()) || holds(&wide), "{file}: {path} is not {channel}");
        }
    }
}

#[test]
fn every_rule_has_an_attack_and_every_attack_its_rules() {
    let rules: BTreeSet<String> = yaml("detections/endpoint").into_keys().collect();
    let attacked: BTreeSet<String> =
        attacks::ALL.iter().flat_map(|attack| attack.rules).map(|rule| (*rule).to_owned()).collect();
    assert_eq!(rules, attacked);
}

#[test]
fn example_logs_are_what_the_generator_writes() {
    for (file, source) in yaml("data_sources") {
        let id: u16 = text(&source, "separator_value").parse().unwrap();
        let channel = text(&source, "source").strip_prefix("XmlWinEventLog:").unwrap();
        let event =
            Stream::new(SEED, 1).take(100_000).find(|event| event.id == id && event.channel == channel);
        assert_eq!(text(&source, "example_log"), xml::to_string(&event.unwrap()), "{file}");
        let fields: BTreeSet<&str> = list(&source, "fields").iter().filter_map(Value::as_str).collect();
        for field in list(&source, "output_fields") {
            assert!(fields.contains(field.as_str().unwrap()), "{file}: {field}");
        }
    }
}

#[test]
fn facts_shared_with_other_projects_hold() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    if !shared.is_dir() {
        eprintln!("skipped: {} is not there", shared.display());
        return;
    }
    let table = fs::read_to_string(shared.join("facts/attack.csv")).unwrap();
    let techniques: BTreeSet<&str> = table.lines().filter_map(|line| line.split(',').nth(1)).collect();
    let rules = yaml("detections/endpoint");
    for (file, rule) in &rules {
        for id in list(rule, "mitre_attack_id") {
            assert!(techniques.contains(id.as_str().unwrap()), "{file}: {id}");
        }
    }
    let seed: Value =
        serde_saphyr::from_str(&fs::read_to_string(shared.join("seed-rule.yml")).unwrap()).unwrap();
    let own = &rules[&file_name(text(&seed, "name"))];
    for key in ["name", "id", "version", "type", "data_source", "mitre_attack_id"] {
        assert_eq!(own[key], seed[key], "{key}");
    }
    // The search is the same but for its layout, which is grotto's.
    let words = |rule: &Value| text(rule, "search").split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(words(own), words(&seed));
    assert!(seed.as_object().unwrap().keys().all(|key| own.get(key).is_some()));
}
