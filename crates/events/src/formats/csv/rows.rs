//! The rows of a CSV text: cells between commas, semicolons or tabs, in quotes where they hold such or line breaks
//! (RFC 4180). One row is in memory at a time.

use memchr::{memchr, memchr_iter, memchr2};
use std::borrow::Cow;
use std::io::{self, Read};

/// Rows longer than this are passed over.
pub(super) const MAX_ROW: usize = 16 << 20;

/// How much is read at a time.
const BLOCK: usize = 256 << 10;

/// Rows that are looked at to tell CSV from other texts.
const SAMPLE: usize = 20;

/// Bytes of the name of a column at most.
const MAX_NAME: usize = 96;

/// Names of which one in a header is proof enough, be there rows or not.
const KNOWN: [&str; 12] = [
    "_raw",
    "_time",
    "EventID",
    "EventId",
    "EventRecordId",
    "LogName",
    "Message",
    "ProviderName",
    "TimeCreated",
    "TimeGenerated",
    "sourcetype",
    "timestamp",
];

/// What divides cells, and where the header starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    delimiter: u8,
    /// Lines before the header.
    preamble: usize,
}

impl Dialect {
    /// The dialect of a text that starts like this; `None` when it is no CSV with a header: names that look like names,
    /// each once, and rows of as many cells.
    pub(super) fn detect(text: &[u8]) -> Option<Self> {
        let (start, preamble) = header_start(text);
        let text = &text[start..];
        let count = |delimiter: u8| cells(text, delimiter, true).map_or(0, |(cells, _)| cells.len());
        let delimiter = [b',', b';', b'\t'].into_iter().rev().max_by_key(|delimiter| count(*delimiter))?;
        let (header, mut at) = cells(text, delimiter, true)?;
        let mut names: Vec<&str> = header.iter().map(|name| name.trim()).collect();
        if names.len() < 2 || names.len() > super::MAX_COLUMNS || !names.iter().all(|name| is_name(name)) {
            return None;
        }
        let known = names.iter().any(|name| KNOWN.contains(name));
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            return None;
        }
        let (mut same, mut other) = (0, 0);
        for _ in 0..SAMPLE {
            // What the text was cut in does not count.
            let Some((row, len)) = cells(&text[at..], delimiter, false) else { break };
            at += len;
            match row.len() {
                1 if row[0].is_empty() => {}
                n if n == names.len() => same += 1,
                _ => other += 1,
            }
        }
        if same + other == 0
            && let Some((row, _)) = cells(&text[at..], delimiter, true).filter(|_| at < text.len())
        {
            same += usize::from(row.len() == names.len());
        }
        let enough = if known { same >= other } else { same > 0 && other * 10 <= same };
        enough.then_some(Self { delimiter, preamble })
    }
}

/// Where the header is: behind a byte order mark, blank lines, Export-Csv's `#TYPE …` and Excel's `sep=;`.
fn header_start(text: &[u8]) -> (usize, usize) {
    let mut start = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut lines = 0;
    while let Some(end) = memchr(b'\n', &text[start..]) {
        let line = text[start..start + end].trim_ascii();
        if !(line.is_empty() || line.starts_with(b"#TYPE ") || line.starts_with(b"sep=")) {
            break;
        }
        start += end + 1;
        lines += 1;
    }
    (start, lines)
}

/// Whether this can be the name of a column.
fn is_name(name: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || "_.:-/@#(){}[] $%".contains(c);
    !name.is_empty()
        && name.len() <= MAX_NAME
        && name.chars().all(word)
        && name.chars().any(char::is_alphabetic)
        && name.split(' ').count() <= 4
}

/// A row.
#[derive(Debug)]
pub(super) enum Row<'b> {
    /// Its cells, and its text.
    Cells { cells: Vec<Cow<'b, str>>, text: &'b [u8] },
    /// A quote that is not closed before the end of the text.
    Open { text: &'b [u8] },
    /// A row of more than [`MAX_ROW`] bytes.
    TooLong,
}

