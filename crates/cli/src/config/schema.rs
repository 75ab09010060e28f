//! The JSON Schema of `grotto.toml`.

use super::keys::{KEYS, Key, Kind, OPEN, sections};
use serde_json::{Map, Value, json};

/// The schema, draft 7.
pub(crate) fn schema() -> Value {
    let mut top = table("");
    for section in sections() {
        top.insert(section.to_owned(), closed(&table(section), None));
    }
    for open in &OPEN {
        let values = match open.values {
            [] => json!({ "type": "string" }),
            values => json!({ "enum": values }),
        };
        let schema = json!({ "description": open.doc, "type": "object", "additionalProperties": values });
        top.insert(open.name.to_owned(), schema);
    }
    closed(&top, Some("Configuration of grotto"))
}

fn closed(properties: &Map<String, Value>, title: Option<&str>) -> Value {
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if let (Some(title), Some(map)) = (title, schema.as_object_mut()) {
        map.shift_insert(0, "$schema".to_owned(), "http://json-schema.org/draft-07/schema#".into());
        map.shift_insert(1, "title".to_owned(), title.into());
    }
    schema
}

fn table(section: &str) -> Map<String, Value> {
    KEYS.iter().filter(|k| k.section == section).map(|k| (k.name.to_owned(), property(k))).collect()
}

fn property(key: &Key) -> Value {
    let path = json!({ "type": "string", "minLength": 1 });
    let mut schema = match key.kind {
        Kind::Path => path,
        Kind::Paths => json!({ "oneOf": [path, { "type": "array", "items": path }] }),
        Kind::Zone => json!({ "type": "string" }),
        Kind::OneOf(words) => json!({ "enum": words() }),
        Kind::Size => json!({ "oneOf": [
            { "type": "integer", "minimum": 0 },
            { "type": "string", "pattern": "^[0-9]+([KkMmGgTt]([Ii]?[Bb])?)?$" },
        ] }),
        Kind::Count => json!({ "type": "integer", "minimum": 1, "maximum": u16::MAX }),
        Kind::Url => json!({ "type": "string", "pattern": "^https?://" }),
    };
    if let Some(map) = schema.as_object_mut() {
        map.shift_insert(0, "description".to_owned(), key.doc.into());
    }
    schema
}

#[cfg(test)]
#[path = "../../../content/src/schema/check.rs"]
mod check;

#[cfg(test)]
mod tests {
    use super::super::{page, read};
    use super::*;
    use grotto_diag::Source;
    use std::path::Path;
    use std::sync::Arc;

    /// The schema and the reader must be of one mind about every file.
    #[test]
    fn the_schema_takes_what_the_reader_takes() {
        let schema = schema();
        let example = page::example();
        let cases = [
            (example.as_str(), true),
            ("", true),
            ("rules = 'a'", true),
            ("rules = ''", false),
            ("rules = [1]", false),
            ("rules = ['a', '']", false),
            ("rule = 'a'", false),
            ("threads = 0", false),
            ("threads = 65536", false),
            ("threads = '4'", false),
            ("max_archive_bytes = 5", true),
            ("max_archive_bytes = -5", false),
            ("max_archive_bytes = '5KiB'", true),
            ("max_archive_bytes = '5X'", false),
            ("scan = 1", false),
            ("[scan]\nfail_on = 'high'", true),
            ("[scan]\nfail_on = 'worst'", false),
            ("[scan]\nrules = 'a'", false),
            ("[scan]\ncatalog_url = 'http://a.example'", true),
            ("[scan]\ncatalog_url = 'javascript:alert(1)'", false),
            ("[scan]\ncatalog_url = 1", false),
            ("[filters]\na = 'search *'", true),
            ("[filters]\na = 1", false),
            ("[lint]\na = 'off'", true),
            ("[lint]\na = 'never'", false),
            ("lint = 'off'", false),
        ];
        for (file, fits) in cases {
            let value: Value = toml::from_str(file).unwrap();
            let read = read::read(Arc::new(Source::new("grotto.toml", file)), Path::new(""));
            assert_eq!(read.is_ok(), fits, "reader: {file}: {read:?}");
            assert_eq!(check::is_valid(&schema, &value), fits, "schema: {file}");
        }
    }
}
