//! What other programs make of the samples.

mod committed;
mod readback;
mod rules;
