//! Tables that the user gives, and tables that searches write.

use crate::args::Common;
use grotto_diag::{Diagnostic, input};
use grotto_engine::Context;
use grotto_engine::geo::GeoDb;
use grotto_engine::lookup::{Lookups, Table, Written, to_csv};
use grotto_knowledge::lookups::{of_folder, of_lists};
use std::path::Path;
use std::sync::Arc;

/// Largest table of the user's to which rows are added, in bytes.
const LARGEST: u64 = 512 << 20;

/// Reads what the user gives into a context: lookups, assets, identities, where addresses are.
pub(crate) fn read(common: &Common, context: &mut Context) -> Vec<Diagnostic> {
    let (mut all, mut diagnostics) = of_lists(common.assets.as_deref(), common.identities.as_deref());
    for folder in &common.lookups {
        let (lookups, said) = of_folder(folder);
        // Those of a later folder go first.
        all = lookups.over(&all);
        diagnostics.extend(said);
    }
    if common.write_lookups.is_some() {
        all.accept_writes();
    }
    context.lookups = all;
    if let Some(path) = &common.geoip {
        match GeoDb::read(path) {
            Ok(database) => context.geo = Some(Arc::new(database)),
            Err(diagnostic) => diagnostics.push(*diagnostic),
        }
    }
    diagnostics
}

/// Writes the tables that searches made into the folder that the user gave for it. What could not be written is said.
pub(crate) fn write(common: &Common, lookups: &Lookups) -> Vec<Diagnostic> {
    let Some(folder) = &common.write_lookups else { return Vec::new() };
    let failed = |written: &Written, reason: &dyn std::fmt::Display| {
        let message = format!("{} can't be written to {}: {reason}", written.file, folder.display());
        Diagnostic::error("lookup/unwritable", message)
    };
    let mut diagnostics = Vec::new();
    for written in lookups.written() {
        let old = match old(folder, &written, lookups) {
            Ok(old) => old,
            Err(problem) => {
                diagnostics.push(failed(&written, &problem.message));
                continue;
            }
        };
        let Some(rows) = written.applied(old.as_deref().map(Table::batch)) else { continue };
        if let Err(error) = replace(folder, &written.file, &to_csv(&rows)) {
            diagnostics.push(failed(&written, &error));
        }
    }
    diagnostics
}

/// What rows are added to: the file in the folder, or else the table that searches read under this name.
fn old(folder: &Path, written: &Written, lookups: &Lookups) -> Result<Option<Arc<Table>>, Box<Diagnostic>> {
    if !written.append {
        return Ok(None);
    }
    let path = folder.join(&written.file);
    if !path.exists() {
        return Ok(lookups.open_quietly(&written.table).ok().and_then(|lookup| lookup.table().cloned()));
    }
    let bytes = input::bytes(&path, LARGEST).map_err(Box::new)?;
    Table::read(&written.file, &bytes, &mut Vec::new()).map(|table| Some(Arc::new(table)))
}

/// Writes a file beside the old one and puts it in its place, so that there is never half a file.
fn replace(folder: &Path, file: &str, text: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let (path, draft) = (folder.join(file), folder.join(format!("{file}.new")));
    std::fs::write(&draft, text)?;
    std::fs::rename(&draft, &path)
}
