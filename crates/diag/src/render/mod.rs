//! One file for each form that a diagnostic takes.

mod github;
mod json;
mod sarif;
mod terminal;

pub use github::github;
pub use json::json;
pub use sarif::{RuleInfo, sarif};
pub use terminal::terminal;
