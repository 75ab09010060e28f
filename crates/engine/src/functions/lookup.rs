//! `lookup`: the row of a lookup table that fits, as a JSON object.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::eval::Datum;
use crate::lookup::{Join, Output};
use crate::pipeline::columns;
use crate::{Context, Value, json};
use grotto_events::{Batch, Column};
use serde_json::{Map, Value as Json};

pub(super) static FUNCTION: Function = Function {
    name: "lookup",
    aliases: &[],
    category: Category::Conditional,
    syntax: "lookup(\"table\", json_object(\"column\", value, ...), json_array(\"output column\", ...))",
    summary: "The row of a lookup table that fits, as a JSON object of the output columns; an empty object when none fits.",
    arguments: Arguments::between(2, 3),
    returns: Returns::Text,
    volatile: false,
    deviations: &["a table that can't be read is said once, and gives null"],
    assumptions: &[],
    examples: &[
        Example {
            expression: r#"lookup("hosts.csv", "no object", json_array("owner"))"#,
            row: "{}",
            expected: "null",
        },
        Example { expression: r#"lookup(x, json_object("host", "h1"))"#, row: "{}", expected: "null" },
    ],
    body: Body::Strict(|args, context| find(args, context).unwrap_or(Value::Null)),
};

fn find(args: &[Datum<'_>], context: &Context) -> Option<Value> {
    let [table, object, outputs @ ..] = args else { return None };
    let Json::Object(keys) = json::document(object)? else { return None };
    let outputs = match outputs.first() {
        None => Vec::new(),
        Some(list) => match json::document(list)? {
            Json::Array(names) => names.iter().filter_map(Json::as_str).map(same).collect(),
            _ => return None,
        },
    };
    let mut row = Batch::new(1);
    for (name, value) in &keys {
        row.set(name.as_str(), columns::column(&[json::to_value(value)]));
    }
    let joined = context.lookups.open(&table.text()).and_then(|lookup| {
        let keys = keys.keys().map(String::as_str).map(same).collect();
        Join::new(lookup, keys, outputs, Output::Overwrite, context)
    });
    let join = match joined {
        Ok(join) => join,
        Err(problem) => {
            context.lookups.say(*problem);
            return None;
        }
    };
    let found = join.columns(&row).into_iter().map(|(name, column)| (name.to_owned(), value(&column)));
    Some(json::to_text(&Json::Object(found.collect::<Map<_, _>>())))
}

/// A column under its own name.
fn same(name: &str) -> (String, String) {
    (name.to_owned(), name.to_owned())
}

/// The only value of a column, or its values.
fn value(column: &Column) -> Json {
    let mut texts = columns::texts(column.cell(0));
    if texts.len() == 1 { Json::String(texts.remove(0)) } else { texts.into() }
}
