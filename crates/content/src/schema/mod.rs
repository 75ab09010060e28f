//! JSON Schemas (draft 7) of the files that authors write, for editors and checks.
//!
//! A schema is made from a table of fields: [`rule`] holds those of detections, [`others`] those of the rest. The loader
//! reads what it finds and has no tables; a test reads a file with every field and compares what the loader asked for, so
//! that neither can know a key that the other doesn't. A schema is stricter than the loader, which takes a number for
//! a text and says so: what a schema passes, the loader reads without a word.

#[cfg(test)]
mod check;
mod others;
mod rule;
#[cfg(test)]
mod tests;

use crate::Generation;
use serde_json::{Map, Value, json};

/// What there are schemas of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaOf {
    /// A detection, written in this generation of the schema.
    Rule(Generation),
    /// A search macro.
    Macro,
    /// A lookup.
    Lookup,
    /// An analytic story.
    Story,
    /// A data source.
    DataSource,
}

/// The JSON Schema, draft 7, of a kind of file.
pub fn schema(of: SchemaOf) -> Value {
    let (title, fields) = table(of);
    let mut schema = object(&fields);
    if let Some(map) = schema.as_object_mut() {
        map.shift_insert(0, "$schema".to_owned(), "http://json-schema.org/draft-07/schema#".into());
        map.shift_insert(1, "title".to_owned(), title.into());
        if of == SchemaOf::Rule(Generation::Three) {
            map.insert("allOf".to_owned(), rule::raises());
        }
    }
    schema
}

fn table(of: SchemaOf) -> (&'static str, Vec<Field>) {
    match of {
        SchemaOf::Rule(Generation::One) => ("Detection rule (to 2024)", rule::first()),
        SchemaOf::Rule(Generation::Two) => ("Detection rule (contentctl 5)", rule::second()),
        SchemaOf::Rule(Generation::Three) => ("Detection rule", rule::third()),
        SchemaOf::Macro => ("Search macro", others::MACRO.to_vec()),
        SchemaOf::Lookup => ("Lookup", others::LOOKUP.to_vec()),
        SchemaOf::Story => ("Analytic story", others::STORY.to_vec()),
        SchemaOf::DataSource => ("Data source", others::DATA_SOURCE.to_vec()),
    }
}

/// A key of a mapping.
#[derive(Debug, Clone, Copy)]
struct Field {
    name: &'static str,
    shape: Shape,
    /// Whether the mapping is not complete without it.
    required: bool,
    doc: &'static str,
}

/// What a value looks like.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// A text.
    Text,
    /// A text that is not empty.
    Filled,
    /// A text or a number, for values such as `0` that may be written either way.
    Scalar,
    /// `YYYY-MM-DD`.
    Date,
    /// A whole number from 0 up.
    Number,
    /// `true` or `false`.
    Truth,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A text that this regular expression matches.
    Like(&'static str),
    /// A list of texts.
    Texts,
    /// A list of texts that this regular expression matches.
    AllLike(&'static str),
    /// A text, or a list of texts.
    TextOrTexts,
    /// A mapping with these keys.
    Mapping(&'static [Field]),
    /// A list of mappings with these keys.
    Mappings(&'static [Field]),
    /// A text, or a mapping with these keys.
    TextOrMapping(&'static [Field]),
    /// A mapping from any text to a text or number.
    Pairs,
    /// Something that grotto does not read.
    Any,
}

/// A field that may be left out.
const fn field(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, shape, required: false, doc }
}

/// A field that must be there.
const fn needed(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, shape, required: true, doc }
}

/// A closed mapping with these fields.
fn object(fields: &[Field]) -> Value {
    let properties: Map<String, Value> = fields
        .iter()
        .map(|field| {
            let mut schema = shape(field.shape);
            if let Some(map) = schema.as_object_mut() {
                map.shift_insert(0, "description".to_owned(), field.doc.into());
            }
            (field.name.to_owned(), schema)
        })
        .collect();
    let required: Vec<_> = fields.iter().filter(|f| f.required).map(|f| f.name).collect();
    json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false })
}

fn shape(shape: Shape) -> Value {
    match shape {
        Shape::Text => json!({ "type": "string" }),
        Shape::Filled => json!({ "type": "string", "pattern": "\\S" }),
        Shape::Scalar => json!({ "type": ["string", "number"] }),
        Shape::Date => json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
        Shape::Number => json!({ "type": "integer", "minimum": 0 }),
        Shape::Truth => json!({ "type": "boolean" }),
        Shape::OneOf(words) => json!({ "enum": words }),
        Shape::Like(pattern) => json!({ "type": "string", "pattern": pattern }),
        Shape::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Shape::AllLike(pattern) => {
            json!({ "type": "array", "items": { "type": "string", "pattern": pattern } })
        }
        Shape::TextOrTexts => {
            json!({ "oneOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] })
        }
        Shape::Mapping(fields) => object(fields),
        Shape::Mappings(fields) => json!({ "type": "array", "items": object(fields) }),
        Shape::TextOrMapping(fields) => json!({ "oneOf": [{ "type": "string" }, object(fields)] }),
        Shape::Pairs => {
            json!({ "type": "object", "additionalProperties": { "type": ["string", "number"] } })
        }
        Shape::Any => json!({}),
    }
}
