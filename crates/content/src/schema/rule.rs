//! The fields of detections. What generations have in common is written once.
//!
//! Names and allowed words are those of contentctl (<https://github.com/splunk/contentctl>).

use super::{Field, Shape, field, needed};
use serde_json::{Value, json};

/// Fields of every generation, at the top.
const COMMON: &[Field] = &[
    needed("name", Shape::Filled, "Name of the rule, for people."),
    needed("id", Shape::Filled, "Identifier of the rule, a UUID. It stays when the name changes."),
    field("version", Shape::Number, "Counted up with every change."),
    field("author", Shape::Text, "Who wrote the rule."),
    field(
        "status",
        Shape::OneOf(&["production", "experimental", "deprecated"]),
        "How far along the rule is.",
    ),
    needed(
        "type",
        Shape::OneOf(&["TTP", "Anomaly", "Hunting", "Correlation", "Baseline", "Investigation"]),
        "Kind of the rule; it decides what a result raises.",
    ),
    field("description", Shape::Text, "What the rule detects and why that matters."),
    field("data_source", Shape::Texts, "Names of the data sources that the search reads."),
    needed("search", Shape::Filled, "The search, in SPL."),
    field("how_to_implement", Shape::Text, "What has to be in place for the rule to work."),
    field("known_false_positives", Shape::Text, "What else the rule finds."),
    field("references", Shape::Texts, "Where to read more: web addresses."),
    field(
        "drilldown_searches",
        Shape::Mappings(DRILLDOWN),
        "Searches that lead from a finding to what is behind it.",
    ),
    field("category", Shape::Text, "Part of the content that the rule belongs to, such as endpoint."),
    field("tests", Shape::Mappings(TEST), "What the rule must find in recorded data."),
];

const DRILLDOWN: &[Field] = &[
    field("name", Shape::Text, "Name for people; may hold `$field$`."),
    needed("search", Shape::Filled, "The search; may hold `%original_detection_search%` and `$field$`."),
    field(
        "earliest_offset",
        Shape::Scalar,
        "Begin of the time range: `$info_min_time$` or an offset such as `7d`.",
    ),
    field("latest_offset", Shape::Scalar, "End of the time range."),
];

const TEST: &[Field] = &[
    field("name", Shape::Text, "Name for people."),
    field("test_type", Shape::Text, "Kind of the test: unit, if not given."),
    field("description", Shape::Text, "What the test is about."),
    field("attack_data", Shape::Mappings(ATTACK_DATA), "The recorded data that is read."),
    field("expected_results", Shape::Number, "How many rows the search must give at least: 1, if not given."),
    field("earliest_time", Shape::Scalar, "Begin of the time range of the search."),
    field("latest_time", Shape::Scalar, "End of the time range of the search."),
];

const ATTACK_DATA: &[Field] = &[
    needed("data", Shape::Filled, "Web address or path of the file."),
    field("source", Shape::Text, "Source that its events get."),
    field("sourcetype", Shape::Text, "Sourcetype that its events get."),
    field("host", Shape::Scalar, "Host that its events get."),
    field("index", Shape::Text, "Index that its events get."),
    field("update_timestamp", Shape::Truth, "Of an older way to shift times; not used here."),
];

/// Fields that stand at the top in generation 3 and under `tags` before.
const TAGS: &[Field] = &[
    field("analytic_story", Shape::Texts, "Names of the stories that the rule is part of."),
    field("asset_type", Shape::Text, "What is attacked, such as Endpoint."),
    field("cve", Shape::AllLike("^CVE-[0-9]{4}-[0-9]{4,}$"), "Vulnerabilities."),
    field("atomic_guid", Shape::Texts, "Tests of Atomic Red Team, by their UUIDs."),
    field("mitre_attack_id", Shape::AllLike("^T[0-9]{4}(\\.[0-9]{3})?$"), "Techniques of MITRE ATT&CK."),
    field("product", Shape::Texts, "Products that the rule runs in."),
    field(
        "security_domain",
        Shape::OneOf(&["access", "audit", "endpoint", "identity", "network", "threat"]),
        "Domain of Splunk Enterprise Security.",
    ),
    field("throttling", Shape::Mapping(THROTTLING), "How often the rule may raise the same thing."),
];

