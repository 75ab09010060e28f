//! What is written as JSON keeps to the schema that lies beside it.

use grotto_catalog::model::Catalog;
use grotto_catalog::site::{Options, Site};
use jsonschema::Validator;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;

fn site(catalog: Catalog) -> Site {
    Site::new(Arc::new(catalog), Options::default()).0
}

fn read(site: &Site, path: &str) -> Value {
    let page = site.find(path).unwrap_or_else(|| panic!("no {path}"));
    serde_json::from_slice(&site.make(page).unwrap()).unwrap()
}

/// A schema as the site has it, and with nothing allowed but what it names: so a property that it does not describe is
/// found.
fn validator(site: &Site, path: &str) -> Validator {
    let mut schema = read(site, path);
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    jsonschema::meta::validate(&schema).unwrap();
    close(&mut schema);
    jsonschema::draft202012::new(&schema).unwrap()
}

fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(close);
            if members.get("properties").is_some_and(Value::is_object) && members.contains_key("type") {
                members.insert("additionalProperties".to_owned(), json!(false));
            }
        }
        Value::Array(all) => all.iter_mut().for_each(close),
        _ => {}
    }
}

fn faults(validator: &Validator, value: &Value) -> Vec<String> {
    validator.iter_errors(value).take(5).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

/// Validates all JSON of a site that has a schema; how many files that are.
pub(crate) fn all(site: &Site) -> usize {
    let validator_of_rules = validator(site, "rule.schema.json");
    assert_eq!(faults(&validator(site, "catalog.schema.json"), &read(site, "catalog.json")), [""; 0]);
    let rules = site.pages().par_iter().filter(|page| page.path.ends_with("/rule.json"));
    1 + rules
        .map(|page| {
            let faults = faults(&validator_of_rules, &read(site, &page.path));
            assert!(faults.is_empty(), "{}: {faults:#?}", page.path);
        })
        .count()
}

#[test]
fn what_does_not_keep_to_the_schema_is_refused() {
    let site = site(crate::fixture::catalog(2, ""));
    let validator = validator(&site, "catalog.schema.json");
    let good = read(&site, "catalog.json");
    assert_eq!(faults(&validator, &good), [""; 0]);
    for (place, value) in [
        ("/rules/0/name", json!(1)),
        ("/rules/0/evidence/state", json!("perhaps")),
        ("/rules/0/facts/version", json!(-1)),
        ("/rules/0/indicators/0/kind", json!("like")),
        ("/events/0/fields/0", json!(["a"])),
        ("/report/never", json!({})),
        ("/versions", json!({"grotto": "1", "attack": "1", "other": "1"})),
        ("/corpora/0", json!({})),
    ] {
        let mut wrong = good.clone();
        *wrong.pointer_mut(place).unwrap_or_else(|| panic!("no {place}")) = value;
        assert!(!validator.is_valid(&wrong), "{place}");
    }
}

#[test]
fn everything_in_the_schema_is_described() {
    fn walk(value: &Value, place: &str, bare: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                if let Some(properties) = members.get("properties").and_then(Value::as_object) {
                    let is_bare = |p: &&String| properties[*p].get("description").is_none();
                    bare.extend(properties.keys().filter(is_bare).map(|name| format!("{place}/{name}")));
                }
                members.iter().for_each(|(name, inner)| walk(inner, &format!("{place}/{name}"), bare));
            }
            Value::Array(all) => all.iter().for_each(|inner| walk(inner, place, bare)),
            _ => {}
        }
    }
    let site = site(crate::fixture::catalog(2, ""));
    for path in ["catalog.schema.json", "rule.schema.json"] {
        let mut bare = Vec::new();
        walk(&read(&site, path), "", &mut bare);
        assert_eq!(bare, [""; 0], "{path}");
    }
}
