//! `mvmap`: what the expression gives for each value of the field; null results are left out.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;

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
        Example { expression: "mvmap(x, x*10)", row: r#"{"x":["1","2"]}"#, expected: r#"["10","20"]"# },
        Example {
            expression: "mvmap(x, x.y)",
            row: r#"{"x":["a","b"],"y":"!"}"#,
            expected: r#"["a!","b!"]"#,
        },
        Example {
            expression: r#"mvmap(x, if(x="a", null(), x))"#,
            row: r#"{"x":["a","b"]}"#,
            expected: r#""b""#,
        },
        Example { expression: "mvmap(x, x)", row: "{}", expected: "null" },
    ],
    body: Body::Lazy(|args, row| {
        let [mapped, expression] = args else { return Datum::NULL };
        let Some(field) = mapped.first_field() else { return Datum::NULL };
        let results = mapped.read(row).texts().into_iter().flat_map(|text| {
            let value = Value::Text(text);
            expression.read(&row.with(field, &value)).texts()
        });
        Value::list(results.collect()).into()
    }),
};
