//! Tests of reading content: small files written here, and the public corpora where they are at hand.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::panic,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    missing_docs
)]

mod corpus;
mod generations;
mod loading;
mod others;
mod places;
mod robust;

use grotto_content::{Content, Detection};
use grotto_diag::Diagnostic;
use std::path::PathBuf;

/// The folder of shared test data, or `None` with a word when it is not there.
fn shared() -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared"));
    if !path.is_dir() {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

/// The only detection of a file's text, and what was said about it.
fn detection(yaml: &str) -> (Detection, Vec<String>) {
    let (mut content, said) = Content::embedded(&[("detections/endpoint/a.yml", yaml)]);
    let said = lines(&said);
    let detection = content.detections.pop().unwrap_or_else(|| panic!("not read: {said:?}"));
    (detection, said)
}

fn lines(said: &[Diagnostic]) -> Vec<String> {
    said.iter().map(ToString::to_string).collect()
}
