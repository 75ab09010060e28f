//! Layers for the ATT&CK Navigator, in version 4.5 of its format.
//!
//! Format: <https://github.com/mitre-attack/attack-navigator/blob/master/layers/spec/v4.5/layerformat.md>.

use crate::attack;
use serde::Serialize;
use std::collections::BTreeMap;

/// Version of the layer format.
pub const FORMAT: &str = "4.5";

/// The Navigator that first had the ATT&CK of the table; the format asks for 4.9.0 at least.
const NAVIGATOR: &str = "5.2.0";

/// What a layer says of one technique.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mark {
    /// How much of it there is: rules, findings; from 1 for what is to be seen.
    pub score: u64,
    /// Text that the Navigator shows beside it, such as names of rules.
    pub comment: String,
}

/// A layer, as it is written to its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Layer {
    name: String,
    versions: Versions,
    domain: &'static str,
    description: String,
    sorting: u8,
    techniques: Vec<Technique>,
    gradient: Gradient,
    #[serde(rename = "hideDisabled")]
    hide_disabled: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Versions {
    attack: String,
    navigator: &'static str,
    layer: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Technique {
    #[serde(rename = "techniqueID")]
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<u64>,
    #[serde(skip_serializing_if = "String::is_empty")]
    comment: String,
    enabled: bool,
    /// The format has it for techniques with sub-techniques only.
    #[serde(rename = "showSubtechniques", skip_serializing_if = "std::ops::Not::not")]
    shows_subtechniques: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Gradient {
    colors: [&'static str; 2],
    #[serde(rename = "minValue")]
    least: u64,
    #[serde(rename = "maxValue")]
    most: u64,
}

impl Layer {
    /// A layer of these techniques (`T1021.006` and what to say of it). A technique is opened in the Navigator when one of its
    /// sub-techniques is marked. The colours go from nothing to the highest score. Ids that the table of [`attack`] does not
    /// have are written too, as other versions of ATT&CK may have them, but not what is no id at all.
    pub fn new(name: &str, description: &str, marks: &BTreeMap<String, Mark>) -> Self {
        let marks: BTreeMap<&str, &Mark> =
            marks.iter().map(|(id, mark)| (id.as_str(), mark)).filter(|(id, _)| is_id(id)).collect();
        let unmarked = Mark::default();
        let mut all = marks.clone();
        for parent in marks.keys().filter_map(|id| id.split_once('.')).map(|(parent, _)| parent) {
            all.entry(parent).or_insert(&unmarked);
        }
        let opened = |id: &str| {
            let dotted = format!("{id}.");
            marks.keys().any(|other| other.starts_with(&dotted))
        };
        let techniques = all
            .iter()
            .map(|(id, mark)| Technique {
                id: (*id).to_owned(),
                score: Some(mark.score).filter(|score| *score > 0),
                comment: mark.comment.clone(),
                enabled: true,
                shows_subtechniques: opened(id),
            })
            .collect();
        let major = attack::VERSION.split('.').next().unwrap_or(attack::VERSION).to_owned();
        Self {
            name: name.to_owned(),
            versions: Versions { attack: major, navigator: NAVIGATOR, layer: FORMAT },
            domain: "enterprise-attack",
            description: description.to_owned(),
            sorting: 3,
            techniques,
            gradient: Gradient {
                colors: ["#ffffff", "#c2410c"],
                least: 0,
                most: marks.values().map(|mark| mark.score).max().unwrap_or(0).max(1),
            },
            hide_disabled: false,
        }
    }
}

/// Whether it has the form of an id that the format asks for: `T1021` or `T1021.006`.
fn is_id(text: &str) -> bool {
    let digits = |text: &str, n: usize| text.len() == n && text.bytes().all(|b| b.is_ascii_digit());
    text.strip_prefix('T').is_some_and(|rest| match rest.split_once('.') {
        Some((technique, sub)) => digits(technique, 4) && digits(sub, 3),
        None => digits(rest, 4),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn a_layer_has_what_the_format_asks_for() {
        let mark = |score, comment: &str| Mark { score, comment: comment.to_owned() };
        let marks =
            BTreeMap::from([("T1021.006".to_owned(), mark(3, "a, b")), ("T1059".to_owned(), mark(7, ""))]);
        let layer = serde_json::to_value(Layer::new("n", "d", &marks)).unwrap();
        assert_eq!(
            layer["versions"],
            serde_json::json!({"attack": "18", "navigator": "5.2.0", "layer": "4.5"})
        );
        assert_eq!(layer["domain"], "enterprise-attack");
        assert_eq!(layer["gradient"]["maxValue"], 7);
        let techniques = serde_json::json!([
            {"techniqueID": "T1021", "enabled": true, "showSubtechniques": true},
            {"techniqueID": "T1021.006", "score": 3, "comment": "a, b", "enabled": true},
            {"techniqueID": "T1059", "score": 7, "enabled": true},
        ]);
        assert_eq!(layer["techniques"], techniques);
    }

    #[test]
    fn an_empty_layer_has_a_gradient_too() {
        let layer = serde_json::to_value(Layer::new("", "", &BTreeMap::new())).unwrap();
        assert_eq!((&layer["gradient"]["minValue"], &layer["gradient"]["maxValue"]), (&0.into(), &1.into()));
        assert_eq!(layer["techniques"], serde_json::json!([]));
    }

    /// What the documentation of the format says of an object: names, types, and whether a property has to be there.
    type Documented = &'static [(&'static str, fn(&Value) -> bool, bool)];

    const LAYER: Documented = &[
        ("versions", Value::is_object, false),
        ("name", Value::is_string, true),
        ("description", Value::is_string, false),
        ("domain", |v| ["enterprise-attack", "mobile-attack", "ics-attack"].iter().any(|d| v == d), true),
        ("sorting", |v| v.as_u64().is_some_and(|n| n <= 3), false),
        ("hideDisabled", Value::is_boolean, false),
        ("techniques", Value::is_array, false),
        ("gradient", Value::is_object, false),
    ];
    const VERSIONS: Documented = &[
        ("attack", Value::is_string, false),
        ("navigator", Value::is_string, true),
        ("layer", |v| v == "4.5", true),
    ];
    const TECHNIQUE: Documented = &[
        ("techniqueID", |v| v.as_str().is_some_and(is_id), true),
        ("comment", Value::is_string, false),
        ("enabled", Value::is_boolean, false),
        ("score", Value::is_number, false),
        ("showSubtechniques", Value::is_boolean, false),
    ];
    const GRADIENT: Documented = &[
        ("colors", |v| v.as_array().is_some_and(|all| all.len() >= 2 && all.iter().all(is_colour)), true),
        ("minValue", Value::is_number, true),
        ("maxValue", Value::is_number, true),
    ];

    fn is_colour(value: &Value) -> bool {
        let digits = value.as_str().and_then(|text| text.strip_prefix('#'));
        digits.is_some_and(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit()))
    }

    fn holds(value: &Value, documented: Documented) {
        let object = value.as_object().unwrap();
        for (name, value) in object {
            let (_, is_good, _) = documented.iter().find(|(known, ..)| known == name).unwrap();
            assert!(is_good(value), "{name}: {value}");
        }
        for (name, ..) in documented.iter().filter(|(.., needed)| *needed) {
            assert!(object.contains_key(*name), "{name} is missing");
        }
    }

    #[test]
    fn every_property_is_as_the_format_is_documented() {
        let ids = ["T1021.006", "T1059", "t1", "../T1", "T10210", "T1021.6", "", "T١٠٢١", "T9999"];
        let marks = ids.map(|id| (id.to_owned(), Mark { score: 2, comment: "<b>\"".to_owned() }));
        for marks in [BTreeMap::from(marks), BTreeMap::new()] {
            let layer = serde_json::to_value(Layer::new("n", "d", &marks)).unwrap();
            holds(&layer, LAYER);
            holds(&layer["versions"], VERSIONS);
            holds(&layer["gradient"], GRADIENT);
            assert!(layer["gradient"]["maxValue"].as_u64() > layer["gradient"]["minValue"].as_u64());
            let techniques = layer["techniques"].as_array().unwrap();
            for technique in techniques {
                holds(technique, TECHNIQUE);
            }
            let ids: Vec<_> = techniques.iter().map(|t| t["techniqueID"].as_str().unwrap()).collect();
            assert!(ids.is_empty() || ids == ["T1021", "T1021.006", "T1059", "T9999"], "{ids:?}");
        }
    }
}
