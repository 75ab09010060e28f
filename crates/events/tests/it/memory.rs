//! A large member of an archive does not have to fit into memory.

use grotto_events::{Input, Limits, PartReport, ReadOptions, open};
use std::io::{BufWriter, Write};

/// The most memory that this process has used, in bytes.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}

/// Writes a zip archive of one packed member without sizes in its header and without directory, as a program that was
/// stopped leaves it. Gives how many events there are.
fn archive(file: &mut impl Write, bytes: u64) -> u64 {
    file.write_all(b"PK\x03\x04\x14\0\x08\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\0\0\0a.xml").unwrap();
    let mut packed = flate2::write::DeflateEncoder::new(file, flate2::Compression::fast());
    let (mut written, mut events) = (0, 0u64);
    while written < bytes {
        events += 1;
        let number = events.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let event = format!(
            "<Event><System><Provider Name='P'/><EventID>{}</EventID><Channel>Security</Channel></System>\
             <EventData><Data Name='Path'>C:\\{number:x}</Data><Data Name='Text'>{number}{}</Data></EventData></Event>\n",
            events % 7,
            "some text that makes the event longer ".repeat(40)
        );
        packed.write_all(event.as_bytes()).unwrap();
        written += event.len() as u64;
    }
    packed.finish().unwrap().write_all(b"PK\x07\x08").unwrap();
    events
}

#[test]
#[ignore = "reads 1 GiB; run it when reading of archives changes"]
fn a_member_of_one_gibibyte() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let events = archive(&mut BufWriter::new(&mut file), 1 << 30);
    let opened = open(&Input::file(file.path()), Limits::default());
    let mut report = PartReport::default();
    let started = std::time::Instant::now();
    for part in &opened.parts {
        report.merge(part.read(&ReadOptions::only(["Path"]), &mut |_| {}));
    }
    println!(
        "{} events, {} bytes in {:?}, peak {:?}",
        report.events,
        report.bytes,
        started.elapsed(),
        peak()
    );
    assert_eq!((report.events, report.failed), (events, 0));
    if let Some(peak) = peak() {
        assert!(peak < 200 << 20, "{peak} bytes");
    }
}
