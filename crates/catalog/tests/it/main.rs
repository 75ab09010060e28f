//! The site, whole.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod check;
mod fixture;
mod site;
