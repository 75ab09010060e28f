//! `XmlWinEventLog` text: `<Event>` elements as Windows renders them, one after the other, each on a line of its own or
//! spread over several, or all in a wrapper element.

mod split;

use super::{LogFormat, text_parts, with_text};
use crate::Input;
use crate::detect::Head;
use crate::part::{Extent, Output};
use grotto_diag::Diagnostic;
use split::{MAX_EVENT, Piece, Splitter, after_blanks, certain_start, tag_len};
use std::io::{self, Read};

/// The format.
pub(super) struct XmlEvents;

impl LogFormat for XmlEvents {
    fn name(&self) -> &'static str {
        "XmlWinEventLog"
    }

    fn shape(&self) -> &'static str {
        "XmlWinEventLog text (<Event> elements, alone or in a wrapper element, in UTF-8 or UTF-16)"
    }

    fn matches(&self, head: &Head) -> bool {
        let text = after_blanks(head.text.as_bytes());
        if is_element(text, b"Event") || is_element(text, b"Events") {
            return true;
        }
        let wrapper = matches!(text, [b'<', b, ..] if b.is_ascii_alphabetic());
        wrapper && tag_len(text).is_some_and(|len| is_element(after_blanks(&text[len..]), b"Event"))
    }

    fn split(&self, input: &Input, head: &Head, len: u64) -> Result<Vec<Extent>, Diagnostic> {
        text_parts(input, head, len, MAX_EVENT, certain_start)
    }

    fn read(&self, reader: &mut dyn Read, extent: Extent, output: &mut Output<'_>) -> io::Result<()> {
        with_text(reader, extent, |reader| events(&mut Splitter::new(reader, extent.start), output))
    }
}

/// Reads all events of a stream.
fn events(splitter: &mut Splitter<'_>, output: &mut Output<'_>) -> io::Result<()> {
    let mut garbled = 0u64;
    while let Some((piece, offset)) = splitter.next()? {
        let place = || format!("the event at byte {offset}");
        match piece {
            Piece::Event(bytes) => {
                let text = String::from_utf8_lossy(bytes);
                garbled += u64::from(matches!(text, std::borrow::Cow::Owned(_)));
                output.event(&text, &place);
            }
            Piece::Cut => output.failed("xml/cut", &format!("{} has no end", place())),
            Piece::TooLong => {
                output.failed("xml/too-long", &format!("{} is longer than {MAX_EVENT} bytes", place()));
            }
        }
    }
    if garbled > 0 {
        output.note(
            "xml/not-utf8",
            &format!("{garbled} events hold bytes that are not UTF-8; they are read as U+FFFD"),
        );
    }
    Ok(())
}

/// Whether a text starts with this element.
fn is_element(text: &[u8], name: &[u8]) -> bool {
    text.strip_prefix(b"<")
        .and_then(|rest| rest.strip_prefix(name))
        .is_some_and(|rest| rest.first().is_some_and(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/')))
}

#[cfg(test)]
mod tests;
