//! Where one record ends and the next begins in a stream of JSON: lines, values one after the other, the elements of an
//! array, and the elements of the array that a wrapper object such as `{"Records":[…]}` holds. One record is in memory
//! at a time, however long the array is.
//!
//! A record that is no JSON costs itself alone where that can be told: the rest of its line, or, when it spans lines,
//! all up to the next line that looks like the start of a record.

use super::value::{Json, ParseError, Parser};
use memchr::{memchr_iter, memrchr};
use std::io::{self, Read};

/// Records longer than this are passed over.
pub(super) const MAX_RECORD: usize = 16 << 20;

/// How much is read at a time.
const BLOCK: usize = 256 << 10;

/// Arrays and wrappers in each other.
const MAX_FRAMES: usize = 8;

/// Blanks before the records of an array that are counted.
const MAX_INDENT: usize = 4096;

/// Members that may stand before the array of a wrapper.
const MAX_LEADING: usize = 16;

/// A piece of the stream.
#[derive(Debug)]
pub(super) enum Item<'b> {
    /// A value, its text, and what it is in.
    Record { value: Json<'b>, text: &'b [u8], frame: Option<&'b Frame>, garbled: bool },
    /// Something that is no JSON: what is wrong, and its start.
    Bad { what: &'static str, text: &'b [u8] },
    /// A record whose end is missing.
    Cut { text: &'b [u8] },
    /// A record of more than [`MAX_RECORD`] bytes.
    TooLong,
}

/// An array that is being read.
#[derive(Debug, Default)]
pub(super) struct Frame {
    /// The member that holds it; empty for one that stands alone.
    pub(super) key: String,
    /// The names of columns, when the elements are rows of a table.
    pub(super) columns: Option<Vec<String>>,
    /// Objects around it that close after it.
    tail: usize,
    /// Whether its end was read.
    closed: bool,
}

/// What to do next.
enum Step {
    /// Pass over this many bytes.
    Skip(usize),
    /// Pass over this many bytes and into an array.
    Enter(usize, Frame),
    /// Pass over what can't be read.
    Resync,
    /// Read more.
    More,
}

/// Cuts a stream into records.
pub(super) struct Records<'r> {
    reader: &'r mut dyn Read,
    buffer: Vec<u8>,
    /// What is before it in the buffer is done with.
    start: usize,
    ended: bool,
    /// Line feeds so far.
    lines: u64,
    /// Bytes since the last line feed.
    column: usize,
    frames: Vec<Frame>,
}

impl<'r> Records<'r> {
    /// The records of a stream.
    pub(super) fn new(reader: &'r mut dyn Read) -> Self {
        Self { reader, buffer: Vec::new(), start: 0, ended: false, lines: 0, column: 0, frames: Vec::new() }
    }

