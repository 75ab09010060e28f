//! Fields that files and searches name.

use crate::file::File;
use crate::flow::{Fields, name_of};
use crate::rule::Rule;
use crate::walk;
use grotto_content::Generation;
use grotto_diag::Severity;
use grotto_spl::ast::{AggregateArg, Arg, SearchExpr, Stage, Word};
use std::collections::HashSet;

/// Paths of what the file puts at risk, in the generations that give each its own type and score.
pub(super) fn entities(file: &File<'_>) -> Vec<String> {
    match file.generation {
        Generation::One => Vec::new(),
        Generation::Two => file.members("rba.risk_objects").collect(),
        Generation::Three => {
            let finding = file.document.has("finding.entity").then(|| "finding.entity".to_owned());
            finding.into_iter().chain(file.members("intermediate_findings.entities")).collect()
        }
    }
}

/// Paths of the lines that analysts read.
pub(super) fn messages(file: &File<'_>) -> Vec<String> {
    match file.generation {
        Generation::One => vec!["tags.message".to_owned()],
        Generation::Two => vec!["rba.message".to_owned()],
        Generation::Three => {
            let entities =
                file.members("intermediate_findings.entities").map(|path| format!("{path}.message"));
            std::iter::once("finding.title".to_owned()).chain(entities).collect()
        }
    }
}

/// A field that a rule needs in its result.
pub(super) struct Wanted {
    /// Where it is named.
    pub(super) path: String,
    /// Its name.
    pub(super) field: String,
    /// What needs it.
    pub(super) what: &'static str,
    /// How bad it is when it is not there.
    pub(super) severity: Severity,
}

/// Fields that the rule needs in its result. None for a rule that raises nothing.
pub(super) fn wanted_fields(rule: &Rule<'_>) -> Vec<Wanted> {
    let (file, detection) = (rule.file, rule.detection);
    if detection.finding.is_none() && detection.intermediate_findings.is_empty() {
        return Vec::new();
    }
    let mut out = Vec::new();
    let mut add = |path: String, field: &str, what, severity| {
        out.push(Wanted { path, field: field.to_owned(), what, severity });
    };
    let named = |path: String| file.filled(&path).map(|field| (path.clone(), field));
    if file.generation == Generation::One {
        let threats: Vec<&str> = detection.threat_objects.iter().map(|t| t.field.as_str()).collect();
        for (path, field) in file.members("tags.observable").filter_map(|path| named(format!("{path}.name")))
        {
            if threats.contains(&field) {
                add(path, field, "a threat object", Severity::Warning);
            } else {
                add(path, field, "an entity", Severity::Error);
            }
        }
    }
    for (path, field) in entities(file).into_iter().filter_map(|path| named(format!("{path}.field"))) {
        add(path, field, "an entity", Severity::Error);
    }
    let threats = if file.generation == Generation::Two { "rba.threat_objects" } else { "threat_objects" };
    for (path, field) in file.members(threats).filter_map(|path| named(format!("{path}.field"))) {
        add(path, field, "a threat object", Severity::Warning);
    }
    for path in messages(file) {
        for (_, field) in file.filled(&path).map(tokens).unwrap_or_default() {
            add(path.clone(), field, "the message", Severity::Warning);
        }
    }
    out
}

/// The fields that stand as `$field$` in a text, each with the place of its first `$`.
pub(super) fn tokens(text: &str) -> Vec<(usize, &str)> {
    let (mut out, mut from) = (Vec::new(), 0);
    while let Some(start) = text[from..].find('$').map(|at| from + at) {
        let Some(end) = text[start + 1..].find('$').map(|at| start + 1 + at) else { break };
        let name = &text[start + 1..end];
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '{' | '}' | '-' | ':' | '@');
        if !name.is_empty() && name.chars().all(fits) {
            out.push((start, name));
            from = end + 1;
        } else {
            from = end;
        }
    }
    out
}

/// Whether Enterprise Security or Splunk fill a token without the search.
pub(super) fn always_there(field: &str) -> bool {
    field.starts_with("info_")
        || field.starts_with("orig_")
        || field.starts_with("result.")
        || matches!(
            field,
            "_time"
                | "search_name"
                | "rule_name"
                | "rule_title"
                | "savedsearch_name"
                | "risk_score"
                | "risk_object"
                | "earliest"
                | "latest"
                | "time"
                | "name"
                | "trigger_time"
                | "normalized_risk_object"
        )
}

