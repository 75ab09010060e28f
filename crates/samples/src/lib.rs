//! Sample Windows event logs: what a workstation and a domain controller write on an ordinary day, and attacks among it.
//!
//! An [`Event`] is data; [`xml`] and [`evtx`] write it in the two forms in which Windows logs are found.

pub mod event;
pub mod evtx;
pub mod random;
pub mod time;
pub mod value;
pub mod xml;

pub use event::{Event, Payload, Provider};
pub use time::FileTime;
pub use value::{Guid, Sid, Text, Value};
