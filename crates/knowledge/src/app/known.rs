//! Settings that grotto does not use: which of them are nobody's loss, and which deserve a word.
//!
//! An app for an indexer is full of settings for the time when events are read from files. They say nothing about
//! a search, so they are passed over in silence. The lists are from the spec files of Splunk 10.0:
//! <https://help.splunk.com/en/data-management/splunk-enterprise-admin-manual/10.0/10.0.0-configuration-file-reference/props.conf>
//! and its neighbours.

use crate::conf::Placed;
use grotto_diag::Diagnostic;

/// Settings of `props.conf` for index time, for reading files, for the user interface. A name that ends in `-`
/// stands for all that begin with it.
const PROPS_SILENT: &[&str] = &[
    "ADD_EXTRA_TIME_FIELDS",
    "ANNOTATE_PUNCT",
    "BREAK_ONLY_BEFORE",
    "BREAK_ONLY_BEFORE_DATE",
    "CHARSET",
    "CHECK_FOR_HEADER",
    "CHECK_METHOD",
    "DATETIME_CONFIG",
    "DEPTH_LIMIT",
    "DETERMINE_TIMESTAMP_DATE_WITH_SYSTEM_TIME",
    "EVENT_BREAKER",
    "EVENT_BREAKER_ENABLE",
    "FIELD_DELIMITER",
    "FIELD_HEADER_REGEX",
    "FIELD_NAMES",
    "FIELD_QUOTE",
    "HEADER_FIELD_ACCEPTABLE_SPECIAL_CHARACTERS",
    "HEADER_FIELD_DELIMITER",
    "HEADER_FIELD_LINE_NUMBER",
    "HEADER_FIELD_QUOTE",
    "HEADER_MODE",
    "INDEXED_EXTRACTIONS",
    "JSON_TRIM_BRACES_IN_ARRAY_NAMES",
    "LB_CHUNK_BREAKER",
    "LB_CHUNK_BREAKER_TRUNCATE",
    "LEARN_MODEL",
    "LEARN_SOURCETYPE",
    "LESS_THAN_",
    "LINE_BREAKER",
    "LINE_BREAKER_LOOKBEHIND",
    "MATCH_LIMIT",
    "MAX_DAYS_AGO",
    "MAX_DAYS_HENCE",
    "MAX_DIFF_SECS_AGO",
    "MAX_DIFF_SECS_HENCE",
    "MAX_EVENTS",
    "MAX_EXPECTED_EVENT_LINES",
    "MAX_TIMESTAMP_LOOKAHEAD",
    "METRIC-SCHEMA-TRANSFORMS",
    "METRICS_PROTOCOL",
    "MISSING_VALUE_REGEX",
    "MORE_THAN_",
    "MUST_BREAK_AFTER",
    "MUST_NOT_BREAK_AFTER",
    "MUST_NOT_BREAK_BEFORE",
    "NO_BINARY_CHECK",
    "PREAMBLE_REGEX",
    "PREFIX_SOURCETYPE",
    "RULESET",
    "RULESET-",
    "RULESET_DESC-",
    "SEDCMD-",
    "SEGMENTATION",
    "SEGMENTATION-",
    "SHOULD_LINEMERGE",
    "STATSD-DIM-TRANSFORMS",
    "STATSD_EMIT_SINGLE_MEASUREMENT_FORMAT",
    "TIMESTAMP_FIELDS",
    "TIME_FORMAT",
    "TIME_PREFIX",
    "TRANSFORMS",
    "TRANSFORMS-",
    "TRUNCATE",
    "TZ",
    "TZ_ALIAS",
    "category",
    "description",
    "detect_trailing_nulls",
    "disabled",
    "force_local_processing",
    "given_type",
    "initCrcLength",
    "invalid_cause",
    "is_valid",
    "maxDist",
    "priority",
    "pulldown_type",
    "sourcetype",
    "termFrequencyWeightedDist",
    "unarchive_cmd",
    "unarchive_cmd_start_mode",
    "unarchive_sourcetype",
];

/// Settings of `transforms.conf` for index time, for speed, for the user interface.
const TRANSFORMS_SILENT: &[&str] = &[
    "CAN_OPTIMIZE",
    "CLONE_SOURCETYPE",
    "DEFAULT_VALUE",
    "DEPTH_LIMIT",
    "DEST_KEY",
    "INGEST_EVAL",
    "LOOKAHEAD",
    "MATCH_LIMIT",
    "METRIC-SCHEMA-BLACKLIST-DIMS-",
    "METRIC-SCHEMA-MEASURES-",
    "METRIC-SCHEMA-WHITELIST-DIMS-",
    "REMOVE_DIMS_FROM_METRIC_NAME",
    "REPEAT_MATCH",
    "STOP_PROCESSING_IF",
    "WRITE_META",
    "allow_caching",
    "batch_index_query",
    "cache_size",
    "check_permission",
    "description",
    "disabled",
    "feature_id_element",
    "index_fields_list",
    "max_ext_batch",
    "python.version",
    "replicate",
    "reverse_lookup_honor_case_sensitive_match",
];

/// Settings of `eventtypes.conf` that say nothing about what matches.
const EVENTTYPES_SILENT: &[&str] = &["color", "description", "priority"];

/// Settings of `macros.conf` that say nothing about what a macro expands to.
const MACROS_SILENT: &[&str] = &["description", "disabled", "display"];

/// The settings to pass over in silence, by configuration file.
fn silent(conf: &str) -> &'static [&'static str] {
    match conf {
        "props" => PROPS_SILENT,
        "transforms" => TRANSFORMS_SILENT,
        "eventtypes" => EVENTTYPES_SILENT,
        "macros" => MACROS_SILENT,
        _ => &[],
    }
}

/// What to say about a setting that grotto does not use: nothing, when it says nothing about a search.
pub(super) fn unused(conf: &str, key: &str, value: &Placed) -> Option<Diagnostic> {
    let known = |name: &&str| match name.strip_suffix(['-', '_']) {
        Some(_) => key.len() > name.len() && key.starts_with(name),
        None => key == *name,
    };
    if silent(conf).iter().any(known) {
        return None;
    }
    Some(
        value
            .warning("app/unused-setting", format!("grotto does not use the setting {key} of {conf}.conf"))
            .help("check its spelling; what it would do to a search is not done"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use grotto_diag::{Source, Span};
    use std::sync::Arc;

    #[test]
    fn only_what_touches_a_search_is_said() {
        let value =
            Placed { text: String::new(), source: Arc::new(Source::new("x", "")), span: Span::default() };
        for (conf, key, said) in [
            ("props", "TRUNCATE", false),
            ("props", "SEDCMD-win", false),
            ("props", "SEDCMD-", true),
            ("props", "TRUNCATEX", true),
            ("props", "AUTO_KV_JSON", true),
            ("props", "truncate", true),
            ("transforms", "DEST_KEY", false),
            ("transforms", "TRUNCATE", true),
            ("tags", "x", true),
        ] {
            assert_eq!(unused(conf, key, &value).is_some(), said, "{conf} {key}");
        }
    }
}
