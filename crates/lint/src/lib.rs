//! What is wrong with a detection rule, and how to mend it.
//!
//! A [`Lint`] is one kind of problem: a file of [`lints`] with its page, examples that run as tests, and the check.
//! [`run`] looks at content that was loaded and gives diagnostics; [`fix`] applies the changes that need no judgement;
//! [`format`] lays searches out. Nothing in here prints or writes files.

mod cx;
mod edit;
mod enriched;
mod file;
pub mod fix;
pub mod flow;
pub mod format;
mod lint;
pub mod lints;
mod out;
mod provided;
mod rule;
mod run;
mod severities;
mod suppress;
#[cfg(test)]
mod testing;
mod walk;

pub use lint::{Check, Lint, Subject};
pub use run::{Input, Report, run};
pub use severities::{Level, Severities};
