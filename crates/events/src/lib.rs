//! What log files hold: readers, the decoder, the event batch, the table of known events.

pub mod batch;

pub use batch::{Batch, Cell, Column, FieldName};
