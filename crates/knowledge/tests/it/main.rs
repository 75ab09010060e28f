//! What grotto ships, and how much of what public rules read it covers.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "clippy's exceptions for tests don't reach the helpers of integration tests"
)]

mod coverage;
mod derived;
mod shipped;
mod spl_fields;
