//! `mvfilter`: the values of the one field in the condition for which it is true.

use super::values;
use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Node;

pub(super) static FUNCTION: Function = Function {
    name: "mvfilter",
    aliases: &[],
    category: Category::Multivalue,
    syntax: "mvfilter(condition)",
    summary: "The values of the one field in the condition for which it is true.",
    arguments: Arguments::exactly(1),
    returns: Returns::Any,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            expression: r#"mvfilter(match(x, "^a"))"#,
            row: r#"{"x":["ab","b","ac"]}"#,
            expected: r#"["ab","ac"]"#,
        },
        Example { expression: r#"mvfilter(x!="b")"#, row: r#"{"x":["a","b"]}"#, expected: r#""a""# },
        Example { expression: r#"mvfilter(x="z")"#, row: r#"{"x":["a","b"]}"#, expected: r#"null"# },
        Example { expression: r#"mvfilter(isnotnull(x))"#, row: r#"{}"#, expected: r#"null"# },
    ],
    body: Body::Lazy(|args, row| {
        let [condition] = args else { return Value::Null };
        let Some(field) = condition.first_field() else { return Value::Null };
        let kept = values(&Node::Field(field).value(row))
            .into_iter()
            .filter(|text| condition.holds(&row.with(field, &Value::Text(text.clone()))));
        Value::list(kept.collect())
    }),
};
