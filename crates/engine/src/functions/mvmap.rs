//! `mvmap`: what the expression gives for each value of the field; null results are left out.

use super::values;
use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "mvmap",
    aliases: &[],
    category: Category::Multivalue,
    syntax: "mvmap(field, expression)",
    summary: "What the expression gives for each value of the field; null results are left out.",
    arguments: Arguments::exactly(2),
    returns: Returns::Any,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: r#"mvmap(x, x*10)"#, row: r#"{"x":["1","2"]}"#, expected: r#"["10","20"]"# },
        Example {
            expression: r#"mvmap(x, x.y)"#,
            row: r#"{"x":["a","b"],"y":"!"}"#,
            expected: r#"["a!","b!"]"#,
        },
        Example {
            expression: r#"mvmap(x, if(x="a", null(), x))"#,
            row: r#"{"x":["a","b"]}"#,
            expected: r#""b""#,
        },
        Example { expression: r#"mvmap(x, x)"#, row: r#"{}"#, expected: r#"null"# },
    ],
    body: Body::Lazy(|args, row| {
        let [mapped, expression] = args else { return Value::Null };
        let Some(field) = mapped.first_field() else { return Value::Null };
        let all = values(&mapped.value(row));
        let results = all.into_iter().flat_map(|text| {
            let value = Value::Text(text);
            values(&expression.value(&row.with(field, &value)))
        });
        Value::list(results.collect())
    }),
};
