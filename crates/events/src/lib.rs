//! What log files hold: readers, the decoder, the event batch, the table of known events.
//!
//! ```text
//! paths ─ discover ─ Input ─ plan ─ Part (a range of a file) ─ read ─ Batch, Batch, …
//!                             └ detect (by content) └ formats (one file each) ─ decode ─ rows by event type
//! ```
//!
//! Nothing here uses threads: parts are independent of each other, and whoever has cores reads several at once.

pub mod batch;
pub mod decode;
pub mod event;
mod options;
mod rows;

pub use batch::{Batch, Cell, Column, FieldName};
pub use options::{FieldSet, ReadOptions};
pub use rows::Sink;
