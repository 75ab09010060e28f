//! One JSON array.

use serde::Serialize;
use std::io::Write;

/// All records in one array, one a line.
pub(super) fn all<T: Serialize>(out: &mut dyn Write, records: &[T]) -> std::io::Result<()> {
    out.write_all(b"[")?;
    for (i, record) in records.iter().enumerate() {
        out.write_all(if i == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, record)?;
    }
    out.write_all(b"\n]\n")
}
