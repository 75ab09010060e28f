//! Micro-benchmarks, one file for each thing that is measured: `cargo bench -p grotto-detect [NAME]`.
//!
//! What a whole scan costs is measured by `cargo xtask bench`.
#![allow(missing_docs, clippy::unwrap_used, clippy::disallowed_methods)]

mod decode;
mod folds;
mod indicators;
mod logs;
mod parsing;

fn main() {
    divan::main();
}
