//! Where one event ends and the next begins in a stream of XML text.
//!
//! An event is what stands between `<Event …>` and its `</Event>`. An `<Event …>` that is followed by `<System>` is
//! always the start of an event, so that one whose end is missing does not swallow the next.

use memchr::memmem::Finder;
use std::io::{self, Read};
use std::ops::Range;

/// Events longer than this are passed over. Windows writes at most 64 KiB; exporters add to it.
pub(super) const MAX_EVENT: usize = 16 << 20;

/// How much is read at a time.
const BLOCK: u64 = 256 << 10;

/// A start tag longer than this is none.
const MAX_TAG: usize = 4096;

const NAME: &[u8] = b"Event";
const OPEN: &[u8] = b"<Event";

/// What an `<Event` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    /// The start of an event.
    Event,
    /// An element of this name without the `System` that makes it an event.
    Other,
    /// One that is closed already; its tag ends here.
    Closed(usize),
    /// The text ends too early to know.
    Unknown,
}

/// How an event starts.
enum Opened {
    /// By its tag.
    Tag,
    /// By a tag that is all of it, of this length.
    Whole(usize),
}

/// A tag of an `Event` element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marker {
    /// `<Event` at this place.
    Open(usize),
    /// `</Event>`, which ends at this place.
    Close(usize),
    /// None until here, from where on the text is still to come.
    None(usize),
}

/// A piece of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'b> {
    /// The text of an event.
    Event(&'b [u8]),
    /// The start of an event whose end is missing.
    Cut,
    /// An event of more than [`MAX_EVENT`] bytes.
    TooLong,
}

/// Cuts a stream into events.
pub(super) struct Splitter<'r> {
    reader: &'r mut dyn Read,
    name: Finder<'static>,
    buffer: Vec<u8>,
    /// What is before it in the buffer is done with.
    start: usize,
    /// Offset of the start of the buffer in the stream.
    offset: u64,
    /// The piece that was given out last, in the buffer.
    last: Range<usize>,
    ended: bool,
    /// After a piece that was passed over: only what is certainly an event starts one.
    strict: bool,
}

impl<'r> Splitter<'r> {
    /// A splitter of a stream that starts at `offset`.
    pub(super) fn new(reader: &'r mut dyn Read, offset: u64) -> Self {
        Self {
            reader,
            name: Finder::new(NAME),
            buffer: Vec::new(),
            start: 0,
            offset,
            last: 0..0,
            ended: false,
            strict: false,
        }
    }

    /// The next piece and the offset at which it starts.
    ///
    /// # Errors
    /// Reading failed.
    pub(super) fn next(&mut self) -> io::Result<Option<(Piece<'_>, u64)>> {
        let Some(opened) = self.find_start()? else { return Ok(None) };
        let (kind, len) = match opened {
            Opened::Whole(len) => (Kind::Event, len),
            Opened::Tag => self.find_end()?,
        };
        let offset = self.offset + self.start as u64;
        self.last = self.start..self.start + len;
        self.start = self.last.end;
        self.strict = kind != Kind::Event;
        let piece = match kind {
            Kind::Event => Piece::Event(&self.buffer[self.last.clone()]),
            Kind::Cut => Piece::Cut,
            Kind::TooLong => Piece::TooLong,
        };
        Ok(Some((piece, offset)))
    }

    /// Moves `start` to the next event; `None` at the end.
    fn find_start(&mut self) -> io::Result<Option<Opened>> {
        let mut from = 0;
        loop {
            match self.marker(from) {
                Marker::Open(at) => match self.kind_of_start(at) {
                    Start::Unknown if !self.ended => {
                        self.start += at;
                        from = 0;
                        self.fill()?;
                    }
                    Start::Event => {
                        self.start += at;
                        return Ok(Some(Opened::Tag));
                    }
                    Start::Closed(end) if !self.strict => {
                        self.start += at;
                        return Ok(Some(Opened::Whole(end - at)));
                    }
                    Start::Other | Start::Unknown if !self.strict => {
                        self.start += at;
                        return Ok(Some(Opened::Tag));
                    }
                    _ => from = at + OPEN.len(),
                },
                Marker::Close(end) => from = end,
                Marker::None(_) if self.ended => return Ok(None),
                Marker::None(resume) => {
                    self.start += resume;
                    from = 0;
                    self.fill()?;
                }
            }
        }
    }

    /// Length of the piece that starts at `start`, and what it is.
    fn find_end(&mut self) -> io::Result<(Kind, usize)> {
        let (mut from, mut depth) = (OPEN.len(), 1);
        loop {
            match self.marker(from) {
                Marker::Open(at) => match self.kind_of_start(at) {
                    Start::Event => return Ok((Kind::Cut, at)),
                    Start::Unknown if !self.ended => {
                        from = at;
                        self.fill()?;
                    }
                    Start::Closed(end) => from = end,
                    Start::Other | Start::Unknown => {
                        depth += 1;
                        from = at + OPEN.len();
                    }
                },
                Marker::Close(end) => {
                    depth -= 1;
                    from = end;
                    if depth == 0 {
                        return Ok((Kind::Event, end));
                    }
                }
                Marker::None(_) if self.ended => return Ok((Kind::Cut, self.rest().len())),
                Marker::None(resume) if resume > MAX_EVENT => return Ok((Kind::TooLong, resume)),
                Marker::None(resume) => {
                    from = resume;
                    self.fill()?;
                }
            }
        }
    }

