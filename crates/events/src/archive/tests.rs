//! Archives made here, whole and damaged.

use super::*;
use crate::{PartReport, ReadOptions};
use codec::Codec;
use proptest::prelude::*;
use std::io::{Cursor, Read, Write};

/// `n` events as XML, one a line.
fn events(n: usize) -> String {
    let event = |id| {
        format!(
            "<Event><System><Provider Name='P'/><EventID>{id}</EventID><Channel>Security</Channel></System>\
             <EventData><Data Name='A'>value {id}</Data></EventData></Event>\n"
        )
    };
    (1..=n).map(event).collect()
}

/// Packs bytes.
fn pack(codec: Codec, bytes: &[u8]) -> Vec<u8> {
    match codec {
        Codec::Stored => bytes.to_vec(),
        Codec::Gzip => {
            let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            out.write_all(bytes).unwrap();
            out.finish().unwrap()
        }
        Codec::Deflate => {
            let mut out = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
            out.write_all(bytes).unwrap();
            out.finish().unwrap()
        }
        Codec::Zstd => ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest),
        Codec::Bzip2 => {
            let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
            out.write_all(bytes).unwrap();
            out.finish().unwrap()
        }
        Codec::Xz => {
            let mut out = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::default()).unwrap();
            out.write_all(bytes).unwrap();
            out.finish().unwrap()
        }
        Codec::Deflate64 => {
            // A stored block means the same in both deflates.
            let len = u16::try_from(bytes.len()).unwrap();
            [&[1][..], &len.to_le_bytes(), &(!len).to_le_bytes(), bytes].concat()
        }
    }
}

/// A member of a zip archive to be.
struct Zipped<'a> {
    name: &'a str,
    codec: Codec,
    method: u16,
    flags: u16,
    bytes: &'a [u8],
}

fn zipped<'a>(name: &'a str, bytes: &'a [u8]) -> Zipped<'a> {
    Zipped { name, codec: Codec::Deflate, method: 8, flags: 0, bytes }
}

/// A zip archive. Bit 3 of the flags puts sizes behind the data.
fn zip(members: &[Zipped<'_>]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for member in members {
        let packed = pack(member.codec, member.bytes);
        let sizes: Vec<u8> = [crc32fast::hash(member.bytes), packed.len() as u32, member.bytes.len() as u32]
            .iter()
            .flat_map(|n| n.to_le_bytes())
            .collect();
        let late = member.flags & 8 != 0;
        let head: Vec<u8> =
            [20, member.flags, member.method, 0, 0].iter().flat_map(|n| n.to_le_bytes()).collect();
        let name_len = (member.name.len() as u16).to_le_bytes();
        let offset = (out.len() as u32).to_le_bytes();
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&head);
        out.extend_from_slice(if late { &[0; 12] } else { &sizes });
        out.extend_from_slice(&[name_len[0], name_len[1], 0, 0]);
        out.extend_from_slice(member.name.as_bytes());
        out.extend_from_slice(&packed);
        if late {
            out.extend_from_slice(b"PK\x07\x08");
            out.extend_from_slice(&sizes);
        }
        directory.extend_from_slice(b"PK\x01\x02\x14\0");
        directory.extend_from_slice(&head);
        directory.extend_from_slice(&sizes);
        directory.extend_from_slice(&[name_len[0], name_len[1], 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        directory.extend_from_slice(&offset);
        directory.extend_from_slice(member.name.as_bytes());
    }
    let count = (members.len() as u16).to_le_bytes();
    let (len, at) = ((directory.len() as u32).to_le_bytes(), (out.len() as u32).to_le_bytes());
    out.extend(directory);
    out.extend_from_slice(&[b'P', b'K', 5, 6, 0, 0, 0, 0, count[0], count[1], count[0], count[1]]);
    out.extend([len, at].concat());
    out.extend_from_slice(&[0, 0]);
    out
}

/// A tar archive.
fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = ::tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        out.append_data(&mut header, name, *bytes).unwrap();
    }
    out.into_inner().unwrap()
}

/// What an input holds: the name of each log and how many events it has; what is said, and the merged report.
struct Found {
    logs: Vec<(String, u64)>,
    opened: Opened,
    report: PartReport,
}

