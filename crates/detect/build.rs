//! Embeds the pack of rules: writes a list of (path, text) of every YAML and CSV file below `rules/`, and one of (name,
//! bytes) of the data that tests of the rules name.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("../../rules");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    if root.is_dir() {
        collect(&root, &mut files)?;
    }
    files.sort();
    let mut list = String::from("&[\n");
    for file in &files {
        let name = file.strip_prefix(&root)?.to_string_lossy().replace('\\', "/");
        writeln!(list, "    ({name:?}, include_str!({:?})),", file.canonicalize()?.display().to_string())?;
    }
    list.push_str("]\n");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("rules.rs"), list)?;
    std::fs::write(out.join("data.rs"), data(&files)?)?;
    Ok(())
}

/// The list of data: what rules name as `- data: ../…`.
fn data(files: &[PathBuf]) -> Result<String, Box<dyn std::error::Error>> {
    let mut named = BTreeMap::new();
    for file in files {
        // A build script reads the project itself, no input.
        #[allow(clippy::disallowed_methods)]
        let text = std::fs::read_to_string(file)?;
        let names = text.lines().filter_map(|line| line.trim().strip_prefix("- data: ../"));
        for name in names {
            let path = file.parent().unwrap_or(Path::new("")).join("..").join(name).canonicalize()?;
            println!("cargo:rerun-if-changed={}", path.display());
            named.insert(name.trim_start_matches("../").to_owned(), path);
        }
    }
    let mut list = String::from("&[\n");
    for (name, path) in named {
        writeln!(list, "    ({name:?}, include_bytes!({:?})),", path.display().to_string())?;
    }
    list.push_str("]\n");
    Ok(list)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    // A build script reads the project itself, no input.
    #[allow(clippy::disallowed_methods)]
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        println!("cargo:rerun-if-changed={}", path.display());
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "yml" || e == "csv") {
            files.push(path);
        }
    }
    Ok(())
}