    /// Calls `take` for every record, with the number of line feeds before it. Gives whether the stream ends inside an
    /// array.
    ///
    /// # Errors
    /// Reading failed.
    pub(super) fn each(&mut self, take: &mut dyn FnMut(Item<'_>, u64)) -> io::Result<bool> {
        self.fill()?;
        if self.buffer.starts_with(b"\xef\xbb\xbf") {
            self.start = 3;
        }
        loop {
            self.skip_blanks();
            let Some(first) = self.buffer.get(self.start).copied() else {
                if self.ended {
                    return Ok(!self.frames.is_empty());
                }
                self.fill()?;
                continue;
            };
            match self.step(first, take) {
                Step::Skip(len) => self.advance(len),
                Step::Enter(len, frame) => {
                    self.advance(len);
                    self.frames.push(frame);
                }
                Step::Resync => self.resync()?,
                Step::More => self.fill()?,
            }
        }
    }

    /// Looks at what starts with this byte.
    fn step(&mut self, first: u8, take: &mut dyn FnMut(Item<'_>, u64)) -> Step {
        if let Some(frame) = self.frames.last_mut() {
            if frame.closed {
                return self.close(first);
            }
            if first == b']' {
                frame.closed = true;
                if frame.tail == 0 {
                    self.frames.pop();
                }
                return Step::Skip(1);
            }
        }
        let rest = &self.buffer[self.start..];
        let inside = self.frames.last();
        if first == b'[' && inside.is_none() {
            return Step::Enter(1, Frame::default());
        }
        if first == b'{' && self.frames.len() < MAX_FRAMES {
            match wrapper(rest) {
                Ok(Some((len, frame))) => return Step::Enter(len, frame),
                Err(ParseError::Cut) if !self.ended && rest.len() < MAX_RECORD => return Step::More,
                _ => {}
            }
        }
        let mut parser = Parser::new(rest, 0);
        let (item, step) = match parser.value() {
            Ok(value) => {
                let (text, garbled) = (&rest[..parser.offset()], parser.garbled);
                (Item::Record { value, text, frame: inside, garbled }, Step::Skip(text.len()))
            }
            Err(ParseError::Cut) if !self.ended && rest.len() < MAX_RECORD => return Step::More,
            Err(ParseError::Cut) if rest.len() < MAX_RECORD => (Item::Cut { text: rest }, Step::Resync),
            Err(ParseError::Cut) => (Item::TooLong, Step::Resync),
            Err(ParseError::Bad(what, _)) => (Item::Bad { what, text: rest }, Step::Resync),
        };
        take(item, self.lines);
        step
    }

    /// Passes over what follows the array of a wrapper: other members, and the ends of the objects around it.
    fn close(&mut self, first: u8) -> Step {
        let rest = &self.buffer[self.start..];
        let mut parser = Parser::new(rest, 0);
        match first {
            b'}' => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.tail -= 1;
                    if frame.tail == 0 {
                        self.frames.pop();
                    }
                }
                Step::Skip(1)
            }
            b'"' => match parser.name().and_then(|_| parser.value()) {
                Ok(_) => Step::Skip(parser.offset()),
                Err(ParseError::Cut) if !self.ended && rest.len() < MAX_RECORD => Step::More,
                Err(_) => self.leave(),
            },
            _ => self.leave(),
        }
    }

    /// Gives a wrapper up whose end is no JSON.
    fn leave(&mut self) -> Step {
        self.frames.pop();
        Step::Skip(0)
    }

    /// Blanks, commas between records, and the separators of JSON text sequences (RFC 7464).
    fn skip_blanks(&mut self) {
        let rest = &self.buffer[self.start..];
        let blank = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b',' | 0x1e);
        let len = rest.iter().position(|b| !blank(b)).unwrap_or(rest.len());
        self.advance(len);
    }

    fn advance(&mut self, len: usize) {
        let passed = &self.buffer[self.start..self.start + len];
        match memrchr(b'\n', passed) {
            Some(last) => {
                self.lines += memchr_iter(b'\n', passed).count() as u64;
                self.column = len - last - 1;
            }
            None => self.column += len,
        }
        self.start += len;
    }

    /// Reads more, in steps that grow with what is there, so that looking again stays linear.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.start);
        self.start = 0;
        let step = self.buffer.len().clamp(BLOCK, MAX_RECORD);
        let n = (&mut self.reader).take(step as u64).read_to_end(&mut self.buffer)?;
        self.ended = n == 0;
        Ok(())
    }

    /// Passes over what can't be read.
    fn resync(&mut self) -> io::Result<()> {
        // A record whose brackets match on its line has some fault in it, and what follows it has not.
        loop {
            let rest = &self.buffer[self.start..];
            match balanced(rest) {
                Brackets::Closed(end) => {
                    self.advance(end);
                    return Ok(());
                }
                Brackets::Open if !self.ended && rest.len() < MAX_RECORD => self.fill()?,
                _ => break,
            }
        }
        // No record is indented further.
        let column = Some(self.column).filter(|column| *column <= MAX_INDENT).unwrap_or_default();
        // What was looked at already, so that each byte is looked at once.
        let mut seen = 0;
        loop {
            let rest = &self.buffer[self.start..];
            if let Some(len) = next_start(rest, column, seen, self.ended) {
                self.advance(len);
                return Ok(());
            }
            seen = rest.len().saturating_sub(column + 2);
            if rest.len() > MAX_RECORD {
                // Nothing looks like a start: none of it is kept.
                self.advance(seen.max(1));
                seen = 0;
            }
            self.fill()?;
        }
    }
}

