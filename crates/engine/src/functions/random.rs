//! `random`: a whole number from 0 to 2147483647 by chance.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};

pub(super) static FUNCTION: Function = Function {
    name: "random",
    aliases: &[],
    category: Category::Statistical,
    syntax: "random()",
    summary: "A whole number from 0 to 2147483647 by chance.",
    arguments: Arguments::exactly(0),
    returns: Returns::Number,
    volatile: true,
    deviations: &[],
    assumptions: &["random-each-run"],
    examples: &[
        Example { expression: "random()>=0", row: "{}", expected: "true" },
        Example { expression: "random()<=2147483647", row: "{}", expected: "true" },
    ],
    body: Body::Values(|_, _| Value::Int(next())),
};

thread_local! {
    static STATE: Cell<u64> = Cell::new(RandomState::new().hash_one(0) | 1);
}

/// The next number of a xorshift generator, whose seed is the process's own.
fn next() -> i64 {
    STATE.with(|state| {
        let mut x = state.get();
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        state.set(x);
        (x >> 33) as i64
    })
}
