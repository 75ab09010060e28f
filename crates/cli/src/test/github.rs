//! Annotations of a change on GitHub: what failed, a line each.

use super::Round;
use grotto_diag::render;
use std::io::{Result, Write};

/// Writes a workflow command for everything that failed.
pub(super) fn write(out: &mut dyn Write, round: &Round) -> Result<()> {
    for diagnostic in round.diagnostics() {
        writeln!(out, "{}", render::github(&diagnostic))?;
    }
    Ok(())
}
