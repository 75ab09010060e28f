//! Diagnostics as SARIF 2.1.0, which code hosts and editors read.
//!
//! The form is that of <https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html>; what GitHub reads of it is
//! told at <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>.

use crate::{Diagnostic, Severity, Source, Span};
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// What the log tells of a kind of diagnostic.
#[derive(Debug, Clone, Copy)]
pub struct RuleInfo<'a> {
    /// Its slug.
    pub slug: &'a str,
    /// One line.
    pub summary: &'a str,
    /// Its page, in Markdown.
    pub page: &'a str,
    /// What it weighs unless configured otherwise.
    pub severity: Severity,
}

/// A log of one run with one result for each diagnostic.
///
/// `rules` describes kinds of diagnostics; those that are not among them are listed by their slug alone. Places are
/// 1-based, columns count characters.
pub fn sarif(diagnostics: &[Diagnostic], rules: &[RuleInfo<'_>]) -> Value {
    let mut slugs: Vec<&str> = rules.iter().map(|r| r.slug).collect();
    let mut descriptors: Vec<Value> = rules.iter().map(descriptor).collect();
    let mut results = Vec::with_capacity(diagnostics.len());
    for diagnostic in diagnostics {
        let index = slugs.iter().position(|s| *s == diagnostic.slug).unwrap_or_else(|| {
            slugs.push(diagnostic.slug);
            descriptors.push(json!({ "id": diagnostic.slug }));
            slugs.len() - 1
        });
        results.push(result(diagnostic, index));
    }
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "grotto",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": descriptors,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn descriptor(rule: &RuleInfo<'_>) -> Value {
    json!({
        "id": rule.slug,
        "shortDescription": { "text": rule.summary },
        "help": { "text": rule.page, "markdown": rule.page },
        "defaultConfiguration": { "level": level(rule.severity) },
    })
}

fn result(diagnostic: &Diagnostic, index: usize) -> Value {
    let mut text = diagnostic.message.clone();
    if let Some(help) = &diagnostic.help {
        let _ = write!(text, "\n\n{help}");
    }
    let mut out = Map::new();
    out.insert("ruleId".to_owned(), diagnostic.slug.into());
    out.insert("ruleIndex".to_owned(), index.into());
    out.insert("level".to_owned(), level(diagnostic.severity).into());
    out.insert("message".to_owned(), json!({ "text": text }));
    if let Some(source) = &diagnostic.source {
        let mut labels = diagnostic.labels.iter().map(|l| location(source, Some(l.span), &l.message));
        let main = labels.next().unwrap_or_else(|| location(source, None, ""));
        out.insert("locations".to_owned(), json!([main]));
        let related: Vec<Value> = labels.collect();
        if !related.is_empty() {
            out.insert("relatedLocations".to_owned(), related.into());
        }
        if let Some(fix) = &diagnostic.fix {
            let replacement = json!({
                "deletedRegion": region(source, fix.span),
                "insertedContent": { "text": fix.replacement },
            });
            out.insert(
                "fixes".to_owned(),
                json!([{
                    "description": { "text": fix.message },
                    "artifactChanges": [{ "artifactLocation": artifact(source), "replacements": [replacement] }],
                }]),
            );
        }
    }
    Value::Object(out)
}

fn location(source: &Source, span: Option<Span>, remark: &str) -> Value {
    let mut physical = json!({ "artifactLocation": artifact(source) });
    if let Some(span) = span {
        physical["region"] = region(source, span);
    }
    let mut out = json!({ "physicalLocation": physical });
    if !remark.is_empty() {
        out["message"] = json!({ "text": remark });
    }
    out
}

fn region(source: &Source, span: Span) -> Value {
    let (start, end) = (source.place(span.start), source.place(span.end));
    json!({ "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column })
}

fn artifact(source: &Source) -> Value {
    json!({ "uri": uri(&source.name) })
}

/// A path as a relative reference or, when it is absolute, as a `file` URI.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let drive = path.as_bytes().get(1) == Some(&b':') && path.starts_with(|c: char| c.is_ascii_alphabetic());
    let mut out = match () {
        () if drive => "file:///".to_owned(),
        () if path.starts_with('/') => "file://".to_owned(),
        () => String::new(),
    };
    let relative = path.strip_prefix("./").unwrap_or(&path);
    for byte in relative.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(byte as char);
            }
            b':' if drive => out.push(':'),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn a_log_has_rules_results_and_fixes() {
        let source = Arc::new(Source::new("rules/a b.yml", "é: 1\nb: 2"));
        let diagnostics = [
            Diagnostic::error("lint/b", "no")
                .at(Span::new(6, 7), "here")
                .at(Span::new(0, 2), "and here")
                .in_source(&source)
                .help("write c")
                .fix("write c", Span::new(6, 7), "c"),
            Diagnostic::new(Severity::Info, "other", "nowhere"),
            Diagnostic::warning("other", "a file").in_source(&source),
        ];
        let rule = RuleInfo { slug: "lint/b", summary: "No b", page: "# No b", severity: Severity::Warning };
        let log = sarif(&diagnostics, &[rule]);
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        assert_eq!(run["tool"]["driver"]["name"], "grotto");
        let ids: Vec<_> =
            run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|r| r["id"].clone()).collect();
        assert_eq!(ids, ["lint/b", "other"]);
        assert_eq!(run["tool"]["driver"]["rules"][0]["defaultConfiguration"]["level"], "warning");
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), 3);
        assert_eq!(results[0]["message"]["text"], "no\n\nwrite c");
        assert_eq!(results[0]["level"], "error");
        let place = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "rules/a%20b.yml");
        let at = json!({ "startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 2 });
        assert_eq!(place["region"], at);
        let change = &results[0]["fixes"][0]["artifactChanges"][0]["replacements"][0];
        assert_eq!(change["deletedRegion"], at);
        assert_eq!(change["insertedContent"]["text"], "c");
        assert_eq!(results[0]["relatedLocations"][0]["message"]["text"], "and here");
        assert_eq!(results[1]["level"], "note");
        assert_eq!(results[1]["ruleIndex"], 1);
        assert_eq!(results[1]["locations"], Value::Null);
        assert_eq!(results[2]["locations"][0]["physicalLocation"]["region"], Value::Null);
    }

    #[test]
    fn paths_become_uris() {
        for (path, expected) in [
            ("./rules/x.yml", "rules/x.yml"),
            ("/tmp/ä#?.yml", "file:///tmp/%C3%A4%23%3F.yml"),
            (r"C:\rules\x.yml", "file:///C:/rules/x.yml"),
            ("<stdin>", "%3Cstdin%3E"),
        ] {
            assert_eq!(uri(path), expected);
        }
    }
}
