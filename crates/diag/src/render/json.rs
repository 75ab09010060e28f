//! A diagnostic as a JSON object.

use crate::Diagnostic;
use serde_json::{Value, json};

/// `{slug, severity, message, file, line, column, labels: [{line, column, text, message}], help}`; what is not
/// known is `null`.
pub fn json(diagnostic: &Diagnostic) -> Value {
    let source = diagnostic.source.as_deref();
    let labels: Vec<Value> = diagnostic
        .labels
        .iter()
        .map(|label| {
            let place = source.map(|s| s.place(label.span.start));
            json!({
                "line": place.map(|p| p.line),
                "column": place.map(|p| p.column),
                "text": source.map(|s| label.span.of(&s.text)),
                "message": label.message,
            })
        })
        .collect();
    json!({
        "slug": diagnostic.slug,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "file": diagnostic.file(),
        "line": diagnostic.place().map(|p| p.line),
        "column": diagnostic.place().map(|p| p.column),
        "labels": labels,
        "help": diagnostic.help,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Source, Span};
    use std::sync::Arc;

    #[test]
    fn names_file_and_place() {
        let source = Arc::new(Source::new("r.yml", "a\nbcd"));
        let value = json(&Diagnostic::error("x/y", "no").at(Span::new(3, 4), "here").in_source(&source));
        assert_eq!(value["file"], "r.yml");
        assert_eq!((value["line"].as_u64(), value["column"].as_u64()), (Some(2), Some(2)));
        assert_eq!(value["labels"][0]["text"], "c");
        assert_eq!(value["help"], Value::Null);
    }
}
