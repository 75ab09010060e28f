//! Damaged logs: nothing panics, and what was not touched is all there.

use crate::{files, read, read_bytes, values};
use grotto_events::{Batch, Input, PartReport, ReadOptions, plan};
use std::collections::BTreeSet;

const HEADER: usize = 4096;
const CHUNK: usize = 65_536;

/// Numbers that look random and are the same each time (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// The events of some bytes, each as its whole text.
fn events(bytes: &[u8]) -> (BTreeSet<String>, PartReport) {
    let (batches, report) = read_bytes(bytes, &ReadOptions::only(["_raw"]));
    (texts(&batches), report)
}

fn texts(batches: &[Batch]) -> BTreeSet<String> {
    batches.iter().flat_map(|b| (0..b.rows()).flat_map(|row| values(b, "_raw", row))).collect()
}

/// Logs of several chunks, as bytes.
fn samples() -> Vec<Vec<u8>> {
    let all = files("data/evtx-attack-samples", "evtx");
    let large = all.into_iter().filter(|p| p.metadata().unwrap().len() as usize >= HEADER + 2 * CHUNK);
    large.map(|p| std::fs::read(p).unwrap()).collect()
}

/// A log without one of its chunks.
fn without(bytes: &[u8], chunk: usize) -> Vec<u8> {
    let mut rest = bytes.to_vec();
    let start = HEADER + chunk * CHUNK;
    let end = (start + CHUNK).min(rest.len());
    rest[start..end].fill(0);
    rest
}

/// The chunks of a log that hold anything.
fn full_chunks(bytes: &[u8]) -> Vec<usize> {
    let chunks = bytes[HEADER..].chunks(CHUNK).enumerate();
    chunks.filter(|(_, c)| c.iter().any(|b| *b != 0)).map(|(n, _)| n).collect()
}

#[test]
fn flipped_bits_cost_nothing_outside_their_chunk() {
    let mut random = Numbers(42);
    let (mut copies, mut failed, mut lost) = (0, 0, 0);
    for bytes in samples() {
        let chunks = full_chunks(&bytes);
        for _ in 0..6 {
            let chunk = chunks[random.below(chunks.len())];
            let (untouched, _) = events(&without(&bytes, chunk));
            let mut damaged = bytes.clone();
            for _ in 0..=random.below(30) {
                let at = (HEADER + chunk * CHUNK + random.below(CHUNK)).min(damaged.len() - 1);
                damaged[at] ^= 1 << random.below(8);
            }
            let (found, report) = events(&damaged);
            assert!(untouched.is_subset(&found), "chunk {chunk}: {:?}", report.diagnostics);
            copies += 1;
            failed += report.failed;
            lost += report.lost;
        }
    }
    println!("{copies} damaged copies: {failed} records failed, {lost} chunks lost");
}

#[test]
fn a_header_in_ruins_costs_nothing() {
    let mut random = Numbers(7);
    for mut bytes in samples() {
        let (all, _) = events(&bytes);
        bytes[8..HEADER].fill_with(|| random.below(256) as u8);
        assert!(events(&bytes).0 == all);
        assert!(events(&bytes[HEADER..]).0 == all, "nor does a missing header");
    }
}

#[test]
fn a_bad_chunk_is_counted_and_named_and_the_next_goes_on() {
    for mut bytes in samples() {
        let chunk = full_chunks(&bytes)[0];
        let (untouched, _) = events(&without(&bytes, chunk));
        let start = HEADER + chunk * CHUNK;
        bytes[start..start + 8].copy_from_slice(b"Rubbish!");
        bytes[start + 512] = b'!';
        let (found, report) = events(&bytes);
        assert!(found == untouched);
        assert_eq!((report.lost, report.failed), (1, 0));
        let said = report.diagnostics[0].to_string();
        assert!(
            said.starts_with(&format!("<bytes>: error[evtx/bad-chunk]: chunk {chunk} (at byte {start})")),
            "{said}"
        );
    }
}