impl Found {
    /// Slugs of everything that is said.
    fn said(&self) -> Vec<&'static str> {
        self.opened.diagnostics.iter().chain(&self.report.diagnostics).map(|d| d.slug).collect()
    }

    fn counts(&self) -> (usize, usize, usize) {
        (self.opened.logs, self.opened.skipped, self.opened.failed)
    }
}

fn look(input: &Input, limits: Limits) -> Found {
    let opened = open(input, limits);
    let (mut logs, mut report) = (Vec::new(), PartReport::default());
    for part in &opened.parts {
        let one = part.read(&ReadOptions::default(), &mut |_| {});
        logs.push((part.input().name().to_owned(), one.events));
        report.merge(one);
    }
    Found { logs, opened, report }
}

fn found(bytes: impl Into<Vec<u8>>) -> Found {
    look(&Input::memory("x", bytes.into()), Limits::default())
}

fn log(name: &str, events: u64) -> (String, u64) {
    (name.to_owned(), events)
}

const CODECS: [Codec; 4] = [Codec::Gzip, Codec::Zstd, Codec::Xz, Codec::Bzip2];

#[test]
fn a_compressed_log_keeps_its_name() {
    let text = events(300);
    for codec in CODECS {
        let packed = pack(codec, text.as_bytes());
        let twice = [packed.clone(), packed.clone()].concat();
        let in_another = pack(Codec::Gzip, &packed);
        for (bytes, events) in [(packed, 300), (twice, 600), (in_another, 300)] {
            let found = found(bytes);
            assert_eq!(found.logs, [log("x", events)], "{codec:?}");
            assert_eq!((found.said(), found.counts()), (vec![], (1, 0, 0)), "{codec:?}");
        }
    }
}

#[test]
fn a_stream_can_be_compressed_or_an_archive() {
    let text = events(40);
    let archive = zip(&[zipped("a/b.xml", text.as_bytes()), zipped("c.xml", text.as_bytes())]);
    let tarred = tar(&[("b.xml", text.as_bytes())]);
    for (bytes, expected) in [
        (pack(Codec::Gzip, text.as_bytes()), vec![log("<stdin>", 40)]),
        (pack(Codec::Zstd, &pack(Codec::Gzip, text.as_bytes())), vec![log("<stdin>", 40)]),
        (pack(Codec::Zstd, &tarred), vec![log("<stdin>!/b.xml", 40)]),
        (tarred, vec![log("<stdin>!/b.xml", 40)]),
        (archive, vec![log("<stdin>!/a/b.xml", 40), log("<stdin>!/c.xml", 40)]),
    ] {
        let found = look(&Input::stream("<stdin>", Cursor::new(bytes)), Limits::default());
        assert_eq!((&found.logs, found.said()), (&expected, vec![]));
    }
}

#[test]
fn members_have_names_and_come_in_their_order() {
    let (three, five) = (events(3), events(5));
    let found = found(zip(&[
        zipped("z.xml", three.as_bytes()),
        zipped("folder/", b""),
        Zipped { codec: Codec::Stored, method: 0, ..zipped("folder\\a.xml", five.as_bytes()) },
        Zipped { flags: 8, ..zipped("folder/b.xml", five.as_bytes()) },
        Zipped { codec: Codec::Zstd, method: 93, ..zipped("m.xml", three.as_bytes()) },
        Zipped { codec: Codec::Bzip2, method: 12, ..zipped("n.xml", three.as_bytes()) },
        Zipped { codec: Codec::Deflate64, method: 9, ..zipped("o.xml", three.as_bytes()) },
        Zipped { codec: Codec::Xz, method: 95, ..zipped("p.xml", three.as_bytes()) },
        zipped("../../q.xml", three.as_bytes()),
        zipped("z.xml", five.as_bytes()),
    ]));
    let expected = [
        ("x!/../../q.xml", 3),
        ("x!/folder/a.xml", 5),
        ("x!/folder/b.xml", 5),
        ("x!/m.xml", 3),
        ("x!/n.xml", 3),
        ("x!/o.xml", 3),
        ("x!/p.xml", 3),
        ("x!/z.xml", 3),
        ("x!/z.xml", 5),
    ];
    assert_eq!(found.logs, expected.map(|(name, events)| log(name, events)));
    assert_eq!((found.said(), found.counts()), (vec![], (9, 0, 0)));
}

