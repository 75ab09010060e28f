//! Sample Windows event logs: what a workstation and a domain controller write on an ordinary day, and attacks among it.
//!
//! An [`Event`] is data; [`xml`] and [`evtx`] write it in the two forms in which Windows logs are found, [`classic`] in the
//! text form of Splunk's Windows input, [`shapes`] in those in which tools export them. [`stream`] gives
//! events without end from a seed; [`examples`] are the files that the project ships.
//!
//! The company, its people and its addresses are invented: names end in `.example`, addresses outside are from the
//! ranges that RFC 5737 keeps for documentation.

pub mod attacks;
mod background;
pub mod classic;
pub mod event;
pub mod evtx;
pub mod examples;
pub mod kinds;
mod phrases;
mod programs;
pub mod random;
pub mod shapes;
pub mod site;
pub mod stream;
pub mod time;
pub mod value;
pub mod xml;

pub use event::{Event, Payload, Provider};
pub use time::FileTime;
pub use value::{Guid, Sid, Text, Value};
