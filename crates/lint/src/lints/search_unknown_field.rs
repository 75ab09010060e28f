//! A field is spelled differently from that of the data source.

use crate::cx::Cx;
use crate::flow::{Fields, name_of};
use crate::out;
use crate::out::Out;
use crate::rule::Rule;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;
use grotto_spl::ast::Arg;
use std::collections::HashSet;

pub(super) static LINT: Lint = Lint {
    slug: "search/unknown-field",
    summary: "A field is spelled differently from that of the data source",
    what: "Compares the fields that the search reads from events with those that its data sources list, and reports one that differs from a listed one only in upper and lower case.",
    why: "Names of fields are case-sensitive in Splunk: the field is missing in every event.",
    bad: "search: '`some_source` image=a.exe | stats count by dest | `a_rule_filter`'",
    good: "search: '`some_source` Image=a.exe | stats count by dest | `a_rule_filter`'",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, cx: &Cx<'_>, out: &mut Out<'_>) {
    let Some(tree) = &rule.tree else { return };
    let sources: Option<Vec<_>> = rule
        .detection
        .data_source
        .iter()
        .map(|name| cx.content.data_source(name).filter(|s| !s.fields.is_empty()))
        .collect();
    let Some(sources) = sources.filter(|sources| !sources.is_empty()) else { return };
    let listed: HashSet<&str> = sources.iter().flat_map(|s| &s.fields).map(String::as_str).collect();
    let mut made: HashSet<String> = HashSet::new();
    let mut said = HashSet::new();
    for (stage, fields) in tree.stages.iter().zip(&rule.flow().before) {
        // From here on the search itself decides which fields there are.
        if *fields != Fields::Any || !FOLLOWED.contains(&stage.command().unwrap_or_default().as_str()) {
            break;
        }
        for word in super::read_fields(stage) {
            let name = name_of(&word);
            if listed.contains(name.as_str())
                || made.contains(&name)
                || is_classic(&name)
                || !said.insert(name.clone())
            {
                continue;
            }
            let Some(near) = listed.iter().find(|each| each.eq_ignore_ascii_case(&name)) else { continue };
            let source = &rule.detection.source;
            let diagnostic =
                out.spl(rule, word.at.0, format!("the events have no field `{name}`, but `{near}`"));
            diagnostic.help = Some("names of fields are case-sensitive".to_owned());
            if let Some(place) = rule.place(word.at.0) {
                diagnostic.fix = out::change(source, place, &name, format!("write {near}"), *near);
            }
        }
        for arg in &stage.args {
            if let Arg::Assign { target, .. } = arg {
                made.insert(name_of(target));
            }
        }
    }
}

/// Commands that make no fields but by `=`.
const FOLLOWED: [&str; 6] = ["search", "where", "eval", "stats", "regex", "dedup"];

/// Whether it is how a field is called when the event comes as text: `Service_Name`, `OpCode`. Whether it does, only who
/// collects it knows.
fn is_classic(name: &str) -> bool {
    let header =
        ["ComputerName", "EventType", "LogName", "OpCode", "RecordNumber", "SourceName", "TaskCategory"];
    header.contains(&name) || (name.contains('_') && name.starts_with(|c: char| c.is_ascii_uppercase()))
}
