use super::check::{errors, is_valid};
use super::*;
use crate::yaml::{Mapping, Reader, parse};
use crate::{data_source, detection, lookup, macros, story};
use grotto_diag::Source;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

const ALL: [SchemaOf; 7] = [
    SchemaOf::Rule(Generation::One),
    SchemaOf::Rule(Generation::Two),
    SchemaOf::Rule(Generation::Three),
    SchemaOf::Macro,
    SchemaOf::Lookup,
    SchemaOf::Story,
    SchemaOf::DataSource,
];

/// Spellings that the loader forgives and that no schema offers.
const FORGIVEN: [&str; 14] = [
    // Written in a few files of the official content.
    "data_sources",
    "tags.CVE",
    "tests.attack_data.custom_index",
    "schedule.cron",
    "custom_schedule.cron",
    // Of another generation, or what tells generations apart.
    "creation_date",
    "modification_date",
    "date",
    "rba",
    "tags",
    "group",
    "fields_list",
    "custom_schedule",
    "schedule",
];

/// A mapping that has every field, but those at the top that are left out.
fn full(fields: &[Field], without: &[&str]) -> Value {
    let fields = fields.iter().filter(|f| !without.contains(&f.name));
    fields.map(|f| (f.name.to_owned(), sample(f.shape))).collect::<Map<_, _>>().into()
}

fn sample(shape: Shape) -> Value {
    match shape {
        Shape::Text | Shape::Filled | Shape::Scalar => "x".into(),
        Shape::Date => "2026-01-02".into(),
        Shape::Number => 1.into(),
        Shape::Truth => true.into(),
        Shape::OneOf(words) => words[0].into(),
        Shape::Like(_) => "4h".into(),
        Shape::AllLike(pattern) => {
            json!([if pattern.contains("CVE") { "CVE-2021-34527" } else { "T1059.001" }])
        }
        Shape::Texts => json!(["Victim"]),
        Shape::TextOrTexts => json!(["EXACT(x)"]),
        Shape::Mapping(fields) | Shape::TextOrMapping(fields) => full(fields, &[]),
        Shape::Mappings(fields) => json!([full(fields, &[])]),
        Shape::Pairs => json!({ "x": "y" }),
        Shape::Any => json!([]),
    }
}

/// Every path of keys in a table.
fn paths(fields: &[Field], above: &str, into: &mut BTreeSet<String>) {
    for field in fields {
        let path = if above.is_empty() { field.name.to_owned() } else { format!("{above}.{}", field.name) };
        if let Shape::Mapping(fields) | Shape::Mappings(fields) | Shape::TextOrMapping(fields) = field.shape {
            paths(fields, &path, into);
        }
        into.insert(path);
    }
}

/// Reads a file as the loader does: what it said, what it did not know, what it asked for.
fn load(of: SchemaOf, file: &Value) -> (Vec<String>, Vec<String>, BTreeSet<String>) {
    let reader = Reader::new(Arc::new(Source::new("f.yml", file.to_string())));
    let tree = parse(&reader.source).unwrap();
    let top = Mapping::of(&reader, &tree, String::new()).unwrap();
    let path = Path::new("f.yml");
    let table = |_: &Path, _: &str| Some(crate::LookupKind::CsvText(Arc::from("x\n")));
    let there = match of {
        SchemaOf::Rule(generation) => {
            let rule = detection::read(&reader, &top, path);
            assert!(rule.as_ref().is_none_or(|r| r.generation == generation));
            rule.is_some()
        }
        SchemaOf::Macro => macros::read(&reader, &top, path).is_some(),
        SchemaOf::Lookup => lookup::read(&reader, &top, path, &table).is_some(),
        SchemaOf::Story => story::read(&reader, &top, path).is_some(),
        SchemaOf::DataSource => data_source::read(&reader, &top, path).is_some(),
    };
    assert!(there, "{of:?}");
    drop(top);
    let asked = reader.asked();
    let (said, unknown) = reader.finish();
    (said.iter().map(ToString::to_string).collect(), unknown.into_iter().map(|u| u.path).collect(), asked)
}

/// Files that have all fields between them. A rule has one schedule.
fn files(of: SchemaOf) -> Vec<Value> {
    let (_, fields) = table(of);
    let mut smallest = full(&fields, &[]);
    smallest.as_object_mut().unwrap().retain(|key, _| {
        fields.iter().any(|f| f.name == key && f.required)
            || ["tags", "rba", "lookup_type"].contains(&key.as_str())
    });
    match of {
        SchemaOf::Rule(Generation::Three) => {
            smallest["finding"] = full(&fields, &[])["finding"].clone();
            vec![full(&fields, &["schedule"]), full(&fields, &["custom_schedule"]), smallest]
        }
        _ => vec![full(&fields, &[]), smallest],
    }
}

