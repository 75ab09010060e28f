//! The samples in the repository are what the generator writes.
#![allow(clippy::disallowed_methods, reason = "a test reads the repository's own files")]

use grotto_samples::examples::{self, SEED};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

#[test]
fn committed_samples_are_byte_identical_to_generated_ones() {
    for file in examples::files(SEED).unwrap() {
        let path = folder().join(&file.path);
        let committed = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(committed == file.content, "{} differs: run `cargo xtask samples`", file.path);
    }
}

#[test]
fn nothing_else_lies_among_the_samples() {
    let generated: BTreeSet<String> =
        examples::files(SEED).unwrap().into_iter().map(|file| file.path).collect();
    let stories: BTreeSet<&str> = generated.iter().filter_map(|path| path.split('/').next()).collect();
    for story in stories {
        for entry in fs::read_dir(folder().join(story)).unwrap() {
            let path = format!("{story}/{}", entry.unwrap().file_name().to_string_lossy());
            assert!(generated.contains(&path), "{path} comes from nowhere");
        }
    }
}
