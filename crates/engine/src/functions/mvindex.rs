//! `mvindex`: the values from one index to another, the first being 0; a negative index counts from the end.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;

pub(super) static FUNCTION: Function = Function {
    name: "mvindex",
    aliases: &[],
    category: Category::Multivalue,
    syntax: "mvindex(field, start, end)",
    summary: "The values from one index to another, the first being 0; a negative index counts from the end.",
    arguments: Arguments::between(2, 3),
    returns: Returns::Any,
    volatile: false,
    deviations: &[],
    assumptions: &["mvindex-cuts-ranges"],
    examples: &[
        Example { expression: "mvindex(x, 0)", row: r#"{"x":["a","b","c"]}"#, expected: r#""a""# },
        Example { expression: "mvindex(x, -1)", row: r#"{"x":["a","b","c"]}"#, expected: r#""c""# },
        Example { expression: "mvindex(x, 1, 2)", row: r#"{"x":["a","b","c"]}"#, expected: r#"["b","c"]"# },
        Example { expression: "mvindex(x, 1, 9)", row: r#"{"x":["a","b","c"]}"#, expected: r#"["b","c"]"# },
        Example { expression: "mvindex(x, 3)", row: r#"{"x":["a","b","c"]}"#, expected: "null" },
        Example { expression: "mvindex(x, -9)", row: r#"{"x":["a","b"]}"#, expected: "null" },
        Example { expression: "mvindex(x, 0)", row: r#"{"x":"a"}"#, expected: r#""a""# },
    ],
    body: Body::Strict(|args, _| {
        let [value, start, end @ ..] = args else { return Value::Null };
        let all = value.texts();
        let index = |value: &Datum<'_>| -> Option<i64> {
            let index = value.number()? as i64;
            Some(if index < 0 { index.saturating_add(all.len() as i64) } else { index })
        };
        let Some(start) = index(start) else { return Value::Null };
        let Some(end) = end.first().map_or(Some(start), index) else { return Value::Null };
        let (start, end) =
            (start.max(if args.len() == 3 { 0 } else { start }), end.min(all.len() as i64 - 1));
        match (usize::try_from(start), usize::try_from(end)) {
            (Ok(start), Ok(end)) if start <= end => Value::list(all[start..=end].to_vec()),
            _ => Value::Null,
        }
    }),
};
