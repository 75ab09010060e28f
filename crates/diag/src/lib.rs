//! One diagnostic for everything that grotto has to say about an input, and its renderings.
//!
//! A [`Diagnostic`] carries a stable slug, a severity, a message and labelled spans of a [`Source`]. Whoever
//! finds a problem builds one; who talks to people or programs renders it. Nothing in here prints.
//!
//! [`input`] is the one place where the core rooms open files.
//! [`phase`] says where the time of a run goes.

mod diagnostic;
pub mod input;
pub mod phase;
pub mod render;
mod source;

pub use diagnostic::{Diagnostic, Fix, Label, Severity};
pub use source::{Place, Source, Span};
