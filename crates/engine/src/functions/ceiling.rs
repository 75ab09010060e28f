//! `ceiling`: the next whole number above, or the number itself if it is whole.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::operators;

pub(super) static FUNCTION: Function = Function {
    name: "ceiling",
    aliases: &["ceil"],
    category: Category::Mathematical,
    syntax: "ceiling(number)",
    summary: "The next whole number above, or the number itself if it is whole.",
    arguments: Arguments::exactly(1),
    returns: Returns::Number,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { expression: r#"ceiling(1.1)"#, row: r#"{}"#, expected: r#"2"# },
        Example { expression: r#"ceil(x)"#, row: r#"{"x":"-1.5"}"#, expected: r#"-1"# },
        Example { expression: r#"ceil(x)"#, row: r#"{}"#, expected: r#"null"# },
    ],
    body: Body::Strict(|args, _| {
        args.first().and_then(Value::number).map_or(Value::Null, |number| operators::whole(number.ceil()))
    }),
};
