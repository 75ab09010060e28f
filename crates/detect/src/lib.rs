//! Rules times events: the one-pass scan, findings, drilldowns.

mod blocks;
pub mod builtin;
mod columns;
mod drilldown;
mod driver;
pub mod explain;
pub mod finding;
pub mod firings;
pub mod follow;
pub mod job;
mod lines;
pub mod macros;
mod notes;
pub mod record;
pub mod replay;
pub mod risk;
pub mod row;
mod rules;
mod scan;
pub mod search;
pub mod state;
pub mod testing;
pub mod throttle;
pub mod tokens;
pub mod usage;
pub mod watch;

pub use driver::Evaluation;
pub use lines::ResultRows;
pub use rules::{Rule, RuleSet};
pub use scan::{Options, Outcome, Piece, scan, scan_with};
