//! `mvrange`: numbers from start on, below end, one step apart (1 if none is given); the step may be a span of time such as 7d.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Context;
use crate::Value;
use crate::time;
use crate::value::format_number;

pub(super) static FUNCTION: Function = Function {
    name: "mvrange",
    aliases: &[],
    category: Category::Multivalue,
    syntax: "mvrange(start, end, step)",
    summary: "Numbers from start on, below end, one step apart (1 if none is given); the step may be a span of time such as 7d.",
    arguments: Arguments::between(2, 3),
    returns: Returns::Any,
    volatile: false,
    deviations: &["At most 10,000 values are made."],
    assumptions: &[],
    examples: &[
        Example { expression: "mvrange(1, 6, 2)", row: "{}", expected: r#"["1","3","5"]"# },
        Example { expression: "mvrange(1, 3)", row: "{}", expected: r#"["1","2"]"# },
        Example { expression: r#"mvrange(0, 1209600, "7d")"#, row: "{}", expected: r#"["0","604800"]"# },
        Example { expression: "mvrange(3, 1)", row: "{}", expected: "null" },
        Example { expression: "mvrange(1, 3, 0)", row: "{}", expected: "null" },
    ],
    body: Body::Strict(|args, context| {
        let [start, end, step @ ..] = args else { return Value::Null };
        let (Some(start), Some(end)) = (start.number(), end.number()) else { return Value::Null };
        let numbers = match step.first() {
            None => range(start, end, 1.0),
            Some(step) => match step.number() {
                Some(step) => range(start, end, step),
                None => spans(start, end, &step.text(), context),
            },
        };
        Value::list(numbers.into_iter().map(format_number).collect())
    }),
};

/// Numbers that one call makes at most.
const LIMIT: usize = 10_000;

fn range(start: f64, end: f64, step: f64) -> Vec<f64> {
    if step == 0.0 {
        return Vec::new();
    }
    let number = |i: usize| start + i as f64 * step;
    (0..LIMIT).map(number).take_while(|n| if step > 0.0 { *n < end } else { *n > end }).collect()
}

fn spans(start: f64, end: f64, span: &str, context: &Context) -> Vec<f64> {
    let modifier = format!("+{span}");
    let next = |from: &f64| {
        let moved = time::relative(time::of_seconds(*from)?, &modifier, &context.timezone)?;
        let seconds = moved as f64 / 1e9;
        (seconds > *from).then_some(seconds)
    };
    if next(&start).is_none() {
        return Vec::new();
    }
    std::iter::successors(Some(start), next).take(LIMIT).take_while(|n| *n < end).collect()
}
