//! `searchmatch`: whether the row fits a search expression, by the rules of the `search` command.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::eval::Datum;

pub(super) static FUNCTION: Function = Function {
    name: "searchmatch",
    aliases: &[],
    category: Category::Conditional,
    syntax: "searchmatch(\"search\")",
    summary: "Whether the row fits a search expression, by the rules of the search command.",
    arguments: Arguments::exactly(1),
    returns: Returns::Bool,
    volatile: false,
    deviations: &["Fields with wildcards in their names are not supported."],
    assumptions: &[],
    examples: &[
        Example {
            expression: r#"searchmatch("x=A* NOT y=1")"#,
            row: r#"{"x":"abc","y":"2"}"#,
            expected: "true",
        },
        Example {
            expression: r#"searchmatch("x IN (a, b) OR z=*")"#,
            row: r#"{"x":"c"}"#,
            expected: "false",
        },
        Example {
            expression: r#"if(searchmatch("\"log on\" n>5"), "hit", "miss")"#,
            row: r#"{"_raw":"a log on x","n":"10"}"#,
            expected: r#""hit""#,
        },
    ],
    // The compiler makes a formula of its argument.
    body: Body::Lazy(|_, _| Datum::NULL),
};