/// How far it is to a line that looks like the start of a record in the column of the bad one, or like the end of the
/// array that it is in; `None` to see more first.
fn next_start(rest: &[u8], column: usize, seen: usize, ended: bool) -> Option<usize> {
    for at in memchr_iter(b'\n', &rest[seen..]) {
        let next = &rest[seen + at + 1..];
        let blanks = next.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let start = match next.get(blanks) {
            Some(b'{' | b'[') => blanks == 0 || blanks == column,
            Some(b']') => blanks < column,
            Some(_) => false,
            None if ended => true,
            None => return None,
        };
        if start {
            return Some(seen + at + 1);
        }
    }
    ended.then_some(rest.len())
}

/// What becomes of a bracket on its line.
enum Brackets {
    /// It is closed here.
    Closed(usize),
    /// The line goes on.
    Open,
    /// It is not closed on its line, or there is none.
    Never,
}

/// Where the bracket that some bytes start with is closed.
fn balanced(line: &[u8]) -> Brackets {
    let (mut depth, mut quoted, mut at) = (0usize, false, 0);
    while let Some(b) = line.get(at) {
        match b {
            b'\n' => return Brackets::Never,
            b'\\' if quoted => at += 1,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => depth += 1,
            b'}' | b']' if !quoted && depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    return Brackets::Closed(at + 1);
                }
            }
            _ if depth == 0 => return Brackets::Never,
            _ => {}
        }
        at += 1;
    }
    Brackets::Open
}

/// Whether an object is a wrapper around an array of records: how long it is up to the first element, and its frame.
///
/// Known are `Records` (CloudTrail), `records` (Azure Monitor), `value` (Microsoft Graph, OData), `results` and `rows`
/// (Splunk's REST), `items` (Google), `hits.hits` (Elastic), and `tables` of `columns` and `rows` (Azure's query API).
fn wrapper(bytes: &[u8]) -> Result<Option<(usize, Frame)>, ParseError> {
    let mut parser = Parser::new(bytes, 1);
    let mut frame = Frame { tail: 1, ..Frame::default() };
    for _ in 0..MAX_LEADING {
        if parser.peek()? != b'"' {
            return Ok(None);
        }
        let name = parser.name()?;
        let value = parser.peek()?;
        match &*name {
            "hits" if value == b'{' && frame.tail == 1 => {
                parser.expect(b'{', "")?;
                frame.tail += 1;
                continue;
            }
            "Records" | "records" | "value" | "results" | "hits" | "items" | "tables" if value == b'[' => {
                parser.expect(b'[', "")?;
                if !matches!(parser.peek()?, b'{' | b']') {
                    return Ok(None);
                }
                name.as_ref().clone_into(&mut frame.key);
                return Ok(Some((parser.offset(), frame)));
            }
            "rows" if value == b'[' && frame.columns.is_some() => {
                parser.expect(b'[', "")?;
                name.as_ref().clone_into(&mut frame.key);
                return Ok(Some((parser.offset(), frame)));
            }
            "columns" | "fields" if value == b'[' => frame.columns = columns(&parser.value()?),
            // What stands before the array in the exports that are known.
            "preview" | "init_offset" | "messages" | "post_process_count" | "@odata.context"
            | "@odata.count" | "kind" | "etag" | "took" | "timed_out" | "_shards" | "total" | "max_score"
            | "name" => {
                parser.value()?;
            }
            _ => return Ok(None),
        }
        if parser.peek()? != b',' {
            return Ok(None);
        }
        parser.expect(b',', "")?;
    }
    Ok(None)
}

