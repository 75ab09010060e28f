//! `grotto catalog diff`: how two folders of rules differ.

use super::DiffArgs;
use crate::Ending;

/// Runs the command.
pub(super) fn run(_args: &DiffArgs) -> Ending {
    Ending::Done
}
