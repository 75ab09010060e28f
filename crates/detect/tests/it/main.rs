//! Rules over events, end to end.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::disallowed_methods)]

mod conformance;
mod corpus;
mod explain;
mod extraction;
mod index;
mod lookups;
mod models;
mod otrf;
mod risk;
mod samples;
mod seed;
mod shapes;
mod subsearch;
mod support;
