//! The fields of macros, lookups, stories and data sources.

use super::{Field, Shape, field, needed};

const ID: Field = field("id", Shape::Text, "Identifier, a UUID.");
const VERSION: Field = field("version", Shape::Number, "Counted up with every change.");
const CREATED: Field = field("creation_date", Shape::Date, "Day on which it was first written.");
const MODIFIED: Field = field("modification_date", Shape::Date, "Day of the last change.");
const AUTHOR: Field = field("author", Shape::Text, "Who wrote it.");

/// A search macro.
pub(super) const MACRO: &[Field] = &[
    needed("name", Shape::Filled, "Name that searches write between backquotes."),
    ID,
    VERSION,
    CREATED,
    MODIFIED,
    AUTHOR,
    field("description", Shape::Text, "What it is for."),
    needed("definition", Shape::Text, "What the name stands for; `$argument$` stands for an argument."),
    field("arguments", Shape::Texts, "Names of the arguments, in order."),
    field("iseval", Shape::Truth, "Whether the definition is an eval expression that makes the text."),
];

/// A lookup.
pub(super) const LOOKUP: &[Field] = &[
    needed("name", Shape::Filled, "Name by which searches refer to it."),
    ID,
    VERSION,
    CREATED,
    MODIFIED,
    AUTHOR,
    field("description", Shape::Text, "What it is for."),
    field(
        "lookup_type",
        Shape::OneOf(&["csv", "kvstore", "mlmodel"]),
        "Where its rows are: in a CSV file beside this one and of its name, in a collection, in a model.",
    ),
    field("filename", Shape::Filled, "CSV file beside this one."),
    field("collection", Shape::Filled, "Collection of the key-value store."),
    field("fields", Shape::TextOrTexts, "Fields of its rows."),
    field("match_type", Shape::TextOrTexts, "`WILDCARD(field)`, `CIDR(field)` or `EXACT(field)`."),
    field(
        "min_matches",
        Shape::Number,
        "How many matches there must be, below which `default_match` is given.",
    ),
    field("max_matches", Shape::Number, "How many matches are given at most."),
    field("default_match", Shape::Scalar, "What output fields get when there are too few matches."),
    field(
        "case_sensitive_match",
        Shape::Truth,
        "Whether upper and lower case differ; they do, if not given.",
    ),
];

/// An analytic story.
pub(super) const STORY: &[Field] = &[
    needed("name", Shape::Filled, "Name of the story."),
    ID,
    VERSION,
    CREATED,
    MODIFIED,
    AUTHOR,
    field("status", Shape::Text, "How far along it is."),
    field("description", Shape::Text, "What it is about."),
    field("narrative", Shape::Text, "The story."),
    field("references", Shape::Texts, "Where to read more: web addresses."),
    field("category", Shape::Texts, "Kinds of stories that it is one of."),
    field("product", Shape::Texts, "Products that its rules run in."),
    field("usecase", Shape::Text, "What its rules are used for."),
    field("cve", Shape::Texts, "Vulnerabilities."),
    field("threat_group", Shape::Texts, "Groups of attackers."),
    field("type", Shape::Text, "Not used here."),
];

/// A data source.
pub(super) const DATA_SOURCE: &[Field] = &[
    needed("name", Shape::Filled, "Name by which rules refer to it."),
    ID,
    VERSION,
    CREATED,
    MODIFIED,
    AUTHOR,
    field("description", Shape::Text, "What its events tell."),
    field("source", Shape::Text, "Source of its events."),
    field("sourcetype", Shape::Text, "Sourcetype of its events."),
    field("separator", Shape::Text, "Field that tells its events from others of the sourcetype."),
    field("separator_value", Shape::Scalar, "Value of that field."),
    field("configuration", Shape::Text, "What has to be set up for the events to be written."),
    field(
        "logsource",
        Shape::Mapping(&[
            field("category", Shape::Text, "Kind of events."),
            field("product", Shape::Text, "What writes them."),
            field("service", Shape::Text, "Log that they are in."),
        ]),
        "The same in the terms of Sigma.",
    ),
    field(
        "supported_TA",
        Shape::Mappings(&[
            needed("name", Shape::Filled, "Name of the add-on."),
            field("url", Shape::Text, "Where it is."),
            field("version", Shape::Scalar, "Version of the add-on."),
        ]),
        "Splunk's add-ons for its events.",
    ),
    field("mitre_components", Shape::Texts, "Data components of MITRE ATT&CK."),
    field("fields", Shape::Texts, "Fields that its events have."),
    field("output_fields", Shape::Texts, "Fields that rules put out."),
    field(
        "field_mappings",
        Shape::Mappings(&[
            needed("data_model", Shape::Filled, "Data model: cim or ocsf."),
            field("data_set", Shape::Text, "Data set of it."),
            field("mapping", Shape::Pairs, "From fields of the events to those of the data set."),
        ]),
        "What its fields are called in data models.",
    ),
    field(
        "convert_to_log_source",
        Shape::Any,
        "What its fields are called in other data sources; not used here.",
    ),
    field("example_log", Shape::Text, "An event."),
];
