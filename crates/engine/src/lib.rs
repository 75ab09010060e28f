//! The meaning of SPL: values, eval functions, commands, aggregations, search predicates, lookups.

pub mod context;
pub mod value;

pub use context::Context;
pub use value::Value;
