//! Rules as pages: what each looks for, who else does, and whether it is proven.
//!
//! [`model`] is the one page model, from which the site, `grotto show` and `catalog.json` come. [`build`] makes it of
//! loaded content; nothing in here reads files or prints. The same content gives the same model, byte for byte.

pub mod build;
pub mod diff;
pub mod model;
pub mod report;
pub mod site;