#[test]
fn tar_archives_plain_and_compressed() {
    let (three, five) = (events(3), events(5));
    let long = format!("{}/a.xml", "folder".repeat(40));
    let bytes = tar(&[("z.xml", three.as_bytes()), (&long, five.as_bytes()), ("b/c.txt", b"hello")]);
    for codec in [Codec::Stored, Codec::Gzip, Codec::Zstd, Codec::Xz, Codec::Bzip2] {
        let found = found(pack(codec, &bytes));
        assert_eq!(found.logs, [log(&format!("x!/{long}"), 5), log("x!/z.xml", 3)]);
        assert_eq!((found.said(), found.counts()), (vec!["archive/skipped"], (2, 1, 0)));
        let message = &found.opened.diagnostics[0].message;
        assert_eq!(message, "1 member of x skipped: not logs (!/b/c.txt)");
    }
}

#[test]
fn links_and_devices_of_a_tar_are_no_members() {
    let mut out = ::tar::Builder::new(Vec::new());
    for (kind, name) in [
        (::tar::EntryType::Symlink, "link.xml"),
        (::tar::EntryType::Link, "hard.xml"),
        (::tar::EntryType::Directory, "folder"),
        (::tar::EntryType::Char, "dev"),
    ] {
        let mut header = ::tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        out.append_link(&mut header, name, "/etc/passwd").unwrap();
    }
    let mut header = ::tar::Header::new_gnu();
    let text = events(2);
    header.set_size(text.len() as u64);
    out.append_data(&mut header, "a.xml", text.as_bytes()).unwrap();
    let found = found(out.into_inner().unwrap());
    assert_eq!((found.logs.clone(), found.said()), (vec![log("x!/a.xml", 2)], vec![]));
}

#[test]
fn archives_in_archives_up_to_a_depth() {
    let text = events(4);
    let inner = zip(&[zipped("a.xml", text.as_bytes())]);
    let middle =
        pack(Codec::Gzip, &tar(&[("i.zip", &inner), ("b.xml.gz", &pack(Codec::Gzip, text.as_bytes()))]));
    let outer = zip(&[zipped("m.tgz", &middle), zipped("c.xml", text.as_bytes())]);
    let all = [log("x!/c.xml", 4), log("x!/m.tgz!/b.xml.gz", 4), log("x!/m.tgz!/i.zip!/a.xml", 4)];
    let deep = found(outer.clone());
    assert_eq!((deep.logs.as_slice(), deep.said()), (all.as_slice(), vec![]));
    let found = look(&Input::memory("x", outer), Limits { layers: 3, ..Limits::default() });
    assert_eq!((found.logs.as_slice(), found.counts()), (&all[..1], (1, 0, 2)));
    assert_eq!(found.said(), ["archive/too-deep", "archive/too-deep"]);
}

#[test]
fn what_is_no_log_is_said_once() {
    let log_text = events(1);
    let nothing = found(zip(&[zipped("a.png", b"\x89PNG"), zipped("b.txt", b"words"), zipped("c", b"")]));
    assert_eq!((nothing.said(), nothing.counts()), (vec!["archive/no-logs"], (0, 3, 1)));
    let message = &nothing.opened.diagnostics[0].message;
    assert!(message.contains("x holds no logs: x!/a.png is no log") && message.contains("PNG"), "{message}");
    let members: Vec<_> = (0..9).map(|n| format!("{n}.txt")).collect();
    let mut zipped_members: Vec<_> = members.iter().map(|n| zipped(n, b"words")).collect();
    zipped_members.push(zipped("z.xml", log_text.as_bytes()));
    let some = found(zip(&zipped_members));
    assert_eq!((some.said(), some.counts()), (vec!["archive/skipped"], (1, 9, 0)));
    let message = &some.opened.diagnostics[0].message;
    assert!(
        message.ends_with("not logs (!/0.txt, !/1.txt, !/2.txt, !/3.txt, !/4.txt and 4 more)"),
        "{message}"
    );
    assert_eq!(found(zip(&[])).said(), ["archive/no-logs"]);
    assert_eq!(found(pack(Codec::Gzip, b"words")).said(), ["input/unrecognised"]);
    assert_eq!(found(pack(Codec::Gzip, b"")).said(), ["input/empty"]);
}