/// The names of columns: texts, or objects with a name.
fn columns(value: &Json<'_>) -> Option<Vec<String>> {
    let Json::Array(columns) = value else { return None };
    let name = |column: &Json<'_>| match column {
        Json::Text(name) => Some(name.to_string()),
        Json::Object(members) => {
            let name = members.iter().find(|(key, _)| matches!(&**key, "name" | "ColumnName"));
            name.and_then(|(_, value)| value.scalar().map(str::to_owned))
        }
        _ => None,
    };
    columns.iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Gives a few bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let n = self.0.len().min(self.1).min(buffer.len());
            self.0.read(&mut buffer[..n])
        }
    }

    /// The items of a text, each in a few words with its line; and whether it ends inside an array.
    fn items(text: &[u8]) -> (Vec<String>, bool) {
        let mut out = Vec::new();
        let mut reader = Slow(text, 7);
        let open = Records::new(&mut reader)
            .each(&mut |item, lines| {
                let line = lines + 1;
                out.push(match item {
                    Item::Record { value, frame, .. } => {
                        let mut text = String::new();
                        value.write(&mut text);
                        let key =
                            frame.map_or("-", |frame| if frame.key.is_empty() { "[]" } else { &frame.key });
                        format!("{line} {key} {text}")
                    }
                    Item::Bad { .. } => format!("{line} bad"),
                    Item::Cut { .. } => format!("{line} cut"),
                    Item::TooLong => format!("{line} long"),
                });
            })
            .unwrap();
        (out, open)
    }

    fn whole(text: &str) -> Vec<String> {
        let (items, open) = items(text.as_bytes());
        assert!(!open, "{text}");
        items
    }

    #[test]
    fn records_in_every_frame() {
        for (text, expected) in [
            ("", &[][..]),
            ("{\"a\":1}\n{\"a\":2}\r\n\n{\"a\":3}", &["1 - {\"a\":1}", "2 - {\"a\":2}", "4 - {\"a\":3}"]),
            ("\u{feff}{\"a\":1}{\"a\":2} {\n\"a\":3}", &["1 - {\"a\":1}", "1 - {\"a\":2}", "1 - {\"a\":3}"]),
            ("{\"a\":1},\n{\"a\":2},\n", &["1 - {\"a\":1}", "2 - {\"a\":2}"]),
            ("[\n  {\"a\":1},\n  {\"a\":2}\n]\n", &["2 [] {\"a\":1}", "3 [] {\"a\":2}"]),
            ("[{\"a\":1}]\n[{\"a\":2}]", &["1 [] {\"a\":1}", "2 [] {\"a\":2}"]),
            ("[]", &[]),
            ("{\"Records\":[{\"a\":1},{\"a\":2}]}", &["1 Records {\"a\":1}", "1 Records {\"a\":2}"]),
            (
                "{\"@odata.context\":\"x\",\"value\":[{\"a\":1}],\"next\":{\"b\":[1]}}\n{\"a\":2}",
                &["1 value {\"a\":1}", "2 - {\"a\":2}"],
            ),
            (
                "{\"took\":3,\"hits\":{\"total\":{\"value\":1},\"max_score\":null,\"hits\":[{\"a\":1}]},\"x\":1}",
                &["1 hits {\"a\":1}"],
            ),
            (
                "{\"tables\":[{\"name\":\"P\",\"columns\":[{\"name\":\"a\",\"type\":\"int\"}],\"rows\":[[1],[2]]}]}",
                &["1 rows [1]", "1 rows [2]"],
            ),
            ("{\"preview\":false,\"fields\":[\"a\",\"b\"],\"rows\":[[1,2]]}", &["1 rows [1,2]"]),
            // Members of these names that are no wrappers.
            ("{\"value\":1,\"a\":2}", &["1 - {\"value\":1,\"a\":2}"]),
            ("{\"a\":1,\"Records\":[{\"b\":1}]}", &["1 - {\"a\":1,\"Records\":[{\"b\":1}]}"]),
            ("{\"value\":[1,2]}", &["1 - {\"value\":[1,2]}"]),
            ("{\"rows\":[[1]]}", &["1 - {\"rows\":[[1]]}"]),
            ("{\"name\":\"x\"}", &["1 - {\"name\":\"x\"}"]),
        ] {
            assert_eq!(whole(text), expected, "{text}");
        }
    }

    #[test]
    fn a_bad_record_costs_itself_alone() {
        for (text, expected) in [
            ("{\"a\":1}\n{\"a\":}\n{\"a\":3}", &["1 - {\"a\":1}", "2 bad", "3 - {\"a\":3}"][..]),
            ("{\"a\": \"x\n{\"a\":2}\n", &["1 bad", "2 - {\"a\":2}"]),
            ("{\"a\": {\n{\"a\":2}\n", &["1 bad", "2 - {\"a\":2}"]),
            ("no json\n{\"a\":2}\n", &["1 bad", "2 - {\"a\":2}"]),
            ("{\"p\":\"C:\\dir\"}\n{\"a\":2}\n", &["1 bad", "2 - {\"a\":2}"]),
            ("[{\"a\":1},{\"a\":'},{\"a\":2}]", &["1 [] {\"a\":1}", "1 bad", "1 [] {\"a\":2}"]),
            ("[\n  {\n    \"a\":,\n    \"b\": {}\n  },\n  {\"a\":2}\n]", &["2 bad", "6 [] {\"a\":2}"]),
            ("[\n  {\"a\":1},\n  {\"a\":\"\n]\n{\"b\":2}", &["2 [] {\"a\":1}", "3 bad", "5 - {\"b\":2}"]),
            ("{\"a\":1}\n{\"a\":", &["1 - {\"a\":1}", "2 cut"]),
            ("}\n{\"a\":2}", &["1 bad", "2 - {\"a\":2}"]),
            ("\"a\" {\n{\"a\":2}", &["1 - \"a\"", "1 bad", "2 - {\"a\":2}"]),
        ] {
            assert_eq!(whole(text), expected, "{text}");
        }
        assert_eq!(items(b"[{\"a\":1},").0, ["1 [] {\"a\":1}"]);
        assert!(items(b"[{\"a\":1},").1 && items(b"{\"Records\":[{\"a\":1}]").1);
    }

    #[test]
    fn a_fault_where_a_block_ends_costs_its_record_alone() {
        for length in BLOCK - 40..BLOCK {
            let text = format!("[{{\"a\":\"{}\"}},{{\"a\":x,\"b\":[{{}}]}},{{\"a\":2}}]", "y".repeat(length));
            let (found, open) = items(text.as_bytes());
            assert!(
                !open && found.len() == 3 && found[1] == "1 bad" && found[2] == "1 [] {\"a\":2}",
                "{length}"
            );
        }
    }

    #[test]
    fn many_faults_in_one_line_take_no_time() {
        let started = std::time::Instant::now();
        for text in
            ["{x}".repeat(1 << 20), "}".repeat(4 << 20), "{\"a\":'".repeat(1 << 20), "[".repeat(4 << 20)]
        {
            let text = format!("{text}\n{{\"a\":1}}");
            assert!(items(text.as_bytes()).0.last().is_some_and(|last| last.contains("{\"a\":1}")));
        }
        assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
    }

    #[test]
    fn a_record_without_end_does_not_fill_the_memory() {
        let long = format!("{{\"a\":\"{}\n{{\"a\":2}}", "x".repeat(MAX_RECORD + 10));
        assert_eq!(whole(&long), ["1 long", "2 - {\"a\":2}"]);
        let endless = format!("{{\"a\":[{}", "1,".repeat(MAX_RECORD));
        assert_eq!(items(endless.as_bytes()).0, ["1 long"]);
    }

    /// An array without end but for its last byte.
    struct Endless(usize, usize);

    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            const PIECE: &[u8] = b"{\"a\":\"some text, and more\",\"b\":[1,2,3]},\n";
            for (i, byte) in buffer.iter_mut().take(self.1 - self.0).enumerate() {
                let at = self.0 + i;
                *byte = if at == 0 { b'[' } else { PIECE[(at - 1) % PIECE.len()] };
            }
            let n = buffer.len().min(self.1 - self.0);
            self.0 += n;
            Ok(n)
        }
    }

    #[test]
    fn a_long_array_is_never_whole_in_memory() {
        let mut reader = Endless(0, 24 << 20);
        let mut records = Records::new(&mut reader);
        let mut count = 0;
        let open =
            records.each(&mut |item, _| count += usize::from(matches!(item, Item::Record { .. }))).unwrap();
        assert!(open && count > 500_000, "{count}");
        assert!(records.buffer.capacity() <= 4 * BLOCK, "{}", records.buffer.capacity());
    }

    proptest! {
        #[test]
        fn anything_ends(text in "[\\[\\]{},:\" \\\\na1\n]{0,60}", records in any::<bool>()) {
            let text = if records { format!("{{\"Records\":[{text}") } else { text };
            items(text.as_bytes());
        }

        #[test]
        fn truncated_arrays_keep_what_is_whole(cut in 0usize..100) {
            let text = "[\n {\"a\":\"é\\n\"},\n {\"a\":[2]},\n {\"a\":{\"b\":3}}\n]".as_bytes();
            let cut = cut.min(text.len());
            let (found, _) = items(&text[..cut]);
            let whole = found.iter().filter(|item| item.contains("[] {")).count();
            let expected = [15, 28, 45].iter().filter(|end| cut > **end).count();
            prop_assert!(whole == expected || whole == expected + 1, "{:?}", found);
        }
    }
}