/// Cuts a stream into rows.
pub(super) struct Rows<'r> {
    reader: &'r mut dyn Read,
    dialect: Dialect,
    buffer: Vec<u8>,
    start: usize,
    ended: bool,
    line: u64,
}

impl<'r> Rows<'r> {
    /// The rows of a stream, header first.
    pub(super) fn new(reader: &'r mut dyn Read, dialect: Dialect) -> Self {
        Self { reader, dialect, buffer: Vec::new(), start: 0, ended: false, line: 1 }
    }

    /// Calls `take` for every row that is not blank, with the number of its first line.
    ///
    /// # Errors
    /// Reading failed.
    pub(super) fn each(&mut self, take: &mut dyn FnMut(Row<'_>, u64)) -> io::Result<()> {
        self.fill()?;
        let (start, lines) = header_start(&self.buffer);
        debug_assert_eq!(lines, self.dialect.preamble, "the same start is the same preamble");
        self.start = start;
        self.line += lines as u64;
        loop {
            let rest = &self.buffer[self.start..];
            if rest.is_empty() && self.ended {
                return Ok(());
            }
            let found = cells(rest, self.dialect.delimiter, self.ended);
            if found.is_none() && !self.ended && rest.len() < MAX_ROW {
                self.fill()?;
                continue;
            }
            let (row, len) = if let Some((cells, len)) = found {
                let text = rest[..len].trim_ascii_end();
                if text.is_empty() {
                    self.advance(len);
                    continue;
                }
                (Row::Cells { cells, text }, len)
            } else {
                // What follows the line on which the quote stands may be sound.
                let line = memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
                let row = if rest.len() < MAX_ROW { Row::Open { text: rest } } else { Row::TooLong };
                (row, line)
            };
            take(row, self.line);
            self.advance(len);
        }
    }

    fn advance(&mut self, len: usize) {
        self.line += memchr_iter(b'\n', &self.buffer[self.start..self.start + len]).count() as u64;
        self.start += len;
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.start);
        self.start = 0;
        let step = self.buffer.len().clamp(BLOCK, MAX_ROW);
        let n = (&mut self.reader).take(step as u64).read_to_end(&mut self.buffer)?;
        self.ended = n == 0;
        Ok(())
    }
}

/// The cells of the row that the bytes start with, and its length with the line break; `None` when its end is not there.
/// At the end of the text a row needs no line break.
fn cells(bytes: &[u8], delimiter: u8, ended: bool) -> Option<(Vec<Cow<'_, str>>, usize)> {
    let mut cells = Vec::new();
    let mut at = 0;
    loop {
        let start = at;
        let mut quoted = None;
        if bytes.get(at) == Some(&b'"') {
            let close = closing_quote(bytes, at + 1)?;
            quoted = Some(&bytes[at + 1..close]);
            at = close + 1;
        }
        let behind = at;
        let end = match memchr2(delimiter, b'\n', &bytes[at..]) {
            Some(found) => at + found,
            None if ended => bytes.len(),
            None => return None,
        };
        let last = bytes.get(end) != Some(&delimiter);
        let mut tail = &bytes[behind..end];
        if last {
            tail = tail.strip_suffix(b"\r").unwrap_or(tail);
        }
        let cell = match quoted {
            Some(inner) => unquote(inner, tail),
            None => String::from_utf8_lossy(&bytes[start..behind + tail.len()]),
        };
        cells.push(cell);
        at = (end + 1).min(bytes.len());
        if last {
            return Some((cells, at));
        }
    }
}