#[test]
fn what_can_not_be_read_is_said_with_a_remedy() {
    let text = events(2);
    let found_zip = found(zip(&[
        Zipped { flags: 1, ..zipped("secret.xml", text.as_bytes()) },
        Zipped { method: 98, ..zipped("ppmd.xml", text.as_bytes()) },
        zipped("a.xml", text.as_bytes()),
    ]));
    assert_eq!(found_zip.logs, [log("x!/a.xml", 2)]);
    assert_eq!(found_zip.said(), ["archive/encrypted", "archive/unsupported"]);
    for bytes in [&b"7z\xbc\xaf\x27\x1c\0\x04"[..], b"Rar!\x1a\x07\x01\0", b"MSCF\0\0\0\0"] {
        let found = found(bytes);
        assert_eq!((found.said(), found.counts()), (vec!["archive/unsupported"], (0, 0, 1)));
        assert!(found.opened.diagnostics[0].help.is_some());
    }
}

#[test]
fn a_stream_that_is_cut_off_gives_what_it_holds() {
    let text = events(20_000);
    for codec in CODECS {
        let packed = pack(codec, text.as_bytes());
        let found = found(&packed[..packed.len() * 9 / 10]);
        let events = found.logs[0].1;
        assert!((1..20_000).contains(&events), "{codec:?}: {events}");
        assert_eq!(found.report.lost, 1);
        assert!(found.said().contains(&"archive/damaged"), "{codec:?}: {:?}", found.report.diagnostics);
        let empty = super::tests::found(&packed[..12]);
        assert_eq!((empty.said(), empty.counts()), (vec!["archive/damaged"], (0, 0, 1)), "{codec:?}");
    }
}

#[test]
fn a_wrong_checksum_is_said() {
    let text = events(100);
    let mut gzip = pack(Codec::Gzip, text.as_bytes());
    let at = gzip.len() - 8;
    gzip[at] ^= 1;
    let mut zipped_text = zip(&[zipped("a.xml", text.as_bytes())]);
    let at = zipped_text.windows(4).position(|w| w == b"PK\x01\x02").unwrap() + 16;
    zipped_text[at] ^= 1;
    for bytes in [gzip, zipped_text] {
        let found = found(bytes);
        assert_eq!((found.logs[0].1, found.report.lost, found.said()), (100, 1, vec!["archive/damaged"]));
    }
}

#[test]
fn a_zip_without_its_directory_is_read_by_its_headers() {
    let (text, more) = (events(3), events(5000));
    for flags in [0, 8] {
        let whole = zip(&[
            Zipped { flags, ..zipped("a.xml", text.as_bytes()) },
            Zipped { flags, ..zipped("b.xml", more.as_bytes()) },
        ]);
        let directory = whole.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
        let no_directory = found(&whole[..directory]);
        assert_eq!(no_directory.logs, [log("x!/a.xml", 3), log("x!/b.xml", 5000)], "{flags}");
        assert_eq!(no_directory.said()[0], "archive/damaged");
        let cut = found(&whole[..directory * 2 / 3]);
        assert_eq!(cut.logs[0], log("x!/a.xml", 3));
        assert!(cut.logs[1].1 > 100 && cut.logs[1].1 < 5000, "{:?}", cut.logs);
        assert!(cut.report.lost > 0);
    }
}

#[test]
fn a_tar_that_is_cut_off_or_has_a_bad_header() {
    let (three, five) = (events(3), events(500));
    let mut whole =
        tar(&[("a.xml", three.as_bytes()), ("b.xml", five.as_bytes()), ("c.xml", three.as_bytes())]);
    let cut = found(&whole[..40_000]);
    assert_eq!((cut.logs[0].clone(), cut.logs.len()), (log("x!/a.xml", 3), 2));
    assert_eq!(cut.opened.diagnostics[0].slug, "archive/damaged");
    assert!(cut.opened.diagnostics[0].message.contains("it is cut off in b.xml"));
    // The header of the second member.
    let at = 512 + three.len().next_multiple_of(512);
    whole[at + 100] ^= 0x7f;
    let ruined = found(whole);
    assert_eq!(ruined.logs, [log("x!/a.xml", 3), log("x!/c.xml", 3)]);
    assert!(ruined.opened.diagnostics[0].message.contains(&format!("no header at byte {at}")));
}