#[test]
fn a_chunk_without_its_magic_is_read_and_said() {
    for mut bytes in samples() {
        let (all, _) = events(&bytes);
        let start = HEADER + full_chunks(&bytes)[0] * CHUNK;
        bytes[start..start + 8].copy_from_slice(b"Rubbish!");
        let (found, report) = events(&bytes);
        assert!(found == all);
        let slugs: Vec<_> = report.diagnostics.iter().map(|d| d.slug).collect();
        assert_eq!((report.lost, report.failed, slugs), (0, 0, vec!["evtx/repaired"]));
    }
}

#[test]
fn a_log_cut_at_the_border_of_a_chunk_says_what_is_missing() {
    for bytes in samples() {
        let chunks = full_chunks(&bytes).len() as u64;
        for (end, missing) in [(HEADER + CHUNK, chunks - 1), (HEADER, chunks), (100, chunks)] {
            let (_, report) = events(&bytes[..end]);
            let slugs: Vec<_> = report.diagnostics.iter().map(|d| d.slug).collect();
            let expected = if missing > 0 { vec!["evtx/truncated"] } else { vec![] };
            assert_eq!((report.lost, slugs), (missing, expected), "{end} bytes");
        }
    }
}

#[test]
fn a_damaged_string_table_costs_nothing() {
    for mut bytes in samples() {
        let (all, _) = events(&bytes);
        let chunk = full_chunks(&bytes)[0];
        let at = HEADER + chunk * CHUNK + 128;
        bytes[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        let (found, report) = events(&bytes);
        assert!(found == all, "{:?}", report.diagnostics);
        assert_eq!((report.lost, report.diagnostics[0].slug), (0, "evtx/bad-string-table"));
    }
}

#[test]
fn a_truncated_log_gives_what_it_holds() {
    let mut random = Numbers(3);
    for bytes in samples() {
        let last = *full_chunks(&bytes).last().unwrap();
        let start = HEADER + last * CHUNK;
        let (before, _) = events(&bytes[..start]);
        let (all, _) = events(&bytes);
        let mut most = 0;
        for _ in 0..5 {
            let end = (start + 600 + random.below(CHUNK)).min(bytes.len() - 1);
            let (found, report) = events(&bytes[..end]);
            assert!(before.is_subset(&found) && found.is_subset(&all));
            if end - start < CHUNK {
                assert!(report.diagnostics.iter().any(|d| d.slug == "evtx/truncated"));
            }
            most = most.max(found.len() - before.len());
        }
        assert!(most > 0, "the cut chunk gives something");
    }
}

#[test]
fn cut_off_in_a_header_or_filled_with_zeros() {
    let Some(bytes) = samples().into_iter().next() else { return };
    for end in [1, 7, 8, 100, HEADER - 1, HEADER, HEADER + 1, HEADER + 100, HEADER + 511] {
        let (found, report) = events(&bytes[..end]);
        assert_eq!((found.len(), report.events), (0, 0), "{end} bytes");
    }
    let mut zeros = bytes[..HEADER].to_vec();
    // As many chunks as the header says, all of them empty.
    zeros[42..44].copy_from_slice(&3u16.to_le_bytes());
    zeros.resize(HEADER + 3 * CHUNK + 17, 0);
    let (found, report) = events(&zeros);
    assert_eq!((found.len(), report.diagnostics.len(), report.bytes), (0, 0, 3 * CHUNK as u64 + 17));
}

#[test]
fn a_damaged_file_on_disk_and_in_a_stream() {
    let Some(mut bytes) = samples().into_iter().next() else { return };
    let at = HEADER + full_chunks(&bytes)[0] * CHUNK + 1000;
    bytes[at..at + 64].fill(0xff);
    let (expected, report) = events(&bytes);
    assert!(report.failed > 0, "the damage shows");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &bytes).unwrap();
    for input in [Input::file(file.path()), Input::stream("<pipe>", std::io::Cursor::new(bytes))] {
        let (batches, found) = read(&plan(&input).unwrap(), &ReadOptions::only(["_raw"]));
        assert!(texts(&batches) == expected);
        assert_eq!((found.events, found.failed), (report.events, report.failed));
        assert_eq!(found.diagnostics[0].file(), Some(input.name()));
    }
}
