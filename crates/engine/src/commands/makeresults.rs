//! `makeresults`: begins a search with rows of its own.

use super::{Begin, Build, Call, Example, Spec};
use crate::Value;
use crate::lookup::Table;
use crate::pipeline::{Kind, ORDER, columns};
use crate::plan::Head;
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};
use serde_json::{Map, Value as Json};

pub(super) static MAKERESULTS: Spec = Spec {
    name: "makeresults",
    aliases: &[],
    summary: "Begins a search with rows that hold nothing but the time of the search, or with rows of JSON or CSV.",
    syntax: "makeresults [count=<count>] [format=json|csv data=<text>]",
    kind: Kind::Generating,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/makeresults",
    deviations: &["`annotate=true` is not supported"],
    assumptions: &["makeresults-data"],
    examples: &[
        Example { spl: "| makeresults | eval a=1 | table a", input: "[]", expected: r#"[{"a": 1}]"# },
        Example {
            spl: "| makeresults count=3 | streamstats count as n | table n",
            input: "[]",
            expected: r#"[{"n": 1}, {"n": 2}, {"n": 3}]"#,
        },
        Example {
            spl: r#"| makeresults format=json data="[{\"a\":1,\"b\":[\"x\",\"y\"]},{\"a\":{\"c\":null}}]" | table a b"#,
            input: "[]",
            expected: r#"[{"a": 1, "b": ["x", "y"]}, {"a": "{\"c\":null}"}]"#,
        },
        Example {
            spl: "| makeresults format=csv data=\"a,b\n1,x\n2,\"",
            input: "[]",
            expected: r#"[{"a": 1, "b": "x"}, {"a": 2}]"#,
        },
    ],
    build: Build::Begin(begin),
};

/// Rows that can be made.
const MOST: usize = 1_000_000;

fn begin(call: &Call<'_>) -> Result<Begin, Box<Diagnostic>> {
    let split = call.split(&["count", "annotate", "format", "data"])?;
    if let Some(arg) = split.rest.first() {
        return Err(call.unexpected(arg));
    }
    let at = |name| split.options.get(name).map(grotto_spl::ast::Arg::span).unwrap_or_default();
    if split.options.flag("annotate", false)? {
        return Err(call.unsupported(at("annotate"), "annotate=true is not supported"));
    }
    let format = split.options.text("format")?.unwrap_or_default().to_ascii_lowercase();
    if let Some(data) = split.options.text("data")? {
        let rows = match format.as_str() {
            "json" => json(&data).map(|rows| table(call, &rows)),
            "csv" => csv(&data),
            _ => Err("data needs format=json or format=csv".to_owned()),
        };
        let mut rows = rows.map_err(|problem| call.bad(at("data"), &problem))?;
        // The first row stands where the newest event would.
        rows.set(ORDER, Column::Int((0..rows.rows() as i64).rev().collect::<Vec<i64>>().into()));
        return Ok(Begin { head: Head::Rows(rows), command: None });
    }
    if !format.is_empty() {
        return Err(call.missing("data=…"));
    }
    let count = split.options.count("count", 1)?;
    if count > MOST {
        return Err(call.bad(at("count"), &format!("at most {MOST} rows can be made")));
    }
    let mut rows = Batch::new(count);
    rows.set("_time", Column::Time(vec![now(call); count].into()));
    Ok(Begin { head: Head::Rows(rows), command: None })
}

/// The time of the search in whole seconds, as Splunk's searches have.
fn now(call: &Call<'_>) -> i64 {
    crate::time::SECOND * call.context.now.div_euclid(crate::time::SECOND)
}

/// Fields with their values.
type Row = Vec<(String, Value)>;

/// Rows of an array of objects. Each keeps its text in `_raw`.
fn json(data: &str) -> Result<Vec<Row>, String> {
    let objects: Vec<Map<String, Json>> = serde_json::from_str(data).map_err(|error| error.to_string())?;
    let row = |object: Map<String, Json>| {
        let raw = Json::Object(object.clone()).to_string();
        let fields = object.into_iter().map(|(name, value)| (name, of_json(&value)));
        fields.chain([("_raw".to_owned(), Value::Text(raw))]).collect()
    };
    Ok(objects.into_iter().map(row).collect())
}

fn of_json(value: &Json) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::list(items.iter().map(|item| of_json(item).text()).collect()),
        other => Value::Text(other.to_string()),
    }
}

/// Rows of lines behind a line of names.
fn csv(data: &str) -> Result<Batch, String> {
    Table::read("data", data.as_bytes(), &mut Vec::new())
        .map(|table| table.batch().clone())
        .map_err(|error| error.message)
}

/// The rows as a batch; those that say no time have that of the search.
fn table(call: &Call<'_>, rows: &[Row]) -> Batch {
    let mut out = Batch::new(rows.len());
    if !rows.iter().flatten().any(|(name, _)| name == "_time") {
        out.set("_time", Column::Time(vec![now(call); rows.len()].into()));
    }
    for (name, _) in rows.iter().flatten() {
        if out.column(name).is_none() {
            let value =
                |row: &Row| row.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
            out.set(name.as_str(), columns::column(&rows.iter().map(value).collect::<Vec<_>>()));
        }
    }
    out
}