#[test]
fn limits_hold_for_all_of_a_file() {
    let text = events(1000);
    let size = text.len() as u64;
    let limits = Limits { archive_bytes: size * 2 + 100, ..Limits::default() };
    let member = |name| zipped(name, text.as_bytes());
    let archive = zip(&[member("a.xml"), member("b.xml"), member("c.xml")]);
    let three = look(&Input::memory("x", archive), limits);
    assert_eq!((three.logs.len(), three.said()), (2, vec!["archive/limit"]));
    assert!(three.opened.diagnostics[0].help.as_ref().unwrap().contains("--max-archive-bytes"));

    let small = Limits { archive_bytes: size / 2, ..Limits::default() };
    let found = look(&Input::memory("x", pack(Codec::Gzip, text.as_bytes())), small);
    assert!((1..1000).contains(&found.logs[0].1));
    assert!(found.said().contains(&"archive/limit"), "{:?}", found.said());

    let few = Limits { members: 2, ..Limits::default() };
    let archive = tar(&[("a.xml", text.as_bytes()), ("b.xml", text.as_bytes()), ("c.xml", text.as_bytes())]);
    let found = look(&Input::memory("x", archive), few);
    assert_eq!((found.logs.len(), found.said()), (2, vec!["archive/limit"]));
}

#[test]
fn reading_again_is_not_counted_again() {
    let text = events(1000);
    let limits = Limits { archive_bytes: text.len() as u64, ..Limits::default() };
    let opened = open(&Input::memory("x", pack(Codec::Gzip, text.as_bytes())), limits);
    for _ in 0..3 {
        let report = opened.parts[0].read(&ReadOptions::default(), &mut |_| {});
        assert_eq!((report.events, report.diagnostics), (1000, vec![]));
    }
}

#[test]
fn a_bomb_is_not_unpacked() {
    let zeros = vec![b' '; 100 << 20];
    let bomb = pack(Codec::Zstd, &zeros);
    let stream = Input::memory("x", bomb);
    let mut reader = stream
        .packed(None, Place::whole(Codec::Zstd, &Arc::new(Meter::new(Limits::default()))))
        .and_then(|inner| inner.open(0).map(|reader| (inner, reader)))
        .unwrap();
    let read = std::io::copy(&mut reader.1, &mut std::io::sink()).unwrap();
    assert!(read <= limits::RATIO_FROM + (1 << 20), "{read}");
    assert_eq!(reader.0.trouble().unwrap().slug, "archive/limit");
    let mut bytes = zip(&[zipped("a.xml", &zeros[..80 << 20])]);
    // It says that it is larger than it is; deflate can't pack as well as that.
    let at = bytes.windows(4).position(|w| w == b"PK\x01\x02").unwrap() + 24;
    bytes[at..at + 4].copy_from_slice(&(1u32 << 31).to_le_bytes());
    assert_eq!(found(bytes).said(), ["archive/limit"]);
}

#[test]
fn members_that_share_their_bytes_are_read_once() {
    let text = events(10);
    let mut bytes = zip(&[zipped("a.xml", text.as_bytes()), zipped("b.xml", text.as_bytes())]);
    let second = bytes.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    bytes[second + 42..second + 46].fill(0);
    let found = found(bytes);
    assert_eq!((found.logs.len(), found.said()), (1, vec!["archive/overlap"]));
}

#[test]
fn a_stored_log_is_cut_into_parts_like_a_file() {
    let text = events(200_000);
    let bytes = tar(&[("a.xml", text.as_bytes())]);
    let found = found(bytes);
    assert!(found.logs.len() > 1, "{:?}", found.logs);
    assert_eq!(found.report.events, 200_000);
    assert_eq!(found.said(), Vec::<&str>::new());
}

