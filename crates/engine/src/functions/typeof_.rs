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
        Example { expression: r#"typeof(12)"#, row: r#"{}"#, expected: r#""Number""# },
        Example { expression: r#"typeof(x)"#, row: r#"{"x":"a"}"#, expected: r#""String""# },
        Example { expression: r#"typeof(x)"#, row: r#"{}"#, expected: r#""Invalid""# },
        Example { expression: r#"typeof(1==2)"#, row: r#"{}"#, expected: r#""Boolean""# },
    ],
    body: Body::Values(|args, _| {
        let kind = match args.first() {
            None | Some(Value::Null) => "Invalid",
            Some(Value::Bool(_)) => "Boolean",
            Some(Value::List(_)) => "Multivalue",
            Some(value) if value.number().is_some() => "Number",
            Some(_) => "String",
        };
        Value::Text(kind.to_owned())
    }),
};