#[test]
fn the_loader_and_the_schemas_know_the_same_keys() {
    for of in ALL {
        let mut known = BTreeSet::new();
        paths(&table(of).1, "", &mut known);
        let mut asked = BTreeSet::new();
        for file in files(of) {
            let (said, unknown, more) = load(of, &file);
            assert!(said.is_empty(), "{of:?}: {said:?}");
            assert!(unknown.is_empty(), "{of:?}: the loader does not know {unknown:?}");
            asked.extend(more);
        }
        let beyond: Vec<_> =
            asked.iter().filter(|key| !known.contains(*key) && !FORGIVEN.contains(&key.as_str())).collect();
        assert!(beyond.is_empty(), "{of:?}: the schema does not know {beyond:?}");
        let never: Vec<_> = known.iter().filter(|key| !asked.contains(*key)).collect();
        assert!(never.is_empty(), "{of:?}: the loader never reads {never:?}");
    }
}

#[test]
fn every_schema_passes_its_own_full_file_and_no_unknown_key() {
    for of in ALL {
        let schema = schema(of);
        for mut file in files(of) {
            assert_eq!(errors(&schema, &file), Vec::<String>::new(), "{of:?}");
            file["colour"] = "red".into();
            assert!(!is_valid(&schema, &file), "{of:?}");
            file.as_object_mut().unwrap().remove("colour");
            file.as_object_mut().unwrap().remove("name");
            assert!(!is_valid(&schema, &file), "{of:?}: no name");
        }
    }
}

#[test]
fn what_a_rule_raises_depends_on_its_type() {
    let schema = schema(SchemaOf::Rule(Generation::Three));
    let (_, fields) = table(SchemaOf::Rule(Generation::Three));
    // Type, keys that are there, whether that is right.
    let cases: &[(&str, &[&str], bool)] = &[
        ("TTP", &["finding"], true),
        ("TTP", &["finding", "intermediate_findings", "threat_objects"], true),
        ("TTP", &["intermediate_findings"], false),
        ("Anomaly", &["intermediate_findings"], true),
        ("Anomaly", &["finding", "intermediate_findings"], false),
        ("Anomaly", &[], false),
        ("Correlation", &["finding"], true),
        ("Correlation", &["finding", "intermediate_findings"], false),
        ("Hunting", &[], true),
        ("Hunting", &["finding"], false),
        ("Hunting", &["threat_objects"], false),
        ("Baseline", &[], true),
        ("ttp", &["finding"], false),
    ];
    for (kind, there, right) in cases {
        let without: Vec<&str> = ["finding", "intermediate_findings", "threat_objects"]
            .into_iter()
            .filter(|key| !there.contains(key))
            .collect();
        let mut file = full(&fields, &without);
        file["type"] = (*kind).into();
        assert_eq!(is_valid(&schema, &file), *right, "{kind} with {there:?}");
    }
}

#[test]
fn values_that_can_not_be_are_refused() {
    let schema = schema(SchemaOf::Rule(Generation::Three));
    let good = files(SchemaOf::Rule(Generation::Three)).remove(0);
    let cases = [
        ("/version", json!(-1)),
        ("/version", json!("1")),
        ("/search", json!(" ")),
        ("/creation_date", json!("2026-1-2")),
        ("/mitre_attack_id", json!(["1059"])),
        ("/cve", json!(["CVE-21-1"])),
        ("/finding/entity/type", json!("device")),
        ("/finding/entity/score", json!("high")),
        ("/throttling/period", json!("4 hours")),
        ("/tests/0/attack_data/0/data", json!("")),
        ("/references", json!("https://example.com")),
        ("/security_domain", json!("everything")),
    ];
    for (place, value) in cases {
        let mut file = good.clone();
        *file.pointer_mut(place).unwrap() = value.clone();
        assert!(!is_valid(&schema, &file), "{place}: {value}");
    }
}

/// YAML files of a folder, as JSON.
#[allow(clippy::print_stdout)]
fn corpus(folder: &str) -> Vec<(String, Value)> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus")).join(folder);
    if !root.is_dir() {
        println!("{} is not there: its files are not checked", root.display());
        return Vec::new();
    }
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(root).sort_by_file_name().into_iter().filter_map(Result::ok) {
        if entry.path().extension().is_some_and(|e| e == "yml") {
            let text = grotto_diag::input::text(entry.path(), 1 << 20).unwrap();
            let value: Value = serde_saphyr::from_str(&text).unwrap();
            files.push((entry.path().display().to_string(), value));
        }
    }
    files
}

#[test]
fn the_official_content_of_2026_fits() {
    for (folder, of) in [
        ("escu-2026/detections", SchemaOf::Rule(Generation::Three)),
        ("escu-2026/macros", SchemaOf::Macro),
        ("escu-2026/stories", SchemaOf::Story),
        ("escu-2026/data_sources", SchemaOf::DataSource),
    ] {
        let schema = schema(of);
        let files = corpus(folder);
        for (path, value) in files {
            assert_eq!(errors(&schema, &value), Vec::<String>::new(), "{path}");
        }
    }
}

/// Of the older content nearly all fits; the rest are slips of its authors, which a schema is there to find.
#[test]
fn nearly_all_official_rules_of_2024_fit() {
    let schema = schema(SchemaOf::Rule(Generation::One));
    let files = corpus("escu-2024/detections");
    let wrong: Vec<_> =
        files.iter().map(|(_, value)| errors(&schema, value)).filter(|e| !e.is_empty()).collect();
    assert!(wrong.len() * 100 <= files.len(), "{wrong:#?}");
}
