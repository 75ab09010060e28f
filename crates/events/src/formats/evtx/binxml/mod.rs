//! Binary XML straight to columns, without XML text between.
//!
//! A record is an instance of a template: the template's definition stands once in a chunk, the record holds the values
//! for its places. What fields a definition makes ([`layout`]) is worked out once and kept across chunks; which of them
//! a search wants is worked out once for each event type. What is left for a record is to find its values ([`scan`]) and
//! to write those that are wanted ([`value`]) into columns, and the whole as XML ([`xml`]) where that is wanted.
//!
//! The other way, the record's XML and its decoder, stays the reference. This one takes only what it is certain to
//! understand: chunks whose checksums are right, definitions of the plain shapes that Windows writes, values of the size
//! that their type has. All else goes the other way, record by record.
//!
//! Format: <https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc>,
//! <https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-even6/c73573ae-1c90-43a2-a65f-ad7501155956>.

mod bytes;
mod layout;
mod layouts;
mod push;
mod scan;
mod value;
mod xml;

pub(super) use push::{Direct, Way};
