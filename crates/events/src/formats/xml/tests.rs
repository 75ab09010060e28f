use super::*;
use crate::{Batch, Cell, Part, PartReport, ReadOptions, plan};

fn event(n: usize, filler: &str) -> String {
    format!(
        "<Event xmlns='x'><System><EventID>{n}</EventID></System><EventData><Data Name='f'>{filler}</Data></EventData></Event>\n"
    )
}

/// All parts of an input, one after the other.
fn read(parts: &[Part]) -> (Vec<Batch>, PartReport) {
    let (mut batches, mut report) = (Vec::new(), PartReport::default());
    for part in parts {
        report.merge(part.read(&ReadOptions::default(), &mut |batch| batches.push(batch)));
    }
    (batches, report)
}

fn read_all(bytes: impl Into<Vec<u8>>) -> (Vec<Batch>, PartReport) {
    read(&plan(&Input::memory("<m>", bytes.into())).unwrap())
}

fn ids(batches: &[Batch]) -> Vec<String> {
    let cell = |batch: &Batch| match batch.cell("EventID", 0) {
        Cell::Text(id) => id.to_owned(),
        other => format!("{other:?}"),
    };
    batches.iter().map(cell).collect()
}

#[test]
fn every_encoding_gives_the_same_events() {
    let text =
        format!("<?xml version='1.0'?>\r\n<Events>\r\n{}{}</Events>", event(1, "naïve 😀"), event(2, "b"));
    let utf16 = |bytes: fn(u16) -> [u8; 2], bom: &str| -> Vec<u8> {
        format!("{bom}{text}").encode_utf16().flat_map(bytes).collect()
    };
    for bytes in [
        text.clone().into_bytes(),
        format!("\u{feff}{text}").into_bytes(),
        utf16(u16::to_le_bytes, "\u{feff}"),
        utf16(u16::to_be_bytes, "\u{feff}"),
        utf16(u16::to_le_bytes, ""),
        utf16(u16::to_be_bytes, ""),
    ] {
        let len = bytes.len() as u64;
        let (batches, report) = read_all(bytes);
        assert_eq!((report.events, report.failed, report.bytes), (2, 0, len), "{:?}", report.diagnostics);
        assert_eq!(batches[0].cell("f", 0), Cell::Text("naïve 😀"));
        assert_eq!(batches[1].cell("_raw", 0), Cell::Text(event(2, "b").trim_end()));
    }
}

#[test]
fn a_large_file_is_read_in_parts_as_in_one() {
    let filler = "y".repeat(1500);
    let text: String = (0..30_000).fold(String::new(), |all, n| all + &event(n % 7, &format!("{filler}{n}")));
    let input = Input::memory("<m>", text.clone().into_bytes());
    let parts = plan(&input).unwrap();
    assert!(parts.len() > 1, "{} bytes are worth several parts", text.len());
    assert_eq!(parts.iter().map(Part::bytes).sum::<u64>(), text.len() as u64);
    let (batches, report) = read(&parts);
    assert_eq!((report.events, report.failed, report.bytes), (30_000, 0, text.len() as u64));
    assert_eq!(batches.iter().map(Batch::rows).sum::<usize>(), 30_000);
}

#[test]
fn a_file_without_starts_stays_in_one_part() {
    let text = format!("{}{}", event(1, "a"), "no events from here on, ".repeat(1 << 21));
    let parts = plan(&Input::memory("<m>", text.into_bytes())).unwrap();
    assert_eq!(parts.len(), 1);
    assert_eq!(read(&parts).1.events, 1);
}

#[test]
fn bad_events_are_counted_and_named() {
    let cut = event(2, "b").trim_end().trim_end_matches("</Event>").to_owned();
    let text = format!("{}{cut}\n{}<Event><Nothing/></Event><Event/>", event(1, "a"), event(3, "c"));
    let (batches, report) = read_all(text.clone());
    assert_eq!((ids(&batches), report.events, report.failed), (vec!["1".into(), "3".into()], 2, 3));
    let said: Vec<String> = report.diagnostics.iter().map(ToString::to_string).collect();
    assert!(said[0].starts_with("<m>: error[xml/cut]: the event at byte"), "{said:?}");
    assert!(said[0].contains(&text.find(&cut).unwrap().to_string()), "{said:?}");
    assert!(said[1].contains("xml/bad-event") && said[1].contains("no System"), "{said:?}");
}

#[test]
fn diagnostics_are_bounded_and_the_rest_counted() {
    let (_, report) = read_all("<Event/>".repeat(500));
    assert_eq!((report.failed, report.diagnostics.len(), report.more_diagnostics), (500, 20, 480));
}

#[test]
fn an_event_that_is_not_utf8_is_kept() {
    let mut bytes = event(1, "caf?").into_bytes();
    let at = bytes.iter().position(|b| *b == b'?').unwrap();
    bytes[at] = 0xe9;
    let (batches, report) = read_all(bytes);
    assert_eq!(batches[0].cell("f", 0), Cell::Text("caf\u{fffd}"));
    assert_eq!((report.events, report.failed, report.diagnostics[0].slug), (1, 0, "xml/not-utf8"));
}

#[test]
fn a_stream_is_one_part() {
    let text = event(1, "a").repeat(3);
    let parts = plan(&Input::stream("<pipe>", io::Cursor::new(text.clone()))).unwrap();
    assert_eq!((parts.len(), parts[0].bytes()), (1, 0));
    let (_, report) = read(&parts);
    assert_eq!((report.events, report.bytes), (3, text.len() as u64));
    let (_, again) = read(&parts);
    assert_eq!((again.events, again.diagnostics[0].slug), (0, "input/read-twice"));
}

#[test]
fn a_wrapper_without_events_has_none() {
    let (batches, report) = read_all("<?xml version='1.0'?><Events></Events>");
    assert_eq!((batches.len(), report.events, report.failed), (0, 0, 0));
}
