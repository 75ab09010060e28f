//! Layers for the ATT&CK Navigator, in version 4.5 of its format.
//!
//! Format: <https://github.com/mitre-attack/attack-navigator/blob/master/layers/spec/v4.5/layerformat.md>.

use crate::attack;
use serde::Serialize;
use std::collections::BTreeMap;

/// Version of the layer format.
pub const FORMAT: &str = "4.5";

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
    #[serde(rename = "showSubtechniques")]
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
    /// sub-techniques is marked. The colours go from nothing to the highest score; ids are written as they are, also
    /// those that the table of [`attack`] does not have.
    pub fn new(name: &str, description: &str, marks: &BTreeMap<String, Mark>) -> Self {
        let mut all = marks.clone();
        for parent in marks.keys().filter_map(|id| id.split_once('.')).map(|(parent, _)| parent) {
            all.entry(parent.to_owned()).or_default();
        }
        let opened = |id: &str| {
            let dotted = format!("{id}.");
            marks.keys().any(|other| other.starts_with(&dotted))
        };
        let techniques = all
            .iter()
            .map(|(id, mark)| Technique {
                id: id.clone(),
                score: Some(mark.score).filter(|score| *score > 0),
                comment: mark.comment.clone(),
                enabled: true,
                shows_subtechniques: opened(id),
            })
            .collect();
        let major = attack::VERSION.split('.').next().unwrap_or(attack::VERSION).to_owned();
        Self {
            name: name.to_owned(),
            versions: Versions { attack: major, navigator: "5.1.0", layer: FORMAT },
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_has_what_the_format_asks_for() {
        let mark = |score, comment: &str| Mark { score, comment: comment.to_owned() };
        let marks =
            BTreeMap::from([("T1021.006".to_owned(), mark(3, "a, b")), ("T1059".to_owned(), mark(7, ""))]);
        let layer = serde_json::to_value(Layer::new("n", "d", &marks)).unwrap();
        assert_eq!(
            layer["versions"],
            serde_json::json!({"attack": "18", "navigator": "5.1.0", "layer": "4.5"})
        );
        assert_eq!(layer["domain"], "enterprise-attack");
        assert_eq!(layer["gradient"]["maxValue"], 7);
        let techniques = serde_json::json!([
            {"techniqueID": "T1021", "enabled": true, "showSubtechniques": true},
            {"techniqueID": "T1021.006", "score": 3, "comment": "a, b", "enabled": true, "showSubtechniques": false},
            {"techniqueID": "T1059", "score": 7, "enabled": true, "showSubtechniques": false},
        ]);
        assert_eq!(layer["techniques"], techniques);
    }

    #[test]
    fn an_empty_layer_has_a_gradient_too() {
        let layer = serde_json::to_value(Layer::new("", "", &BTreeMap::new())).unwrap();
        assert_eq!((&layer["gradient"]["minValue"], &layer["gradient"]["maxValue"]), (&0.into(), &1.into()));
        assert_eq!(layer["techniques"], serde_json::json!([]));
    }
}
