//! `format`: makes a search expression of rows; what a subsearch ends with unless it says otherwise.

use super::{Build, Call, Example, Spec};
use crate::pipeline::{Command, FieldSet, Kind, columns};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};
use grotto_spl::text;

pub(super) static FORMAT: Spec = Spec {
    name: "format",
    aliases: &[],
    summary: "Makes one row with a field called search of all rows: an expression that is true for events with the \
              values of one of them.",
    syntax: "format [mvsep=<text>] [maxresults=<count>] [emptystr=<text>] [\"<row prefix>\" \"<column prefix>\" \
             \"<column separator>\" \"<column end>\" \"<row separator>\" \"<row end>\"]",
    kind: Kind::Transforming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/format",
    deviations: &[],
    assumptions: &["subsearch-values-escaped"],
    examples: &[
        Example {
            spl: "| table user ip | format",
            input: r#"[{"user": "ann", "ip": "10.0.0.1"}, {"user": "bob \"b\""}]"#,
            expected: r#"[{"search": "( ( user=\"ann\" AND ip=\"10.0.0.1\" ) OR ( user=\"bob \\\"b\\\"\" ) )"}]"#,
        },
        Example {
            spl: "| table user | format mvsep=\"OR\" \"[\" \"[\" \"&&\" \"]\" \"||\" \"]\"",
            input: r#"[{"user": ["a", "b"]}, {"user": "c"}]"#,
            expected: r#"[{"search": "[ [ ( user=\"a\" OR user=\"b\" ) ] || [ user=\"c\" ] ]"}]"#,
        },
        Example { spl: "| table user | format", input: "[]", expected: r#"[{"search": "NOT ( )"}]"# },
    ],
    build: Build::Command(build),
};

/// What no rows make: an expression that is true for no event.
pub(crate) const NOTHING: &str = "NOT ( )";

/// The text around values.
struct Style {
    mvsep: String,
    empty: String,
    most: usize,
    /// Row prefix, column prefix, column separator, column end, row separator, row end.
    parts: [String; 6],
}

impl Default for Style {
    fn default() -> Self {
        Self {
            mvsep: "OR".to_owned(),
            empty: NOTHING.to_owned(),
            most: usize::MAX,
            parts: ["(", "(", "AND", ")", "OR", ")"].map(str::to_owned),
        }
    }
}

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["mvsep", "maxresults", "emptystr"])?;
    let mut style = Style::default();
    if let Some(mvsep) = split.options.text("mvsep")? {
        style.mvsep = mvsep;
    }
    if let Some(empty) = split.options.text("emptystr")? {
        style.empty = empty;
    }
    if let most @ 1.. = split.options.count("maxresults", 0)? {
        style.most = most;
    }
    let words: Vec<String> = call.words(&split.rest)?.into_iter().map(text::argument).collect();
    if !words.is_empty() {
        let count = words.len();
        let at = split.rest.iter().map(|arg| arg.span()).reduce(grotto_diag::Span::to).unwrap_or_default();
        style.parts =
            words.try_into().map_err(|_| call.bad(at, &format!("six strings are needed, not {count}")))?;
    }
    Ok(Box::new(Format(style)))
}

struct Format(Style);

impl Command for Format {
    fn kind(&self) -> Kind {
        Kind::Transforming
    }

    fn needs(&self, _: &FieldSet) -> FieldSet {
        FieldSet::all()
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let text = self.0.expression(&rows).unwrap_or_else(|| self.0.empty.clone());
        Ok(of_text(&text))
    }
}

/// One row whose field `search` has this text.
pub(super) fn of_text(text: &str) -> Batch {
    let mut out = Batch::new(1);
    out.set("search", Column::text([Some(text)]));
    out
}

/// The expression that a subsearch's rows are where they are part of a search: as `format` makes it; a field called
/// `search` or `query` stands for itself.
pub(crate) fn implicit(rows: &Batch) -> String {
    if rows.rows() == 1
        && let Some(text) = inserted(rows)
        && rows.names().filter(|name| !name.starts_with('_')).count() == 1
    {
        return text;
    }
    Style::default().expression(rows).unwrap_or_else(|| NOTHING.to_owned())
}

/// The text of the first row's field `search` or `query`.
pub(crate) fn inserted(rows: &Batch) -> Option<String> {
    let column = rows.column("search").or_else(|| rows.column("query"))?;
    if rows.rows() == 0 {
        return None;
    }
    columns::texts(column.cell(0)).into_iter().next()
}

impl Style {
    /// The rows' expression; `None` when no row has a value.
    fn expression(&self, rows: &Batch) -> Option<String> {
        let [before_row, before_column, and, after_column, or, after_row] = &self.parts;
        let fields: Vec<_> = rows.columns().filter(|(name, _)| !name.starts_with(['_', '\0'])).collect();
        let mut out = String::new();
        for row in 0..rows.rows().min(self.most) {
            let values = fields
                .iter()
                .filter_map(|(name, column)| self.values(name, &columns::texts(column.cell(row))));
            let values: Vec<String> = values.collect();
            if values.is_empty() {
                continue;
            }
            out.push_str(if out.is_empty() { before_row } else { or });
            for text in [" ", before_column, " ", &values.join(&format!(" {and} ")), " ", after_column, " "] {
                out.push_str(text);
            }
        }
        (!out.is_empty()).then(|| format!("{out}{after_row}"))
    }

    /// One field of a row.
    fn values(&self, name: &str, values: &[String]) -> Option<String> {
        let one = |value: &String| {
            if matches!(name, "search" | "query") {
                value.clone()
            } else {
                format!("{}=\"{}\"", field(name), text::escaped(value))
            }
        };
        match values {
            [] => None,
            [value] => Some(one(value)),
            many => {
                let many: Vec<String> = many.iter().map(one).collect();
                Some(format!("( {} )", many.join(&format!(" {} ", self.mvsep))))
            }
        }
    }
}

/// A name as it can stand before `=`.
pub(crate) fn field(name: &str) -> String {
    let plain =
        |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | ':' | '{' | '}' | '@' | '/' | '*');
    if name.chars().all(plain) { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\\\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::testing::batch;

    #[test]
    fn rows_become_an_expression() {
        for (rows, text) in [
            (r#"[{"a": "x"}]"#, r#"( ( a="x" ) )"#),
            (r#"[{"a": "x", "_time": 1, "_raw": "r"}]"#, r#"( ( a="x" ) )"#),
            (r#"[{"search": "a=1 OR b"}]"#, "a=1 OR b"),
            (r#"[{"query": "a=1", "b": "c"}]"#, r#"( ( a=1 AND b="c" ) )"#),
            (r#"[{"search": "a"}, {"search": "b c"}]"#, "( ( a ) OR ( b c ) )"),
            (r#"[{"a b": "C:\\x*"}]"#, r#"( ( "a b"="C:\\x*" ) )"#),
            (r#"[{"_time": 5}]"#, NOTHING),
            ("[]", NOTHING),
        ] {
            assert_eq!(implicit(&batch(rows)), text, "{rows}");
        }
    }

    #[test]
    fn values_come_back_as_they_are() {
        for value in ["plain", "C:\\Windows\\", "say \"x\" | delete", "] | x [", "a\\\"b", ""] {
            let parsed =
                grotto_spl::parse_search_expression(&format!("x=\"{}\"", text::escaped(value))).unwrap();
            let grotto_spl::ast::SearchExpr::Compare {
                value: grotto_spl::ast::SearchValue::Word(word), ..
            } = &parsed
            else {
                panic!("{parsed:?}")
            };
            assert_eq!(text::search(word), value);
        }
    }
}
