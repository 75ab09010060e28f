//! Compressed logs and archives on the command line.

use crate::{grotto, lines, text, two_processes};
use serde_json::json;
use sha2::Digest;
use std::io::Write;
use std::path::PathBuf;

/// A tar archive of these members, packed by gzip.
fn tar_gz(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        out.append_data(&mut header, name, *bytes).unwrap();
    }
    out.into_inner().unwrap().finish().unwrap()
}

/// A file in a folder of its own.
fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::File::create(&path).unwrap().write_all(bytes).unwrap();
    (folder, path)
}

const COUNT: &str = "index=* | stats count";

#[test]
fn an_archive_is_read_in_place_from_a_file_and_from_a_pipe() {
    let log = two_processes();
    let bytes =
        tar_gz(&[("a/one.xml", log.as_bytes()), ("two.xml", log.as_bytes()), ("notes.txt", b"notes")]);
    // Its name does not say what it is.
    let (_folder, path) = file("collected.dat", &bytes);
    let output = grotto(&["search", COUNT, path.to_str().unwrap()], b"");
    assert_eq!((lines(&output), output.status.code()), (vec![json!({"count": 4})], Some(0)));
    assert_eq!(text(&output.stderr), "", "a member that is no log is nothing to talk about");
    assert_eq!(lines(&grotto(&["search", COUNT, "-"], &bytes)), [json!({"count": 4})]);
}

#[test]
fn what_is_wrong_inside_is_named_by_archive_and_member() {
    let log = two_processes();
    let broken = log.replace("</Event>", "");
    let bytes = tar_gz(&[("a/one.xml", log.as_bytes()), ("b/two.xml", broken.as_bytes())]);
    let (_folder, path) = file("logs.tgz", &bytes);
    let path = path.to_str().unwrap();
    let output = grotto(&["search", COUNT, path], b"");
    assert_eq!(lines(&output), [json!({"count": 2})]);
    let said = text(&output.stderr);
    assert!(said.contains(&format!("{path}!/b/two.xml")), "{said}");
    let output = grotto(&["search", COUNT, path, "--max-archive-bytes", "1K"], b"");
    let said = text(&output.stderr);
    assert!(said.contains("archive/limit") && said.contains("--max-archive-bytes"), "{said}");
    let output = grotto(&["search", COUNT, path, "--max-archive-bytes", "many"], b"");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_report_has_a_hash_of_the_archive_and_of_each_log_in_it() {
    let (one, two) = (two_processes(), two_processes().replace("ws1", "ws2"));
    let inner = tar_gz(&[("deep.xml", two.as_bytes())]);
    let bytes = tar_gz(&[("a/one.xml", one.as_bytes()), ("inner.tgz", &inner), ("notes.txt", b"notes")]);
    let (folder, path) = file("logs.tgz", &bytes);
    let html = folder.path().join("report.html");
    let to = format!("html:{}", html.display());
    let output = grotto(&["scan", path.to_str().unwrap(), "-o", &to], b"");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let html = std::fs::read_to_string(html).unwrap();
    let hex = |bytes: &[u8]| {
        sha2::Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect::<Vec<_>>().concat()
    };
    for (name, content) in [
        ("logs.tgz", bytes.as_slice()),
        ("a/one.xml", one.as_bytes()),
        ("inner.tgz!/deep.xml", two.as_bytes()),
    ] {
        let row = html
            .lines()
            .find(|line| line.contains("hash") && line.contains(&format!("{name}</bdi>")))
            .unwrap_or_else(|| panic!("{name}"));
        assert!(row.contains(&hex(content)), "{name}: {row}");
    }
    assert!(
        !html.lines().any(|line| line.contains("hash") && line.contains("notes.txt")),
        "no log, no input"
    );
}
