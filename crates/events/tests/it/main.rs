//! Tests over real logs and the corpus, which lie beside the project; where they don't, the tests say so and pass.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "these are tests, and they report"
)]

mod classic;
mod corpus;
mod damage;
mod direct;
mod evtx_json;
mod evtx_samples;
mod flatten;
mod known;
mod memory;
mod otrf;
mod shapes;
mod xml_peer;

use grotto_events::{Batch, Cell, Input, Part, PartReport, ReadOptions, plan};
use std::path::{Path, PathBuf};

/// A path beside the project; prints why a test is skipped when it is not there.
fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")).join(path);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

/// All files of an extension below a shared folder, sorted.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let Some(folder) = shared(folder) else { return Vec::new() };
    let (inputs, problems) = grotto_events::discover(&[folder]);
    assert_eq!(problems, []);
    let paths = inputs.iter().filter_map(Input::path);
    paths.filter(|p| p.extension().is_some_and(|e| e == extension)).map(Path::to_owned).collect()
}

/// Everything that some parts hold.
fn read(parts: &[Part], options: &ReadOptions) -> (Vec<Batch>, PartReport) {
    let (mut batches, mut report) = (Vec::new(), PartReport::default());
    for part in parts {
        report.merge(part.read(options, &mut |batch| batches.push(batch)));
    }
    (batches, report)
}

/// Everything that bytes hold.
fn read_bytes(bytes: &[u8], options: &ReadOptions) -> (Vec<Batch>, PartReport) {
    read(&plan(&Input::memory("<bytes>", bytes)).unwrap_or_default(), options)
}

/// All values of a field in a row.
fn values(batch: &Batch, field: &str, row: usize) -> Vec<String> {
    match batch.cell(field, row) {
        Cell::Null => Vec::new(),
        Cell::Text(text) => vec![text.to_owned()],
        Cell::List(list, from, to) => (from..to).map(|i| list.value(i).to_owned()).collect(),
        other => vec![format!("{other:?}")],
    }
}