/// The fields that one argument of a stage reads, and without which the stage has another meaning.
pub(super) fn read_by(stage: &Stage, arg: &Arg) -> Vec<Word> {
    let mut out = Vec::new();
    let command = stage.command().unwrap_or_default();
    match (command.as_str(), arg) {
        ("search", Arg::Search(expr)) => compared(expr, &mut out),
        ("where" | "eval", Arg::Expr(value) | Arg::Assign { value, .. }) => walk::needed(value, &mut out),
        ("stats" | "eventstats" | "streamstats" | "chart" | "timechart", Arg::Aggregate(aggregate)) => {
            for arg in &aggregate.args {
                match arg {
                    AggregateArg::Field(word) => out.push(word.clone()),
                    AggregateArg::Eval(expr) => walk::needed(expr, &mut out),
                    _ => {}
                }
            }
        }
        ("stats" | "eventstats" | "streamstats" | "chart" | "timechart", Arg::By(list)) => {
            out.extend(list.iter().filter_map(Arg::word).cloned());
        }
        ("mvexpand" | "makemv", Arg::Word(word)) => out.push(word.clone()),
        ("regex", Arg::Option { name, .. }) => out.push(name.clone()),
        ("rex", Arg::Option { name, value, .. }) if name.is_keyword("field") => {
            out.extend(value.word().cloned());
        }
        _ => {}
    }
    out
}

/// The fields of events that a search reads, before it decides itself which fields there are, each once, with whether
/// it is in a BY clause.
pub(super) fn of_events(rule: &Rule<'_>) -> Vec<(Word, bool)> {
    let Some(tree) = &rule.tree else { return Vec::new() };
    let (mut out, mut seen) = (Vec::new(), HashSet::new());
    for (stage, fields) in tree.stages.iter().zip(&rule.flow().before) {
        if *fields != Fields::Any || !FOLLOWED.contains(&stage.command().unwrap_or_default().as_str()) {
            break;
        }
        for arg in &stage.args {
            for word in read_by(stage, arg) {
                if seen.insert(name_of(&word)) {
                    out.push((word, matches!(arg, Arg::By(_))));
                }
            }
            if let Arg::Assign { target, .. } = arg {
                seen.insert(name_of(target));
            }
        }
    }
    out
}

/// Commands that make no fields but by `=`.
const FOLLOWED: [&str; 6] = ["search", "where", "eval", "stats", "regex", "dedup"];

/// Whether it is how a field is called when the event comes as text: `Service_Name`, `OpCode`. Whether it does, only who
/// collects it knows.
fn is_classic(name: &str) -> bool {
    let header =
        ["ComputerName", "EventType", "LogName", "OpCode", "RecordNumber", "SourceName", "TaskCategory"];
    // `Process_name` is neither the field of a message nor `process_name`.
    let words = || name.split('_').all(|word| !word.starts_with(|c: char| c.is_ascii_lowercase()));
    let header_like = name.contains('_') && name.starts_with(|c: char| c.is_ascii_uppercase());
    header.contains(&name) || (header_like && (name.contains("__") || words()))
}

/// Whether a field may be there though neither events nor add-ons have it: of events as text, or looked up by Enterprise
/// Security.
pub(super) fn comes_otherwise(name: &str) -> bool {
    is_classic(name) || crate::enriched::is_enriched(name)
}

/// Whether a name is that of one field, as events have them: no pattern, and no part of a structure.
pub(super) fn is_plain(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The fields that a search expression compares.
fn compared(expr: &SearchExpr, out: &mut Vec<Word>) {
    match expr {
        SearchExpr::And(terms, _) | SearchExpr::Or(terms, _) => {
            for term in terms {
                compared(term, out);
            }
        }
        SearchExpr::Not(inner, _) => compared(inner, out),
        SearchExpr::Compare { field, .. } | SearchExpr::In { field, .. } => out.push(field.clone()),
        SearchExpr::Term(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_a_text() {
        let names = |text| tokens(text).into_iter().map(|t| t.1).collect::<Vec<_>>();
        assert_eq!(names("$a$ did $b.c{}$"), ["a", "b.c{}"]);
        assert_eq!(names("costs $5 and $a$"), ["a"]);
        assert!(names("$a b$ $").is_empty());
        assert_eq!(tokens("x $a$"), [(2, "a")]);
    }

    #[test]
    fn fields_of_messages() {
        for (name, is) in [
            ("Logon_Type", true),
            ("Package_Name__NTLM_only_", true),
            ("OpCode", true),
            ("Process_name", false),
            ("process_Name", false),
            ("Image", false),
        ] {
            assert_eq!(is_classic(name), is, "{name}");
        }
    }

    #[test]
    fn what_makes_up_for_a_missing_field_does_not_read_it() {
        for (spl, nothing) in
            [("coalesce(a, b)", true), ("isnull(a)", true), ("len(a)", false), ("a > 1", false)]
        {
            let expr = grotto_spl::parse_expression(spl).unwrap();
            let mut read = Vec::new();
            walk::needed(&expr, &mut read);
            assert_eq!(read.is_empty(), nothing, "{spl}");
        }
    }
}
