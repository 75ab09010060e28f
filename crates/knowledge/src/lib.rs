//! Search-time knowledge in Splunk's own formats: aliases, calculated fields, lookups, eventtypes, tags, data models.

pub mod app;
pub mod conf;
pub mod model;
