use super::*;
use crate::{Batch, Cell, Part, PartReport, ReadOptions, plan};

/// Appends an element with text or with children in binary XML, as it stands inside a chunk: names are stored where
/// they are first used.
fn element(chunk: &mut Vec<u8>, name: &str, text: Option<&str>, children: &[(&str, &str)]) {
    chunk.push(0x01);
    chunk.extend(0u32.to_le_bytes());
    let name_at = chunk.len() as u32 + 4;
    chunk.extend(name_at.to_le_bytes());
    chunk.extend([0; 6]);
    chunk.extend((name.len() as u16).to_le_bytes());
    chunk.extend(name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes));
    chunk.push(0x02);
    if let Some(text) = text {
        chunk.extend([0x05, 0x01]);
        chunk.extend((text.encode_utf16().count() as u16).to_le_bytes());
        chunk.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    }
    for (name, text) in children {
        element(chunk, name, Some(text), &[]);
    }
    chunk.push(0x04);
}

/// A chunk with records of these ids, each an event with its id as `EventRecordID`.
fn chunk(ids: std::ops::Range<u64>) -> Vec<u8> {
    let mut chunk = vec![0; CHUNK_HEADER];
    chunk[..8].copy_from_slice(CHUNK_MAGIC);
    let mut last = 0;
    for id in ids.clone() {
        last = chunk.len() as u32;
        chunk.extend([0x2a, 0x2a, 0, 0, 0, 0, 0, 0]);
        chunk.extend(id.to_le_bytes());
        chunk.extend(133_500_000_000_000_000u64.to_le_bytes());
        chunk.extend([0x0f, 1, 1, 0, 0x01, 0, 0, 0, 0]);
        let name_at = chunk.len() as u32 + 4;
        chunk.extend(name_at.to_le_bytes());
        chunk.extend([0; 6]);
        chunk.extend(5u16.to_le_bytes());
        chunk.extend("Event\0".encode_utf16().flat_map(u16::to_le_bytes));
        chunk.push(0x02);
        let record = id.to_string();
        element(
            &mut chunk,
            "System",
            None,
            &[("EventID", "7"), ("EventRecordID", &record), ("Channel", "Test")],
        );
        element(&mut chunk, "EventData", None, &[("Data", "a <value> ")]);
        chunk.extend([0x04, 0x00]);
        let size = (chunk.len() + 4) as u32 - last;
        chunk.extend(size.to_le_bytes());
        chunk[last as usize + 4..last as usize + 8].copy_from_slice(&size.to_le_bytes());
    }
    let free = chunk.len() as u32;
    for (at, value) in [(8, ids.start), (16, ids.end - 1), (24, ids.start), (32, ids.end - 1)] {
        chunk[at..at + 8].copy_from_slice(&value.to_le_bytes());
    }
    for (at, value) in [(40, 128), (44, last), (48, free)] {
        chunk[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }
    chunk.resize(CHUNK, 0);
    chunk
}

/// A log of some chunks.
fn log(chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut log = vec![0; FILE_HEADER as usize];
    log[..8].copy_from_slice(FILE_MAGIC);
    log[32] = 128;
    log[40..42].copy_from_slice(&(FILE_HEADER as u16).to_le_bytes());
    let used = chunks.iter().filter(|c| c.starts_with(CHUNK_MAGIC)).count() as u16;
    log[42..44].copy_from_slice(&used.to_le_bytes());
    log.extend(chunks.concat());
    log
}

/// Record numbers of all events in order, and the report.
fn read(parts: &[Part]) -> (Vec<String>, PartReport) {
    let (mut numbers, mut report) = (Vec::new(), PartReport::default());
    for part in parts {
        report.merge(part.read(&ReadOptions::default(), &mut |batch: Batch| {
            for row in 0..batch.rows() {
                assert_eq!(batch.cell("Data", row), Cell::Text("a <value> "));
                assert_eq!(batch.cell("source", row), Cell::Text("XmlWinEventLog:Test"));
                let Cell::Text(number) = batch.cell("RecordNumber", row) else { panic!("no record number") };
                numbers.push(number.to_owned());
            }
        }));
    }
    (numbers, report)
}

fn read_bytes(bytes: &[u8]) -> (Vec<String>, PartReport) {
    read(&plan(&Input::memory("<m>", bytes)).unwrap())
}

fn numbers(ids: impl IntoIterator<Item = u64>) -> Vec<String> {
    ids.into_iter().map(|id| id.to_string()).collect()
}

/// What the report says, in a line each.
fn said(report: &PartReport) -> Vec<String> {
    report.diagnostics.iter().map(ToString::to_string).collect()
}

#[test]
fn records_in_the_order_of_the_file() {
    let whole = log(&[chunk(1..4), vec![0; CHUNK], chunk(4..6)]);
    for bytes in [&whole[..], &whole[FILE_HEADER as usize..]] {
        let (found, report) = read_bytes(bytes);
        assert_eq!(
            (found, report.events, report.failed, report.lost),
            (numbers(1..6), 5, 0, 0),
            "{:?}",
            said(&report)
        );
        assert_eq!(report.diagnostics, []);
        assert_eq!(report.bytes, 3 * CHUNK as u64);
    }
    let (found, report) = read(&plan(&Input::stream("<s>", io::Cursor::new(whole.clone()))).unwrap());
    assert_eq!((found, report.bytes), (numbers(1..6), whole.len() as u64));
}

#[test]
fn raw_is_the_event_as_one_line() {
    let mut raw = Vec::new();
    for part in plan(&Input::memory("<m>", log(&[chunk(9..10)]))).unwrap() {
        part.read(&ReadOptions::only(["_raw"]), &mut |batch| {
            if let Cell::Text(text) = batch.cell("_raw", 0) {
                raw.push(text.to_owned());
            }
        });
    }
    assert_eq!(
        raw,
        [
            "<Event><System><EventID>7</EventID><EventRecordID>9</EventRecordID><Channel>Test</Channel></System>\
          <EventData><Data>a &lt;value&gt; </Data></EventData></Event>"
        ]
    );
}

#[test]
fn a_large_log_is_read_in_parts() {
    let chunks: Vec<_> = (0..130).map(|n| chunk(n..n + 1)).collect();
    let parts = plan(&Input::memory("<m>", log(&chunks))).unwrap();
    let sizes: Vec<u64> = parts.iter().map(Part::bytes).collect();
    assert_eq!(sizes, [64 * CHUNK as u64, 64 * CHUNK as u64, 2 * CHUNK as u64]);
    assert_eq!(read(&parts).0, numbers(0..130));
}

#[test]
fn parts_cover_a_log_and_become_smaller_at_its_end() {
    let input = Input::memory("<m>", log(&[]));
    let head = Head::of(&input).unwrap();
    for chunks in [1, 63, 64, 65, 2048, 16_384, 100_000] {
        let len = FILE_HEADER + chunks * CHUNK as u64 + 100;
        let parts = Evtx.split(&input, &head, len).unwrap();
        let bounds: Vec<(u64, u64)> = parts.iter().map(|part| (part.start, part.end.unwrap())).collect();
        assert_eq!((bounds[0].0, bounds[bounds.len() - 1].1), (FILE_HEADER, len), "{chunks}");
        assert!(bounds.windows(2).all(|two| two[0].1 == two[1].0), "{chunks}: {bounds:?}");
        let sizes: Vec<u64> = bounds.iter().map(|(start, end)| (end - start) / CHUNK as u64).collect();
        assert!(sizes.is_sorted_by(|a, b| a >= b), "{chunks}: {sizes:?}");
        assert_eq!(sizes[0], chunks.min((chunks / PARTS).clamp(64, 256)), "{chunks}");
        assert!(sizes[sizes.len() - 1] <= 64, "{chunks}: {sizes:?}");
    }
}

#[test]
fn a_bad_chunk_is_named_and_the_next_goes_on() {
    let mut bytes = log(&[chunk(1..3), chunk(3..5), chunk(5..7)]);
    bytes[FILE_HEADER as usize + CHUNK] = b'X';
    bytes[FILE_HEADER as usize + CHUNK + CHUNK_HEADER] = b'X';
    let (found, report) = read_bytes(&bytes);
    assert_eq!((found, report.lost, report.failed), (numbers([1, 2, 5, 6]), 1, 0));
    assert!(
        said(&report)[0].starts_with("<m>: error[evtx/bad-chunk]: chunk 1 (at byte 69632) can't be read: "),
        "{report:?}"
    );
}

#[test]
fn a_bad_record_is_named_and_the_next_goes_on() {
    let mut bytes = log(&[chunk(1..4)]);
    // The first token of the second record.
    let records: Vec<usize> =
        (0..bytes.len() - 4).filter(|at| bytes[*at..].starts_with(&[0x2a, 0x2a, 0, 0])).collect();
    bytes[records[1] + 24 + 4] = 0xee;
    let (found, report) = read_bytes(&bytes);
    assert_eq!((found, report.events, report.failed), (numbers([1, 3]), 2, 1));
    let message = &said(&report)[0];
    assert!(message.contains("error[evtx/bad-record]: record 2 in chunk 0 (at byte 4096)"), "{message}");

    // Its header.
    bytes[records[1]] = 0;
    let (found, report) = read_bytes(&bytes);
    assert_eq!((found, report.failed), (numbers([1, 3]), 1));
    let place = format!("the record at byte {} of chunk 0", records[1] - FILE_HEADER as usize);
    assert!(said(&report)[0].contains(&place), "{report:?}");
}

#[test]
fn a_log_that_ends_inside_a_record_gives_the_ones_before() {
    let bytes = log(&[chunk(1..3), chunk(3..6)]);
    let records: Vec<usize> =
        (0..bytes.len() - 4).filter(|at| bytes[*at..].starts_with(&[0x2a, 0x2a, 0, 0])).collect();
    for end in [records[4] - 1, records[4], records[4] + 30, records[4] + 150] {
        let (found, report) = read_bytes(&bytes[..end]);
        assert_eq!(found[..3], numbers(1..4), "{end}");
        assert!(found.len() <= 4 && !found.contains(&"5".to_owned()), "{found:?}");
        assert!(
            said(&report).iter().any(|s| s.contains("warning[evtx/truncated]: the file ends inside chunk 1")),
            "{report:?}"
        );
    }
    let size = u32::from_le_bytes(bytes[records[4] + 4..records[4] + 8].try_into().unwrap()) as usize;
    for (end, why) in
        [(records[4] + 150, "can't be read"), (records[4] + size - 5, "is cut off by the end of the file")]
    {
        let (found, report) = read_bytes(&bytes[..end]);
        assert_eq!((found, report.failed), (numbers(1..5), 1));
        assert!(
            said(&report)[1].contains(&format!("record 5 in chunk 1 (at byte 69632) {why}")),
            "{report:?}"
        );
    }
}

#[test]
fn a_damaged_table_of_strings_is_not_used() {
    let mut bytes = log(&[chunk(1..3)]);
    let at = FILE_HEADER as usize + STRINGS.start;
    bytes[at..at + 4].copy_from_slice(&0xffff_0000u32.to_le_bytes());
    let (found, report) = read_bytes(&bytes);
    assert_eq!((found, report.lost, report.failed), (numbers(1..3), 0, 0));
    assert!(said(&report)[0].contains("warning[evtx/bad-string-table]: chunk 0"), "{report:?}");
}

#[test]
fn a_log_without_chunks() {
    let empty = log(&[]);
    for bytes in [&empty[..], &empty[..100], &empty[..44]] {
        assert_eq!(plan(&Input::memory("<m>", bytes)).unwrap().len(), 0);
    }
    assert_eq!(
        read_bytes(&log(&[vec![0; CHUNK], vec![0; 99]])),
        (vec![], PartReport { bytes: CHUNK as u64 + 99, ..PartReport::default() })
    );
}

#[test]
fn chunks_that_the_header_promises_and_the_file_lacks_are_counted() {
    let whole = log(&[chunk(1..3), chunk(3..5)]);
    let border = FILE_HEADER as usize + CHUNK;
    for (end, found, lost, said_last) in [
        (border, 1..3, 1, "its header promises 2 chunks, and 1 is there whole"),
        (border + 100, 1..3, 1, "its header promises 2 chunks, and 1 is there whole"),
        (FILE_HEADER as usize, 0..0, 2, "its header promises 2 chunks, and 0 are there whole"),
        (100, 0..0, 2, "its header promises 2 chunks, and 0 are there whole"),
        (43, 0..0, 1, "inside its header, before the number of chunks"),
        (8, 0..0, 1, "inside its header, before the number of chunks"),
    ] {
        let bytes = &whole[..end];
        let stream = Input::stream("<m>", io::Cursor::new(bytes.to_vec()));
        for (rows, report) in [read_bytes(bytes), read(&plan(&stream).unwrap())] {
            assert_eq!((rows, report.lost, report.failed), (numbers(found.clone()), lost, 0), "{end}");
            let last = said(&report).pop().unwrap_or_default();
            assert!(last.starts_with("<m>: warning[evtx/truncated]: the file is cut off"), "{last}");
            assert!(last.contains(said_last), "{last}");
        }
    }
}

#[test]
fn a_count_of_chunks_is_believed_only_if_it_says_more_in_a_sound_header() {
    let whole = log(&[chunk(1..3), chunk(3..5)]);
    let border = FILE_HEADER as usize + CHUNK;
    let (mut fewer, mut ruined) = (whole.clone(), whole[..border].to_vec());
    fewer[42] = 1;
    ruined[32] = 0;
    let mut tail = whole.clone();
    tail.resize(whole.len() + 3 * CHUNK, 0);
    for (bytes, found) in
        [(&fewer[..], 1..5), (&ruined, 1..3), (&tail, 1..5), (&whole[FILE_HEADER as usize..border], 1..3)]
    {
        let (rows, report) = read_bytes(bytes);
        assert_eq!((rows, report.lost, said(&report)), (numbers(found), 0, vec![]));
    }
}

#[test]
fn a_chunk_with_a_damaged_start_is_read_if_a_record_follows() {
    let start = FILE_HEADER as usize + CHUNK;
    for damaged in [1, 8, 60, CHUNK_HEADER] {
        for with in [0, b'X', 0xff] {
            let mut bytes = log(&[chunk(1..3), chunk(3..5), chunk(5..7)]);
            bytes[start..start + damaged].fill(with);
            let (rows, report) = read_bytes(&bytes);
            assert_eq!((rows, report.lost, report.failed), (numbers(1..7), 0, 0), "{:?}", said(&report));
            let expected = "<m>: warning[evtx/repaired]: chunk 1 (at byte 69632) does not start with ElfChnk";
            assert!(said(&report).iter().any(|s| s.starts_with(expected)), "{:?}", said(&report));
        }
    }
}