#[test]
fn a_large_evtx_log_is_cut_into_parts() {
    let mut bytes = vec![0; 4096 + (40 << 20)];
    bytes[..8].copy_from_slice(b"ElfFile\0");
    let archive = zip(&[zipped("a.evtx", &bytes), zipped("b.evtx", &bytes[..1 << 20])]);
    let whole = found(archive.clone());
    let names: Vec<_> = whole.logs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((names.len(), names[0], names[10]), (11, "x!/a.evtx", "x!/b.evtx"));
    assert_eq!(whole.report.bytes, 41 << 20, "the header of a file that is cut into parts is not read");
    let cut = look(&Input::memory("x", archive[..20_000].to_vec()), Limits::default());
    assert_eq!(
        (cut.logs.len(), cut.report.lost > 0),
        (1, true),
        "what is damaged is read while it is unpacked"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn damage_never_panics_and_is_bounded(
        which in 0usize..8,
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        keep in 0.0f64..1.2,
    ) {
        let text = events(60);
        let text = text.as_bytes();
        let mut bytes = match which {
            0..4 => pack(CODECS[which], text),
            4 => zip(&[zipped("a.xml", text), Zipped { flags: 8, ..zipped("b.xml", text) }]),
            5 => zip(&[Zipped { codec: Codec::Xz, method: 95, ..zipped("a.xml", text) },
                       Zipped { codec: Codec::Deflate64, method: 9, ..zipped("b.xml", text) },
                       Zipped { codec: Codec::Bzip2, method: 12, ..zipped("c.xml", text) }]),
            6 => tar(&[("a.xml", text), (&"long".repeat(60), text)]),
            _ => zip(&[zipped("i.tar", &tar(&[("a.xml", text)])), zipped("j.gz", &pack(Codec::Gzip, text))]),
        };
        bytes.truncate((bytes.len() as f64 * keep) as usize);
        for (at, value) in flips {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
        }
        let found = found(bytes);
        prop_assert!(found.report.events <= 200);
        prop_assert!(found.opened.logs <= 10);
    }

    #[test]
    fn anything_after_a_magic_is_survived(
        magic in proptest::sample::select(vec![
            &b"\x1f\x8b\x08\0"[..], b"\x28\xb5\x2f\xfd", b"\x5a\x2a\x4d\x18", b"\xfd7zXZ\0", b"BZh91AY&SY", b"PK\x03\x04", b"PK\x05\x06",
        ]),
        rest in proptest::collection::vec(any::<u8>(), 0..600),
    ) {
        let found = found([magic, &rest].concat());
        prop_assert!(found.report.events == 0);
        prop_assert!(!found.opened.diagnostics.is_empty() || found.opened.logs > 0);
    }
}

#[test]
fn a_member_of_a_file_on_disk() {
    let text = events(7);
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&zip(&[zipped("logs/a.xml", text.as_bytes())])).unwrap();
    let name = file.path().display().to_string();
    let found = look(&Input::file(file.path()), Limits::default());
    assert_eq!(found.logs, [log(&format!("{name}!/logs/a.xml"), 7)]);
    let mut head = String::new();
    found.opened.parts[0].input().open(0).unwrap().read_to_string(&mut head).unwrap();
    assert_eq!(head, text);
}

#[test]
fn what_is_inside_is_read_through_as_it_is() {
    let (one, two) = (events(3), events(4000));
    let bytes = zip(&[zipped("one.xml", one.as_bytes()), zipped("two.xml", two.as_bytes())]);
    let opened = open(&Input::memory("a.zip", bytes.clone()), Limits::default());
    for (name, content) in [("a.zip!/one.xml", &one), ("a.zip!/two.xml", &two)] {
        let part = opened.parts.iter().find(|part| part.input().name() == name).unwrap();
        for _ in 0..2 {
            let mut read = Vec::new();
            let count = part.input().read_through(&mut |block| read.extend_from_slice(block)).unwrap();
            assert_eq!((count, read.as_slice()), (content.len() as u64, content.as_bytes()), "{name}");
        }
    }
    // What ends before its end has no hash.
    let mut broken = pack(Codec::Gzip, one.as_bytes());
    broken.truncate(broken.len() - 20);
    let opened = open(&Input::memory("one.xml.gz", broken), Limits::default());
    let cut = opened.parts[0].input().read_through(&mut |_| {}).unwrap_err();
    assert_eq!(cut.slug, "archive/damaged");
    let stream = Input::stream("<s>", Cursor::new("x"));
    assert_eq!(stream.read_through(&mut |_| {}).unwrap(), 1);
    assert_eq!(stream.read_through(&mut |_| {}).unwrap_err().slug, "input/read-twice");
}
