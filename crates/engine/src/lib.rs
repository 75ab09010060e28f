//! The meaning of SPL: values, eval functions, commands, aggregations, search predicates, lookups.

pub mod aggregations;
pub mod assumptions;
pub mod commands;
pub mod context;
pub mod eval;
pub mod functions;
pub mod geo;
mod json;
pub mod lookup;
pub mod memory;
pub mod pattern;
pub mod pipeline;
pub mod plan;
pub mod predicate;
pub mod reference;
pub mod rounds;
mod texts;
pub mod time;
pub mod value;
pub mod xml;

pub use context::Context;
pub use value::Value;