const THROTTLING: &[Field] = &[
    needed("fields", Shape::Texts, "Fields whose values make results the same."),
    needed(
        "period",
        Shape::Like("^[0-9]+[smhd]$"),
        "How long the same thing is not raised again, such as `4h`.",
    ),
];

const KIND: Shape = Shape::OneOf(&["user", "system", "other"]);

const THREAT_OBJECT: &[Field] = &[
    needed("field", Shape::Filled, "Field that holds it."),
    needed("type", Shape::Filled, "What it is, such as process_name."),
];

/// What a result adds to the risk of, without a message.
const ENTITY: &[Field] = &[
    needed("field", Shape::Filled, "Field that names it."),
    needed("type", KIND, "Whether it is a user, a system or something else."),
    needed("score", Shape::Number, "How much risk a result adds: 0 to 100."),
];

const INTERMEDIATE: &[Field] = &[
    needed("field", Shape::Filled, "Field that names the user or system."),
    needed("type", KIND, "Whether it is a user, a system or something else."),
    needed("score", Shape::Number, "How much risk a result adds: 0 to 100."),
    needed("message", Shape::Text, "What is said of it; may hold `$field$`."),
];

const SCHEDULE: &[Field] = &[
    field("name", Shape::Text, "Name of the schedule."),
    field("cron_schedule", Shape::Text, "When the search runs, as in cron."),
    field("earliest_time", Shape::Scalar, "Begin of the time range of each run, such as `-70m@m`."),
    field("latest_time", Shape::Scalar, "End of the time range of each run."),
    field("schedule_window", Shape::Scalar, "How much later Splunk may run it; not used here."),
];

/// What only generation 3 has.
const THIRD: &[Field] = &[
    field("creation_date", Shape::Date, "Day on which the rule was first written."),
    field("modification_date", Shape::Date, "Day of the last change."),
    field(
        "finding",
        Shape::Mapping(&[
            needed("title", Shape::Text, "What an analyst reads first; may hold `$field$`."),
            needed("entity", Shape::Mapping(ENTITY), "The user or system that it is about."),
        ]),
        "What a result raises for an analyst to look at.",
    ),
    field(
        "intermediate_findings",
        Shape::Mapping(&[needed("entities", Shape::Mappings(INTERMEDIATE), "Users and systems.")]),
        "What a result adds to the risk of users and systems.",
    ),
    field("threat_objects", Shape::Mappings(THREAT_OBJECT), "What the attacker used."),
    field("threat_group", Shape::Texts, "Groups of attackers."),
    field("manual_test", Shape::Text, "Why the rule can't be tested automatically."),
    field("schedule", Shape::TextOrMapping(SCHEDULE), "When Splunk runs the rule: a name, or all of it."),
    field("custom_schedule", Shape::Mapping(SCHEDULE), "When Splunk runs the rule, instead of `schedule`."),
    field("baselines", Shape::Any, "Searches that the rule builds on; not used here."),
    field("deprecation_info", Shape::Any, "What replaces the rule; not used here."),
];

/// What generations 1 and 2 have under `tags` beyond [`TAGS`].
const OLD_TAGS: &[Field] = &[
    field("group", Shape::Texts, "Groups of attackers."),
    field("manual_test", Shape::Text, "Why the rule can't be tested automatically."),
    field("risk_score", Shape::Number, "How much risk a result adds: 0 to 100."),
    field("confidence", Shape::Number, "How sure a result is; with `impact` it makes the score."),
    field("impact", Shape::Number, "How bad a result is; with `confidence` it makes the score."),
    field("required_fields", Shape::Texts, "Fields that the search reads; not used here."),
];

