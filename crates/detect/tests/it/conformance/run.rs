//! Runs a case the way `grotto search` runs a search, and says how the result differs from what is expected.

use super::page::{Case, Expected, Object};
use grotto_content::Content;
use grotto_detect::search;
use grotto_diag::Diagnostic;
use grotto_engine::value::{Value as SplValue, format_number};
use grotto_engine::{Context, time};
use grotto_events::{Batch, Cell, Column, Part};
use grotto_knowledge::Knowledge;
use grotto_knowledge::app::{self, App, Origin};
use grotto_spl::MacroTable;
use serde_json::Value;
use std::fmt::Write as _;

/// Seconds of the search's time where a case does not say.
const NOW: i64 = 1_700_000_000;

/// A row as it is compared: the values of every field as text.
type Row = Vec<(String, Vec<String>)>;

/// What a run gave: names of the columns that have a value somewhere, and rows.
type Rows = (Vec<String>, Vec<Row>);

/// What add-ons know, and their macros.
pub(crate) struct Known {
    context: Context,
    knowledge: Knowledge,
    macros: MacroTable,
}

/// grotto's own add-ons, made ready once for all cases that bring nothing of their own.
pub(crate) fn shipped() -> Known {
    known(&Case::default()).unwrap()
}

fn known(case: &Case) -> Result<Known, String> {
    let mut context = context(case)?;
    let knowledge = knowledge(case, &context)?;
    context.lookups = knowledge.lookups(&Content::default());
    let macros = grotto_detect::macros::table(&Content::default(), &knowledge);
    Ok(Known { context, knowledge, macros })
}

/// Runs a case. The answer says how the result differs from what is expected.
pub(crate) fn run(case: &Case, shipped: &Known) -> Result<(), String> {
    let own = case.now.is_some() || case.timezone.is_some() || !case.files.is_empty();
    let own = own.then(|| known(case)).transpose()?;
    let known = own.as_ref().unwrap_or(shipped);
    let batches = batches(&case.input);
    let singles = batches.iter().flat_map(|batch| (0..batch.rows()).map(|row| batch.slice(row, 1))).collect();
    let whole = searched(case, known, vec![batches]);
    let split = searched(case, known, halves(singles));
    compare(case, &whole)?;
    compare(case, &split).map_err(|difference| format!("  only with every row by itself:\n{difference}"))
}

// Whatever else a context comes to hold has its default.
#[allow(clippy::needless_update)]
fn context(case: &Case) -> Result<Context, String> {
    let zone = grotto_engine::context::timezone(case.timezone.as_deref().unwrap_or("UTC"));
    let timezone = zone.map_err(|error| format!("  {error}\n"))?;
    Ok(Context { timezone, now: case.now.unwrap_or(NOW) * time::SECOND, ..Context::default() })
}

fn knowledge(case: &Case, context: &Context) -> Result<Knowledge, String> {
    let (mut apps, mut problems) = app::shipped();
    let files = case.files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    let (app, said) = App::from_files("case", Origin::Given, files);
    problems.extend(said);
    apps.push(app);
    let (knowledge, said) = Knowledge::of_apps(&apps, context);
    problems.extend(said);
    problems.first().map_or(Ok(knowledge), |problem| Err(format!("  {problem}\n")))
}

/// Two parts of the input.
fn halves(mut batches: Vec<Batch>) -> Vec<Vec<Batch>> {
    let later = batches.split_off(batches.len() / 2);
    vec![batches, later]
}

fn searched(case: &Case, known: &Known, parts: Vec<Vec<Batch>>) -> Result<Rows, Box<Diagnostic>> {
    let spl = case.spl.trim_end_matches('\n');
    let job = search::compile(spl, &known.macros, &known.knowledge, &known.context)?;
    let parts: Vec<Part> = parts.into_iter().map(|batches| Part::of_batches("<rows>", batches)).collect();
    let batch = search::run(&job, &parts, &known.knowledge, &|_| {}).result?;
    let columns = batch.columns().filter(|(_, column)| !column.all_null()).map(|(name, _)| name.to_string());
    Ok((columns.collect(), (0..batch.rows()).map(|row| found(&batch, row)).collect()))
}

