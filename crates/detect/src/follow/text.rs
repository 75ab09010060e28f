//! Text that grows: what of it are whole events.

use super::{Mark, News, Open, STEP, Way, bytes, decode};
use grotto_diag::Diagnostic;
use grotto_events::Labels;
use std::sync::Arc;

/// Longest header of a table.
const LONGEST_HEADER: u64 = 1 << 20;

/// Longest event; text without an end for longer is taken as it is.
const LONGEST: u64 = 8 * STEP;

/// Reads whole events after the mark. The rest at the end of a file is taken for an event when it has not grown since the
/// last round.
pub(super) fn read(
    open: &mut Open<'_>,
    mark: &mut Mark,
    way: Way,
    labels: &Arc<Labels>,
    news: &mut News,
) -> Result<(), Diagnostic> {
    let (mut step, mut new, mut end);
    step = STEP;
    loop {
        new = bytes(open, mark.offset, step)?;
        end = whole(&new, way);
        if end > 0 || (new.len() as u64) < step || step >= LONGEST {
            break;
        }
        step *= 2;
    }
    let at_end = mark.offset + new.len() as u64 >= open.seen.len;
    if (at_end && open.quiet && worth(&new[end..], way)) || (end == 0 && new.len() as u64 >= LONGEST) {
        end = new.len();
    }
    news.more |= !at_end && end > 0;
    if end == 0 {
        return Ok(());
    }
    new.truncate(end);
    let blank = new.iter().all(u8::is_ascii_whitespace);
    let mut text = Vec::new();
    if way == Way::Csv && mark.offset > 0 {
        let head = bytes(open, 0, LONGEST_HEADER)?;
        let header = head.iter().position(|byte| *byte == b'\n').map_or(head.len(), |at| at + 1);
        text.extend_from_slice(&head[..header]);
    }
    text.append(&mut new);
    if !blank {
        decode(open.name, text, labels, news, &mut |batch| Some(batch));
    }
    mark.offset += end as u64;
    Ok(())
}

/// Whether the file holds a JSON document a line.
pub(super) fn is_lines(head: &[u8]) -> bool {
    let first = head.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty());
    first.is_some_and(|line| {
        line.trim_ascii_start().starts_with(b"{")
            && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
    })
}

/// How many of the bytes are whole events.
fn whole(text: &[u8], way: Way) -> usize {
    let behind = |at: Option<usize>| at.map_or(0, |at| at + 1);
    match way {
        Way::Xml => {
            const END: &[u8] = b"</Event>";
            text.windows(END.len()).rposition(|window| window == END).map_or(0, |at| at + END.len())
        }
        Way::Csv => {
            // A line break between quotation marks ends no row.
            let mut quoted = false;
            let mut end = 0;
            for (at, byte) in text.iter().enumerate() {
                quoted ^= *byte == b'"';
                if *byte == b'\n' && !quoted {
                    end = at + 1;
                }
            }
            end
        }
        Way::Classic => {
            // An event ends where the next one begins.
            let starts = |at: &usize| text.get(*at..).is_some_and(is_dated);
            let mut begins =
                text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
            begins.rfind(starts).unwrap_or(0)
        }
        Way::Json | Way::Evtx | Way::Whole => behind(text.iter().rposition(|byte| *byte == b'\n')),
    }
}

/// Whether text begins with a date as Splunk's Windows input writes it, such as `11/14/2023`.
fn is_dated(text: &[u8]) -> bool {
    let shape: Vec<u8> = text.iter().take(10).map(|b| if b.is_ascii_digit() { b'0' } else { *b }).collect();
    shape == b"00/00/0000"
}

/// Whether the rest of a file may be an event.
fn worth(rest: &[u8], way: Way) -> bool {
    match way {
        Way::Xml => false,
        _ => !rest.trim_ascii().is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_whole_or_wait() {
        for (way, text, expected) in [
            (Way::Json, "{\"a\":1}\n{\"b\"", "{\"a\":1}\n"),
            (Way::Json, "{\"a\"", ""),
            (Way::Xml, "<Event>1</Event><Event>2</Ev", "<Event>1</Event>"),
            (Way::Csv, "1,2\n3,\"a\nb", "1,2\n"),
            (Way::Csv, "1,\"a\nb\"\n", "1,\"a\nb\"\n"),
            (Way::Classic, "11/14/2023 a\nb=1\n11/14/2023 c\nb=", "11/14/2023 a\nb=1\n"),
            (Way::Classic, "11/14/2023 a\nb=1\n", ""),
        ] {
            assert_eq!(&text[..whole(text.as_bytes(), way)], expected, "{text}");
        }
    }

    #[test]
    fn documents_over_several_lines_are_no_lines() {
        for (text, lines) in [
            ("{\"a\":1}\n{\"b\"", true),
            ("\n{\"a\":1}", true),
            ("[{\"a\":1}]", false),
            ("{\n\"a\":1}", false),
        ] {
            assert_eq!(is_lines(text.as_bytes()), lines, "{text}");
        }
    }
}