    /// What is in the buffer and not done with.
    fn rest(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    /// The next tag of an `Event` element at or after `from`; places count from `start`.
    fn marker(&self, from: usize) -> Marker {
        let text = self.rest();
        let mut from = from.min(text.len());
        while let Some(found) = self.name.find(&text[from..]) {
            let name = from + found;
            let end = name + NAME.len();
            let open = text[..name].ends_with(b"<");
            let close = text[..name].ends_with(b"</");
            match text.get(end) {
                None if open || close => return Marker::None(name - 1 - usize::from(close)),
                Some(b) if open && (b.is_ascii_whitespace() || matches!(b, b'>' | b'/')) => {
                    return Marker::Open(name - 1);
                }
                Some(b'>') if close => return Marker::Close(end + 1),
                Some(b) if close && b.is_ascii_whitespace() => {
                    match text[end..].iter().take(MAX_TAG).position(|b| *b == b'>') {
                        Some(n) => return Marker::Close(end + n + 1),
                        None if text.len() < end + MAX_TAG && !self.ended => return Marker::None(name - 2),
                        None => {}
                    }
                }
                _ => {}
            }
            from = end;
        }
        // The last bytes may be the start of `</Event`.
        Marker::None(text.len().saturating_sub(NAME.len() + 1).max(from))
    }

    fn kind_of_start(&self, at: usize) -> Start {
        kind_of_start(&self.rest()[at..]).shifted(at)
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.start);
        self.offset += self.start as u64;
        self.start = 0;
        self.last = 0..0;
        let before = self.buffer.len();
        (&mut *self.reader).take(BLOCK).read_to_end(&mut self.buffer)?;
        self.ended = self.buffer.len() == before;
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Event,
    Cut,
    TooLong,
}

impl Start {
    fn shifted(self, by: usize) -> Self {
        if let Self::Closed(end) = self { Self::Closed(end + by) } else { self }
    }
}

/// What the `<Event` at the start of this text is.
fn kind_of_start(text: &[u8]) -> Start {
    let Some(tag) = tag_len(text) else {
        return if text.len() > MAX_TAG { Start::Other } else { Start::Unknown };
    };
    if text[..tag].ends_with(b"/>") {
        return Start::Closed(tag);
    }
    let rest = after_blanks(&text[tag..]);
    let system = b"<System";
    match rest.get(..system.len() + 1) {
        Some(start) if start.starts_with(system) => match start[system.len()] {
            b if b.is_ascii_whitespace() || matches!(b, b'>' | b'/') => Start::Event,
            _ => Start::Other,
        },
        Some(_) => Start::Other,
        None if text.len() - tag > MAX_TAG => Start::Other,
        None if system.starts_with(rest) || rest.starts_with(system) || rest.starts_with(b"<!--") => {
            Start::Unknown
        }
        None => Start::Other,
    }
}

/// Length of the tag at the start of a text; a `>` in quotes does not end it.
pub(super) fn tag_len(text: &[u8]) -> Option<usize> {
    let mut quote = None;
    for (at, b) in text.iter().enumerate().take(MAX_TAG) {
        match (quote, b) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(*b),
            (Some(q), b) if q == *b => quote = None,
            _ => {}
        }
    }
    None
}

/// A text without the blanks, comments, declarations and processing instructions at its start.
pub(super) fn after_blanks(mut text: &[u8]) -> &[u8] {
    loop {
        text = text.trim_ascii_start();
        let close: &[u8] = match text {
            [b'<', b'!', b'-', b'-', ..] => b"-->",
            [b'<', b'!', ..] => b">",
            [b'<', b'?', ..] => b"?>",
            _ => return text,
        };
        match memchr::memmem::find(text, close) {
            Some(at) => text = &text[at + close.len()..],
            None => return text,
        }
    }
}

