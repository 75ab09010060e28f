//! `typeof`: the kind of the value: Number, String, Boolean, Multivalue, or Invalid where there is none.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;

pub(super) static FUNCTION: Function = Function {
    name: "typeof",
    aliases: &[],
    category: Category::Informational,
    syntax: "typeof(value)",
    summary: "The kind of the value: Number, String, Boolean, Multivalue, or Invalid where there is none.",
    arguments: Arguments::exactly(1),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &["numbers-by-looks"],
    examples: &[
        Example { expression: "typeof(12)", row: "{}", expected: r#""Number""# },
        Example { expression: "typeof(x)", row: r#"{"x":"a"}"#, expected: r#""String""# },
        Example { expression: "typeof(x)", row: "{}", expected: r#""Invalid""# },
        Example { expression: "typeof(1==2)", row: "{}", expected: r#""Boolean""# },
    ],
    body: Body::Values(|args, _| {
        let kind = match args.first() {
            None => "Invalid",
            Some(value) if value.is_null() => "Invalid",
            Some(value) if value.boolean().is_some() => "Boolean",
            Some(value) if value.list().is_some() => "Multivalue",
            Some(value) if value.number().is_some() => "Number",
            Some(_) => "String",
        };
        Value::Text(kind.to_owned())
    }),
};