/// Where the quote is that closes a cell; two of them are one in it.
fn closing_quote(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr(b'"', bytes.get(at..)?)?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// A cell from what is between its quotes and what stands behind them, which should be nothing.
fn unquote<'b>(inner: &'b [u8], tail: &[u8]) -> Cow<'b, str> {
    let text = String::from_utf8_lossy(inner);
    if tail.is_empty() && memchr(b'"', inner).is_none() {
        return text;
    }
    Cow::Owned(text.replace("\"\"", "\"") + &String::from_utf8_lossy(tail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// All rows of a text that is CSV: its cells joined by `|`, or what is wrong, with lines.
    fn rows(text: &str) -> Vec<(u64, String)> {
        let dialect = Dialect::detect(text.as_bytes())
            .unwrap_or(Dialect { delimiter: b',', preamble: header_start(text.as_bytes()).1 });
        let mut out = Vec::new();
        let mut reader = text.as_bytes();
        Rows::new(&mut reader, dialect)
            .each(&mut |row, line| {
                out.push((
                    line,
                    match row {
                        Row::Cells { cells, .. } => cells.join("|"),
                        Row::Open { .. } => "open".to_owned(),
                        Row::TooLong => "long".to_owned(),
                    },
                ));
            })
            .unwrap();
        out
    }

    fn is_csv(text: &str) -> bool {
        Dialect::detect(text.as_bytes()).is_some()
    }

    #[test]
    fn cells_in_every_form() {
        for (text, expected) in [
            ("a,b\n1,2\r\n\r\n3,\n", &[(1, "a|b"), (2, "1|2"), (4, "3|")][..]),
            ("a,b\n\"x,\"\"y\"\"\n\",2", &[(1, "a|b"), (2, "x,\"y\"\n|2")]),
            ("\u{feff}#TYPE X\r\n\"a\";\"b\"\r\n\"1\";\"2\"\r\n", &[(2, "a|b"), (3, "1|2")]),
            ("sep=;\na;b\n1,5;2\n", &[(2, "a|b"), (3, "1,5|2")]),
            ("a\tb\n1\t2\n", &[(1, "a|b"), (2, "1|2")]),
            ("a,b\nx\"y,\"z\"w\n", &[(1, "a|b"), (2, "x\"y|zw")]),
            ("a,b\n1,2\n\"3,4\n5,6\n", &[(1, "a|b"), (2, "1|2"), (3, "open"), (4, "5|6")]),
        ] {
            let found = rows(text);
            let found: Vec<_> = found.iter().map(|(line, row)| (*line, row.as_str())).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn what_is_csv_and_what_is_not() {
        for text in [
            "a,b\n1,2\n",
            "a,b\n1,2",
            "TimeCreated,Id,ProviderName,LogName,Message\n",
            "\"_time\",\"_raw\"\n\"2024\",\"x\ny\"\n",
            "time stamp;user name\n1;2\n",
            "SubjectUserSid,Target.Name,TimeGenerated [UTC]\n1,2,3\n",
        ] {
            assert!(is_csv(text), "{text}");
        }
        for text in [
            "",
            "read me\n",
            "a,b\n",
            "Dear Bob, I hope that you are well and so on\nYours, Ann\n",
            "a,a\n1,2\n",
            "1,2\n3,4\n",
            "a,b\n1,2,3\n4\n",
            "a,,c\n1,2,3\n",
            "key=value, other=value\nkey=value, other=value\n",
            "08/04/2022 08:20:10 AM\nLogName=Security\n",
        ] {
            assert!(!is_csv(text), "{text}");
        }
    }

    #[test]
    fn a_row_without_end_does_not_fill_the_memory() {
        let text = format!("a,b\n1,2\n\"x,{}\n3,4\n", "y".repeat(MAX_ROW));
        let found = rows(&text);
        assert_eq!(
            found.iter().map(|(_, row)| row.as_str()).collect::<Vec<_>>(),
            ["a|b", "1|2", "long", "3|4"]
        );
    }

    proptest! {
        /// The crate `csv` reads the same from what it wrote.
        #[test]
        fn a_peer_s_rows_are_read(cells in proptest::collection::vec(("[a\",;\r\n é]{0,6}", "[b\" ,\n]{0,5}x"), 1..6)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(["first", "second"]).unwrap();
            for (a, b) in &cells {
                writer.write_record([a, b]).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let found: Vec<String> = rows(&text).into_iter().skip(1).map(|(_, row)| row).collect();
            let expected: Vec<String> = cells.iter().map(|(a, b)| format!("{a}|{b}")).collect();
            prop_assert_eq!(found, expected, "{}", text);
        }

        #[test]
        fn any_text_is_survived(text in "[ab,;\t\"\r\n]{0,80}") {
            rows(&text);
        }
    }
}
