//! `substr`: the part of the text from a character on, counted from 1, or from the end if negative; to the end if no length is given.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::Datum;

pub(super) static FUNCTION: Function = Function {
    name: "substr",
    aliases: &[],
    category: Category::Text,
    syntax: "substr(text, start, length)",
    summary: "The part of the text from a character on, counted from 1, or from the end if negative; to the end if no length is given.",
    arguments: Arguments::between(2, 3),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &["text-functions-map-multivalue"],
    examples: &[
        Example { expression: r#"substr("splunk", 1, 3)"#, row: "{}", expected: r#""spl""# },
        Example { expression: r#"substr("splunk", -3)"#, row: "{}", expected: r#""unk""# },
        Example { expression: "substr(x, 3)", row: r#"{"x":"aéiou"}"#, expected: r#""iou""# },
        Example { expression: "substr(x, 9)", row: r#"{"x":"abc"}"#, expected: r#""""# },
        Example { expression: "substr(x, 1, n)", row: r#"{"x":"abc","n":"q"}"#, expected: "null" },
    ],
    body: Body::Each(|args, _| {
        let whole = |value: &Datum<'_>| value.number().map(|number| number as i64);
        match args {
            [text, start] => whole(start).map(|start| part(&text.text(), start, i64::MAX)),
            [text, start, length] => {
                whole(start).zip(whole(length)).map(|(start, length)| part(&text.text(), start, length))
            }
            _ => None,
        }
        .map_or(Value::Null, Value::Text)
    }),
};

/// Characters from `start`, at most `length`. A negative start beyond the beginning is the beginning.
fn part(text: &str, start: i64, length: i64) -> String {
    let skipped = match start {
        1.. => start as usize - 1,
        0 => 0,
        _ => text.chars().count().saturating_sub(usize::try_from(start.unsigned_abs()).unwrap_or(usize::MAX)),
    };
    text.chars().skip(skipped).take(usize::try_from(length).unwrap_or(0)).collect()
}
