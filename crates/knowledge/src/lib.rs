//! Search-time knowledge in Splunk's own formats: aliases, calculated fields, lookups, eventtypes, tags, data models.

pub mod app;
pub mod assets;
pub mod conf;
mod derive;
mod knowledge;
pub mod lookups;
pub mod model;
mod node;
mod steps;
mod tagging;

pub use knowledge::{Knowledge, Settled};
pub use node::Node;
