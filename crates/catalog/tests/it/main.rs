//! The catalogue: the site, whole, and the model of whole corpora.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod check;
mod corpus;
mod fixture;
mod never;
mod real;
mod schema;
mod seed;
mod site;
mod structure;