/// Where the first event starts in a text that can begin anywhere; only what certainly is an event counts.
pub(super) fn certain_start(text: &[u8]) -> Option<usize> {
    let open = Finder::new(OPEN);
    let mut from = 0;
    while let Some(found) = open.find(text.get(from..)?) {
        let at = from + found;
        let delimited = text.get(at + OPEN.len()).is_some_and(|b| b.is_ascii_whitespace() || *b == b'>');
        if delimited && kind_of_start(&text[at..]) == Start::Event {
            return Some(at);
        }
        from = at + OPEN.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let n = self.1.min(buffer.len()).min(self.0.len());
            self.0.read(&mut buffer[..n])
        }
    }

    /// The pieces of a text as strings, each with its offset.
    fn pieces(text: &str) -> Vec<(String, u64)> {
        let mut reader = Slow(text.as_bytes(), 7);
        let mut splitter = Splitter::new(&mut reader, 100);
        let mut out = Vec::new();
        while let Some((piece, offset)) = splitter.next().unwrap() {
            let piece = match piece {
                Piece::Event(text) => String::from_utf8_lossy(text).into_owned(),
                other => format!("{other:?}"),
            };
            out.push((piece, offset - 100));
            assert!(out.len() < 100, "it goes on for ever");
        }
        out
    }

    const A: &str = "<Event xmlns='a>b'><System><EventID>1</EventID></System><EventData/></Event>";
    const B: &str = "<Event>\n <!-- c -->\n <System>\n</System></Event >";

    #[test]
    fn events_one_after_the_other_and_what_is_between() {
        for text in [
            format!("{A}{B}"),
            format!("{A}\r\n{B}\r\n"),
            format!("<?xml version='1.0'?>\n<Events xmlns='e'>\n{A}\n{B}\n</Events>\n"),
            format!("Nov 24 host: {A}\nNov 24 host: {B}"),
        ] {
            let expected = [A, B].map(|e| (e.to_owned(), text.find(e).unwrap() as u64));
            assert_eq!(pieces(&text), expected, "{text}");
        }
    }

    #[test]
    fn an_event_without_end_does_not_swallow_the_next() {
        let cut = &A[..A.len() - 12];
        assert_eq!(pieces(&format!("{cut}\n{B}")), [("Cut".into(), 0), (B.to_owned(), cut.len() as u64 + 1)]);
        assert_eq!(pieces(&format!("{B}{cut}")), [(B.to_owned(), 0), ("Cut".into(), B.len() as u64)]);
        assert_eq!(pieces("<Event><System>"), [("Cut".into(), 0)]);
    }

    #[test]
    fn an_event_element_inside_an_event() {
        let nested = "<Event><System/><UserData><Event x='1'><v>1</v></Event><Event/></UserData></Event>";
        assert_eq!(
            pieces(&format!("{nested}{A}")),
            [(nested.to_owned(), 0), (A.to_owned(), nested.len() as u64)]
        );
    }

    #[test]
    fn elements_without_system_are_pieces_too() {
        let text = "<Event/><Event><EventData/></Event><EventData><Events></Eventful>";
        assert_eq!(pieces(text), [("<Event/>".into(), 0), ("<Event><EventData/></Event>".into(), 8)]);
    }

    #[test]
    fn no_events() {
        for text in
            ["", "   ", "<Events></Events>", "</Event></Event>", "<Even", "Event Event", "<", "</Event"]
        {
            assert_eq!(pieces(text), [], "{text}");
        }
    }

    #[test]
    fn an_endless_event_is_passed_over() {
        let long = format!(
            "<Event><System></System><EventData><Data>{}<Event x='n'>",
            "x".repeat(MAX_EVENT + 999_999)
        );
        let text = format!("{long}{A}");
        let mut bytes = text.as_bytes();
        let mut splitter = Splitter::new(&mut bytes, 0);
        assert_eq!(splitter.next().unwrap(), Some((Piece::TooLong, 0)));
        let (piece, offset) = splitter.next().unwrap().unwrap();
        assert_eq!((piece, offset), (Piece::Event(A.as_bytes()), long.len() as u64));
        assert!(splitter.buffer.len() < MAX_EVENT, "what is done with is let go");
    }

    #[test]
    fn a_certain_start_from_anywhere() {
        let text = format!("xmlns='a'><Event x='1'/><Event>no</Event><Events>{A}{B}");
        assert_eq!(certain_start(text.as_bytes()), text.find(A));
        assert_eq!(certain_start(b"<Event>"), None);
        assert_eq!(certain_start(b"<Event"), None);
    }

    proptest::proptest! {
        #[test]
        fn how_the_text_arrives_does_not_matter(
            pieces in proptest::collection::vec(proptest::sample::select(vec![
                A, B, "<Event>", "</Event>", "<System>", "</System >", "<Event/>", "<Events>", "<EventData>", "<!-- ", "-->",
                " ", "<Event a='>", "'", "x", "</Event", "<", "<Event xmlns='y'", ">",
            ]), 0..20),
            size in 1usize..40,
        ) {
            let text = pieces.concat();
            let all = |mut reader: &mut dyn Read| {
                let mut splitter = Splitter::new(&mut reader, 0);
                let mut out = Vec::new();
                while let Some((piece, offset)) = splitter.next().unwrap() {
                    let text = if let Piece::Event(text) = piece { text.to_vec() } else { Vec::new() };
                    assert!(text.is_empty() || (text.starts_with(OPEN) && text.ends_with(b">")));
                    out.push((text, offset));
                    assert!(out.len() < 1000, "it goes on for ever");
                }
                out
            };
            let whole = all(&mut text.as_bytes());
            proptest::prop_assert_eq!(&whole, &all(&mut Slow(text.as_bytes(), size)));
            for window in whole.windows(2) {
                proptest::prop_assert!(window[0].1 + window[0].0.len() as u64 <= window[1].1, "pieces do not overlap");
            }
        }
    }
}