/// A row of the result.
fn found(batch: &Batch, row: usize) -> Row {
    let texts = |cell| match cell {
        Cell::Null => Vec::new(),
        Cell::List(values, from, to) => (from..to).map(|i| values.value(i).to_owned()).collect(),
        one => vec![SplValue::from(one).text()],
    };
    let some = batch.columns().map(|(name, column)| (name.to_string(), texts(column.cell(row))));
    let mut row: Row = some.filter(|(_, texts)| !texts.is_empty()).collect();
    row.sort();
    row
}

/// A row of a page.
fn wanted(object: &Object) -> Row {
    let mut row: Row = object.iter().map(|(name, value)| (name.clone(), texts(value))).collect();
    row.retain(|(_, texts)| !texts.is_empty());
    row.sort();
    row
}

/// The values that a value of JSON stands for; none for `null`.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => {
            vec![
                number
                    .as_i64()
                    .map_or_else(|| format_number(number.as_f64().unwrap_or_default()), |i| i.to_string()),
            ]
        }
        other => vec![other.to_string()],
    }
}

/// The rows as events, oldest first; consecutive events of one source type and source are a batch, with columns for all
/// fields that any event of these has.
fn batches(rows: &[Object]) -> Vec<Batch> {
    let kind = |row: &Object| (row.get("sourcetype").cloned(), row.get("source").cloned());
    let mut oldest_first: Vec<&Object> = rows.iter().collect();
    oldest_first.reverse();
    oldest_first
        .chunk_by(|a, b| kind(a) == kind(b))
        .map(|chunk| {
            let of_kind = rows.iter().filter(|row| kind(row) == kind(chunk[0]));
            let mut batch = Batch::new(chunk.len());
            for name in of_kind.flat_map(Object::keys) {
                if batch.column(name).is_none() {
                    batch.set(name.as_str(), column(name, chunk));
                }
            }
            batch
        })
        .collect()
}

/// A field of some events: text, as logs have it, whatever it is in JSON; `_time` is a time.
fn column(name: &str, rows: &[&Object]) -> Column {
    let values: Vec<Vec<String>> =
        rows.iter().map(|row| row.get(name).map(texts).unwrap_or_default()).collect();
    if name == "_time" {
        let time = |texts: &Vec<String>| texts.first().and_then(|text| time::of_text(text));
        return Column::Time(values.iter().map(time).collect::<Vec<Option<i64>>>().into());
    }
    if values.iter().any(|texts| texts.len() > 1) {
        return Column::list(values);
    }
    // Readers write a value that all events share once.
    match values.split_first() {
        Some((first, rest)) if first.len() == 1 && rest.iter().all(|v| v == first) => {
            Column::constant(&first[0], values.len())
        }
        _ => Column::text(values.into_iter().map(|texts| texts.into_iter().next())),
    }
}

fn compare(case: &Case, result: &Result<Rows, Box<Diagnostic>>) -> Result<(), String> {
    match (case.expected.as_ref(), result) {
        (Some(Expected::Error(slug)), Err(error)) if error.slug == slug => Ok(()),
        (Some(Expected::Error(slug)), Err(error)) => Err(format!("  expected error {slug}, got {error}\n")),
        (Some(Expected::Error(slug)), Ok((_, rows))) => {
            Err(format!("  expected error {slug}, got {} rows\n{}", rows.len(), listed("actual", rows)))
        }
        (_, Err(error)) => Err(format!("  {error}\n")),
        (Some(Expected::Rows(objects)), Ok((columns, rows))) => {
            let (mut want, mut got) = (objects.iter().map(wanted).collect::<Vec<_>>(), rows.clone());
            if case.any_order {
                want.sort();
                got.sort();
            }
            let mut out = difference(&want, &got);
            if let Some(wanted) = case.columns.as_ref().filter(|wanted| *wanted != columns) {
                let _ = writeln!(
                    out,
                    "  columns\n    expected: {}\n    actual:   {}",
                    wanted.join(", "),
                    columns.join(", ")
                );
            }
            if out.is_empty() { Ok(()) } else { Err(out) }
        }
        (None, Ok(_)) => Err("  nothing is expected\n".to_owned()),
    }
}

