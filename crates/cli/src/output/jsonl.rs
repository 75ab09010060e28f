//! One JSON object a line.

use serde::Serialize;
use std::io::Write;

/// Each record on a line.
pub(super) fn each<T: Serialize>(out: &mut (impl Write + ?Sized), records: &[T]) -> std::io::Result<()> {
    for record in records {
        serde_json::to_writer(&mut *out, record)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
