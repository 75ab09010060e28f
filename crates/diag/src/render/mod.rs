//! One file for each form that a diagnostic takes.

mod json;
mod terminal;

pub use json::json;
pub use terminal::terminal;
