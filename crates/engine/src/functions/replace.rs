//! `replace`: the text with every match of the regular expression replaced; \1 to \9 stand for groups.

use super::Regex;
use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;
use crate::pattern::Pattern;

pub(super) static FUNCTION: Function = Function {
    name: "replace",
    aliases: &[],
    category: Category::Text,
    syntax: "replace(text, regex, replacement)",
    summary: "The text with every match of the regular expression replaced; \\1 to \\9 stand for groups.",
    arguments: Arguments::exactly(3),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &["text-functions-map-multivalue"],
    examples: &[
        Example {
            expression: r#"replace(x, "^(\d+)/(\d+)", "\2/\1")"#,
            row: r#"{"x":"1/14/2023"}"#,
            expected: r#""14/1/2023""#,
        },
        Example {
            expression: r#"replace(x, "\\\\", "/")"#,
            row: r#"{"x":"C:\\a\\b"}"#,
            expected: r#""C:/a/b""#,
        },
        Example {
            expression: r#"replace(x, "a", "")"#,
            row: r#"{"x":["ab","ca"]}"#,
            expected: r#"["b","c"]"#,
        },
        Example { expression: r#"replace(x, "a", "b")"#, row: "{}", expected: "null" },
    ],
    body: Body::Prepared(|args, _| {
        let pattern = Regex::prepare(args, 1)?;
        Ok(super::Prepared::new(move |args, _| {
            let [value, regex, template] = args else { return Value::Null };
            if template.is_null() {
                return Value::Null;
            }
            let template = template.text();
            pattern.with(regex, |pattern| replaced(value, pattern, &template))
        }))
    }),
};

fn replaced(value: &Datum<'_>, pattern: &Pattern, template: &str) -> Value {
    if value.is_null() {
        return Value::Null;
    }
    match value.list() {
        Some(values) => {
            Value::list(values.iter().map(|text| pattern.replace(text, template, usize::MAX)).collect())
        }
        None => Value::Text(pattern.replace(&value.text(), template, usize::MAX)),
    }
}
