//! One JSON object a line: the records of a run.

use super::Round;
use std::io::{Result, Write};

/// Writes all records, the summary last.
pub(super) fn write(out: &mut dyn Write, round: &Round) -> Result<()> {
    for record in round.records() {
        serde_json::to_writer(&mut *out, &record)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
