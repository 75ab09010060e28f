//! `mvdedup`: the different values in the order in which each first stands.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;
use indexmap::IndexSet;

pub(super) static FUNCTION: Function = Function {
    name: "mvdedup",
    aliases: &[],
    category: Category::Multivalue,
    syntax: "mvdedup(field)",
    summary: "The different values in the order in which each first stands.",
    arguments: Arguments::exactly(1),
    returns: Returns::Any,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: "mvdedup(x)", row: r#"{"x":["b","a","b"]}"#, expected: r#"["b","a"]"# },
        Example { expression: "mvdedup(x)", row: r#"{"x":["a","a"]}"#, expected: r#""a""# },
    ],
    body: Body::Strict(|args, _| {
        let different: IndexSet<String> = args.iter().flat_map(Datum::texts).collect();
        Value::list(different.into_iter().collect())
    }),
};
