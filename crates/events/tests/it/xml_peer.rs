//! The decoder's own scanner agrees with a general XML parser on every event of the sample logs.

use crate::{files, read, values};
use grotto_events::{Input, ReadOptions, decode, plan};
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::Event;

/// Path, name attribute and text of every element that holds text alone, as `quick-xml` sees them.
fn leaves(xml: &str) -> Vec<(String, String, String)> {
    let mut reader = Reader::from_str(xml);
    let (mut path, mut out) = (Vec::<(String, String, usize, bool)>::new(), Vec::new());
    loop {
        let before = reader.buffer_position() as usize;
        let event = reader.read_event().unwrap();
        let after = reader.buffer_position() as usize;
        match event {
            Event::Start(e) | Event::Empty(e) => {
                let closed = xml[before..after].ends_with("/>");
                if let Some(parent) = path.last_mut() {
                    parent.3 = true;
                }
                let name = e.attributes().flatten().find(|a| a.key.as_ref() == "Name");
                let name = name.map(|a| unescape(&a.value).unwrap().into_owned());
                let local = e.local_name().as_ref().to_owned();
                path.push((local, name.unwrap_or_default(), after, false));
                if closed {
                    close(&mut path, &mut out, "");
                }
            }
            Event::End(_) => {
                let start = path.last().map_or(0, |p| p.2);
                close(&mut path, &mut out, &xml[start..before]);
            }
            Event::Eof => return out,
            _ => {}
        }
    }
}

/// Closes the innermost element; keeps it when it held text alone.
fn close(
    path: &mut Vec<(String, String, usize, bool)>,
    out: &mut Vec<(String, String, String)>,
    inner: &str,
) {
    let names: Vec<String> = path.iter().map(|p| p.0.clone()).collect();
    let Some((_, name, _, nested)) = path.pop() else { return };
    if !nested {
        out.push((names.join("/"), name, unescape(inner).unwrap().into_owned()));
    }
}

#[test]
fn both_find_the_same_values() {
    let (mut events, mut compared) = (0, 0);
    for path in files("data/evtx-attack-samples", "evtx") {
        for batch in read(&plan(&Input::file(path)).unwrap(), &ReadOptions::only(["_raw"])).0 {
            for row in 0..batch.rows() {
                let raw = values(&batch, "_raw", row).remove(0);
                let event = decode::event(&raw).unwrap();
                events += 1;
                for (path, name, text) in leaves(&raw) {
                    let parts: Vec<&str> = path.split('/').collect();
                    let field = match parts[..] {
                        ["Event", "EventData", "Data"] if name.is_empty() => "Data".to_owned(),
                        ["Event", "EventData", "Data"] => name.replace(' ', "_"),
                        [
                            "Event",
                            "System",
                            "Provider" | "TimeCreated" | "Correlation" | "Execution" | "Security",
                        ] => continue,
                        [.., leaf] => leaf.to_owned(),
                        [] => continue,
                    };
                    compared += 1;
                    if text.is_empty() {
                        continue;
                    }
                    let found = event.values(&field);
                    assert!(
                        found.iter().any(|v| *v == text),
                        "{field} should be {text:?}, is {found:?} in {raw}"
                    );
                }
            }
        }
    }
    println!("{events} events, {compared} values");
}