const FIRST_TAGS: &[Field] = &[
    field("message", Shape::Text, "What is said of a result; may hold `$field$`."),
    field(
        "observable",
        Shape::Mappings(&[
            needed("name", Shape::Filled, "Field that holds it."),
            needed("type", Shape::Filled, "What it is, such as Hostname."),
            needed("role", Shape::Texts, "Victim or Attacker."),
        ]),
        "Whom a result is about, and what the attacker used.",
    ),
    field("automated_detection_testing", Shape::Any, "Not used here."),
    field("context", Shape::Any, "Not used here."),
    field("dataset", Shape::Any, "Not used here."),
    field("supported_tas", Shape::Any, "Not used here."),
];

const RBA: &[Field] = &[
    field("message", Shape::Text, "What is said of a result; may hold `$field$`."),
    field("risk_objects", Shape::Mappings(ENTITY), "Users and systems whose risk a result adds to."),
    field("threat_objects", Shape::Mappings(THREAT_OBJECT), "What the attacker used."),
];

/// `tags` of generations 1 and 2, all together; a shape holds no list that is made.
const ALL_FIRST_TAGS: &[Field] =
    &join::<{ TAGS.len() + OLD_TAGS.len() + FIRST_TAGS.len() }>(&[TAGS, OLD_TAGS, FIRST_TAGS]);
const ALL_SECOND_TAGS: &[Field] = &join::<{ TAGS.len() + OLD_TAGS.len() }>(&[TAGS, OLD_TAGS]);

const fn join<const N: usize>(tables: &[&[Field]]) -> [Field; N] {
    let mut all = [field("", Shape::Any, ""); N];
    let (mut table, mut at) = (0, 0);
    while table < tables.len() {
        let mut i = 0;
        while i < tables[table].len() {
            all[at] = tables[table][i];
            at += 1;
            i += 1;
        }
        table += 1;
    }
    all
}

const DATE: Field = field("date", Shape::Date, "Day of the last change.");

/// Generation 1.
pub(super) fn first() -> Vec<Field> {
    let own = [
        DATE,
        field("datamodel", Shape::Any, "Data models that the search reads; not used here."),
        field("tags", Shape::Mapping(ALL_FIRST_TAGS), "What the rule means."),
    ];
    [COMMON, &own].concat()
}

/// Generation 2.
pub(super) fn second() -> Vec<Field> {
    let own = [
        DATE,
        field("rba", Shape::Mapping(RBA), "What a result raises."),
        field("tags", Shape::Mapping(ALL_SECOND_TAGS), "What the rule means."),
        field("deployment", Shape::Any, "How Splunk runs the rule; not used here."),
        field("deprecation_info", Shape::Any, "What replaces the rule; not used here."),
    ];
    [COMMON, &own].concat()
}

/// Generation 3.
pub(super) fn third() -> Vec<Field> {
    [COMMON, TAGS, THIRD].concat()
}

/// What a rule of generation 3 raises, by its type: a TTP a finding; an Anomaly intermediate findings and no finding; a
/// Correlation a finding and nothing else; Hunting nothing.
pub(super) fn raises() -> Value {
    let when = |kind: &str, then: Value| json!({ "if": { "required": ["type"], "properties": { "type": { "const": kind } } }, "then": then });
    let none = |keys: &[&str]| -> Value {
        keys.iter()
            .map(|key| ((*key).to_owned(), Value::Bool(false)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    json!([
        when("TTP", json!({ "required": ["finding"] })),
        when("Anomaly", json!({ "required": ["intermediate_findings"], "properties": none(&["finding"]) })),
        when(
            "Correlation",
            json!({ "required": ["finding"], "properties": none(&["intermediate_findings"]) })
        ),
        when(
            "Hunting",
            json!({ "properties": none(&["finding", "intermediate_findings", "threat_objects"]) })
        ),
    ])
}
