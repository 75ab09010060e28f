//! What log files hold: readers, the decoder, the event batch, the table of known events.
//!
//! ```text
//! paths ─ discover ─ Input ─ open ─ Part (a range of a file) ─ read ─ Batch, Batch, …
//!                             └ archive (members) └ detect (by content) └ formats (one file each) ─ decode ─ rows by event type
//! ```
//!
//! Nothing here uses threads: parts are independent of each other, and whoever has cores reads several at once.

mod archive;
pub mod batch;
pub mod decode;
mod detect;
mod discover;
pub mod event;
mod formats;
mod input;
pub mod json;
pub mod known;
mod options;
mod part;
mod rows;
mod shapes;
mod text;
mod wanted;

pub use archive::limits::{Limits, RATIO_FROM};
pub use archive::{Opened, open};
pub use batch::{Batch, Cell, Column, FieldName};
pub use detect::detect;
pub use discover::discover;
pub use formats::Format;
pub use input::Input;
pub use options::{FieldSet, Labels, ReadOptions};
pub use part::{Part, PartReport, plan};
pub use rows::Sink;
pub use wanted::{EventType, Test, Wanted, Wants};
