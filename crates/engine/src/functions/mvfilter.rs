//! `mvfilter`: the values of the one field in the condition for which it is true.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;
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
        Example { expression: r#"mvfilter(x="z")"#, row: r#"{"x":["a","b"]}"#, expected: "null" },
        Example { expression: "mvfilter(isnotnull(x))", row: "{}", expected: "null" },
    ],
    body: Body::Lazy(|args, row| {
        let [condition] = args else { return Datum::NULL };
        let Some(field) = condition.first_field() else { return Datum::NULL };
        let field_node = Node::Field(field);
        let mut kept = field_node.read(row).texts();
        kept.retain(|text| condition.holds(&row.with(field, &Value::Text(text.clone()))));
        Value::list(kept).into()
    }),
};
