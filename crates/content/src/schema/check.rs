//! As much of JSON Schema draft 7 as the schemas of this project use, for tests. A keyword that it does not know is a
//! failure, so that no part of a schema goes unchecked.

use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// What is wrong with a value, each with its place.
pub(crate) fn errors(schema: &Value, value: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    check(schema, value, "", &mut wrong);
    wrong
}

/// Whether a value fits.
pub(crate) fn is_valid(schema: &Value, value: &Value) -> bool {
    errors(schema, value).is_empty()
}

fn check(schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    let keywords = match schema {
        Value::Bool(true) => return,
        Value::Bool(false) => return wrong.push(format!("{at}: is not allowed")),
        other => other.as_object().unwrap_or_else(|| panic!("{other} is no schema")),
    };
    let list = |key: &str| keywords[key].as_array().unwrap();
    for (keyword, wanted) in keywords {
        let fits = match keyword.as_str() {
            "$schema" | "title" | "description" | "then" => true,
            "type" => match wanted {
                Value::Array(types) => types.iter().any(|t| is(t, value)),
                one => is(one, value),
            },
            "enum" => list("enum").contains(value),
            "const" => wanted == value,
            "pattern" => value.as_str().is_none_or(|text| matches(wanted.as_str().unwrap(), text)),
            "minLength" => {
                value.as_str().is_none_or(|t| t.chars().count() as u64 >= wanted.as_u64().unwrap())
            }
            "minimum" => value.as_f64().is_none_or(|n| n >= wanted.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|n| n <= wanted.as_f64().unwrap()),
            "required" => value
                .as_object()
                .is_none_or(|map| list("required").iter().all(|key| map.contains_key(key.as_str().unwrap()))),
            "oneOf" => list("oneOf").iter().filter(|schema| is_valid(schema, value)).count() == 1,
            "allOf" => {
                for schema in list("allOf") {
                    check(schema, value, at, wrong);
                }
                true
            }
            "if" => {
                if is_valid(wanted, value) {
                    check(&keywords["then"], value, at, wrong);
                }
                true
            }
            "items" => {
                for (i, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(wanted, item, &format!("{at}/{i}"), wrong);
                }
                true
            }
            "properties" => {
                for (key, schema) in wanted.as_object().unwrap() {
                    if let Some(value) = value.get(key) {
                        check(schema, value, &format!("{at}/{key}"), wrong);
                    }
                }
                true
            }
            "additionalProperties" => {
                let named = |key: &str| keywords.get("properties").is_some_and(|p| p.get(key).is_some());
                for (key, value) in value.as_object().into_iter().flatten().filter(|(key, _)| !named(key)) {
                    check(wanted, value, &format!("{at}/{key}"), wrong);
                }
                true
            }
            unknown => panic!("the checker does not know the keyword {unknown}"),
        };
        if !fits {
            wrong.push(format!("{at}: {keyword} {wanted}"));
        }
    }
}

/// Whether a pattern matches; compiling it takes longer than all the rest.
fn matches(pattern: &str, text: &str) -> bool {
    static COMPILED: Mutex<BTreeMap<String, regex::Regex>> = Mutex::new(BTreeMap::new());
    let mut compiled = COMPILED.lock().unwrap();
    let regex = compiled.entry(pattern.to_owned()).or_insert_with(|| regex::Regex::new(pattern).unwrap());
    regex.is_match(text)
}

fn is(name: &Value, value: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        // 49.0 is an integer to JSON Schema.
        "integer" => value.as_f64().is_some_and(|n| n.fract() == 0.0),
        "boolean" => value.is_boolean(),
        other => panic!("{other} is no type"),
    }
}
