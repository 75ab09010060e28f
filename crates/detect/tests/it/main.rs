//! Rules over events, end to end.

mod corpus;
mod samples;
mod seed;
mod support;
