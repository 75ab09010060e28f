//! `tobool`: whether the value is true: the texts true and True, any number but 0. Null for any other text.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;

pub(super) static FUNCTION: Function = Function {
    name: "tobool",
    aliases: &[],
    category: Category::Conversion,
    syntax: "tobool(value)",
    summary: "Whether the value is true: the texts true and True, any number but 0. Null for any other text.",
    arguments: Arguments::exactly(1),
    returns: Returns::Bool,
    volatile: false,
    deviations: &[],
    assumptions: &["numbers-by-looks"],
    examples: &[
        Example { expression: "tobool(x)", row: r#"{"x":"True"}"#, expected: "true" },
        Example { expression: "tobool(x)", row: r#"{"x":"false"}"#, expected: "false" },
        Example { expression: "tobool(x)", row: r#"{"x":"0"}"#, expected: "false" },
        Example { expression: "tobool(12)", row: "{}", expected: "true" },
        Example { expression: "tobool(1==1)", row: "{}", expected: "true" },
        Example { expression: "tobool(x)", row: r#"{"x":"yes"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| args.first().and_then(truth).map_or(Value::Null, Value::Bool)),
};

fn truth(value: &Datum<'_>) -> Option<bool> {
    value.boolean().or_else(|| value.number().map(|number| number != 0.0)).or_else(|| match &*value.text() {
        "true" | "True" => Some(true),
        "false" | "False" => Some(false),
        _ => None,
    })
}