/// How rows differ, field by field; empty when they don't.
fn difference(want: &[Row], got: &[Row]) -> String {
    let mut out = String::new();
    for (number, (want, got)) in (1..).zip(want.iter().zip(got)) {
        let more = got.iter().filter(|(name, _)| value(want, name).is_none());
        for (field, _) in want.iter().chain(more) {
            let (want, got) = (value(want, field), value(got, field));
            if want != got {
                let _ =
                    writeln!(out, "  row {number}, {field}: expected {}, actual {}", shown(want), shown(got));
            }
        }
    }
    let both = want.len().min(got.len());
    out + &listed("missing", &want[both..]) + &listed("too many", &got[both..])
}

fn value<'r>(row: &'r Row, field: &str) -> Option<&'r [String]> {
    row.iter().find(|(name, _)| name == field).map(|(_, texts)| texts.as_slice())
}

fn shown(texts: Option<&[String]>) -> String {
    match texts {
        None => "nothing".to_owned(),
        Some([one]) => format!("{one:?}"),
        Some(many) => format!("{many:?}"),
    }
}

fn listed(what: &str, rows: &[Row]) -> String {
    rows.iter().fold(String::new(), |mut out, row| {
        let fields: Vec<String> = row.iter().map(|(name, v)| format!("{name}={}", shown(Some(v)))).collect();
        let _ = writeln!(out, "  {what}: {}", fields.join(" "));
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::page::parse;

    fn told(spl: &str, output: &str, shipped: &Known) -> String {
        let text = format!(
            "# T\n## C\n- source: <https://x>\n```spl\n{spl}\n```\n```json input\n{{\"a\": 1}}\n{{\"a\": 2, \"b\": [\"x\", \"y\"]}}\n```\n{output}\n"
        );
        run(&parse("t.md", &text).unwrap().cases[0], shipped).err().unwrap_or_default()
    }

    #[test]
    fn differences_are_told_field_by_field() {
        let shipped = shipped();
        for (spl, output, said) in [
            ("search a=2", "```json output\n{\"a\": \"2\", \"b\": [\"x\", \"y\"]}\n```", ""),
            (
                "search a=2 | table b, a",
                "- columns: b, a\n```json output\n{\"a\": 2, \"b\": [\"x\", \"y\"]}\n```",
                "",
            ),
            (
                "search * | table a, b",
                "```json output\n{\"a\": 1, \"b\": \"x\"}\n{\"a\": 3}\n```",
                "  row 1, b: expected \"x\", actual nothing\n  row 2, a: expected \"3\", actual \"2\"\n  \
                 row 2, b: expected nothing, actual [\"x\", \"y\"]\n",
            ),
            ("search a=1", "```json output\n```", "  too many: a=\"1\"\n"),
            ("search a=3", "```json output\n{\"a\": 3}\n```", "  missing: a=\"3\"\n"),
            (
                "search * | fields a, b",
                "- columns: b, a\n- order: any\n```json output\n{\"a\": 2, \"b\": [\"x\", \"y\"]}\n{\"a\": 1}\n```",
                "  columns\n    expected: b, a\n    actual:   a, b\n",
            ),
            ("search a=1 | nosuch", "- error: `spl/unknown-command`", ""),
            ("search a=1", "- error: `spl/x`", "  expected error spl/x, got 1 rows\n  actual: a=\"1\"\n"),
        ] {
            assert_eq!(told(spl, output, &shipped), said, "{spl}");
        }
    }
}
