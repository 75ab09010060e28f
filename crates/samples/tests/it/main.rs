//! What other programs make of the samples.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod committed;
mod readback;
mod rules;
