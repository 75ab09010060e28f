//! Data sources: what kinds of events detections read.

use crate::yaml::{Mapping, Reader};
use grotto_diag::Source;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A kind of event that detections read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSource {
    /// Name, by which detections refer to it, such as `Sysmon EventID 1`.
    pub name: String,
    /// Identifier, a UUID in the official content.
    pub id: Option<String>,
    /// Version, counted up by its authors.
    pub version: Option<u32>,
    /// Day of the last change.
    pub modification_date: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// What the events tell.
    pub description: String,
    /// Splunk's `source` of the events.
    pub source: Option<String>,
    /// Splunk's `sourcetype` of the events.
    pub sourcetype: Option<String>,
    /// Field that tells these events from others of the same source, such as `EventID`.
    pub separator: Option<String>,
    /// The separator's value for these events, where it is said.
    pub separator_value: Option<String>,
    /// How to set the source up: a URL or a remark.
    pub configuration: Option<String>,
    /// Kind of log, in Sigma's words.
    pub logsource: Option<LogSource>,
    /// Splunk apps that extract the fields.
    pub supported_ta: Vec<SupportedTa>,
    /// Data components of ATT&CK.
    pub mitre_components: Vec<String>,
    /// Fields that the events have once an app has extracted them.
    pub fields: Vec<String>,
    /// Fields that every detection on these events has to give.
    pub output_fields: Vec<String>,
    /// How the fields are called in data models.
    pub field_mappings: Vec<FieldMapping>,
    /// An event, as text.
    pub example_log: Option<String>,
    /// Where it was read from.
    pub path: PathBuf,
    /// The file.
    pub file: Arc<Source>,
}

/// Kind of log, in Sigma's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSource {
    /// Such as `process_creation`.
    pub category: Option<String>,
    /// Such as `windows`.
    pub product: Option<String>,
    /// Such as `powershell`.
    pub service: Option<String>,
}

/// A Splunk app that extracts the fields of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportedTa {
    /// Name.
    pub name: String,
    /// Where to get it.
    pub url: Option<String>,
    /// Version that the detections were tested with.
    pub version: Option<String>,
}

/// How the fields of events are called in a data model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldMapping {
    /// `cim`, `ocsf` …
    pub data_model: String,
    /// Data set of the model, such as `Endpoint.Processes`.
    pub data_set: Option<String>,
    /// Field of the event, field of the model; in the order of the file.
    pub mapping: Vec<(String, String)>,
}

/// Reads a data source. `None`, and an error in `reader`, when it has no name.
pub(crate) fn read(reader: &Reader, top: &Mapping<'_>, path: &Path) -> Option<DataSource> {
    top.ignore(&["creation_date", "convert_to_log_source"]);
    let Some(name) = top.filled("name") else {
        reader.missing("the data source", "name");
        return None;
    };
    Some(DataSource {
        name,
        id: top.filled("id"),
        version: top.number("version"),
        modification_date: top.filled("modification_date").or_else(|| top.filled("date")),
        author: top.filled("author"),
        description: top.string("description").unwrap_or_default(),
        source: top.filled("source"),
        sourcetype: top.filled("sourcetype"),
        separator: top.filled("separator"),
        separator_value: top.filled("separator_value"),
        configuration: top.filled("configuration"),
        logsource: top.mapping("logsource").map(|map| LogSource {
            category: map.filled("category"),
            product: map.filled("product"),
            service: map.filled("service"),
        }),
        supported_ta: top.mappings("supported_TA").iter().filter_map(supported_ta).collect(),
        mitre_components: top.strings("mitre_components"),
        fields: top.strings("fields"),
        output_fields: top.strings("output_fields"),
        field_mappings: top.mappings("field_mappings").iter().map(field_mapping).collect(),
        example_log: top.string("example_log"),
        path: path.to_owned(),
        file: Arc::clone(&reader.source),
    })
}

fn supported_ta(map: &Mapping<'_>) -> Option<SupportedTa> {
    Some(SupportedTa { url: map.filled("url"), version: map.filled("version"), name: map.filled("name")? })
}

fn field_mapping(map: &Mapping<'_>) -> FieldMapping {
    FieldMapping {
        data_model: map.filled("data_model").unwrap_or_default(),
        data_set: map.filled("data_set"),
        mapping: map.mapping("mapping").map(|pairs| pairs.pairs().collect()).unwrap_or_default(),
    }
}
