//! `commands`: the names of the commands of a search.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use grotto_spl::ast::Stage;

pub(super) static FUNCTION: Function = Function {
    name: "commands",
    aliases: &[],
    category: Category::Multivalue,
    syntax: "commands(search)",
    summary: "The names of the commands of a search.",
    arguments: Arguments::exactly(1),
    returns: Returns::Any,
    volatile: false,
    deviations: &["Commands of subsearches and of macros are not among them."],
    assumptions: &[],
    examples: &[
        Example {
            expression: r#"commands("search foo | stats count | sort count")"#,
            row: "{}",
            expected: r#"["search","stats","sort"]"#,
        },
        Example {
            expression: "commands(x)",
            row: r#"{"x":"a=b | WHERE c > 1"}"#,
            expected: r#"["search","where"]"#,
        },
        Example { expression: "commands(x)", row: r#"{"x":"| eval ("}"#, expected: "null" },
    ],
    body: Body::Each(|args, _| {
        let search = args.first().and_then(|text| grotto_spl::parse(&text.text()).ok());
        let names = search.iter().flat_map(|search| &search.stages).filter_map(Stage::command);
        Value::list(names.collect())
    }),
};
