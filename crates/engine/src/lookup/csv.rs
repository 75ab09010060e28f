//! Comma-separated values, as lookup tables hold them.
//!
//! Blanks around a value that is not in quotes do not belong to it: tables of public content are written with a blank
//! behind the comma. In quotes every character counts, a quotation mark is doubled, and line breaks may stand.

/// Records of a text, one after the other.
#[derive(Debug)]
pub(super) struct Records<'t> {
    bytes: &'t [u8],
    at: usize,
    line: usize,
}

/// One record.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// Its values.
    pub(super) cells: Vec<Vec<u8>>,
    /// The line on which it begins, from 1.
    pub(super) line: usize,
    /// Whether it ends with the text and not with the quotation mark that its last value needs.
    pub(super) open: bool,
}

impl<'t> Records<'t> {
    /// Those of this text.
    pub(super) fn new(bytes: &'t [u8]) -> Self {
        Self { bytes, at: 0, line: 1 }
    }

    /// Reads the next record into `record`; false at the end. Empty lines are passed over.
    pub(super) fn next(&mut self, record: &mut Record) -> bool {
        while matches!(self.peek(), Some(b'\n' | b'\r')) {
            self.bump();
        }
        record.cells.clear();
        (record.line, record.open) = (self.line, false);
        if self.peek().is_none() {
            return false;
        }
        loop {
            record.cells.push(self.cell(&mut record.open));
            match self.peek() {
                Some(b',') => {
                    self.bump();
                }
                Some(_) => {
                    self.bump();
                    return true;
                }
                None => return true,
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn bump(&mut self) {
        if self.peek() == Some(b'\n') {
            self.line += 1;
        }
        self.at += 1;
    }

    /// One value, up to the comma or line break behind it.
    fn cell(&mut self, open: &mut bool) -> Vec<u8> {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.bump();
        }
        let mut cell = Vec::new();
        if self.peek() == Some(b'"') {
            self.bump();
            loop {
                match self.peek() {
                    None => {
                        *open = true;
                        return cell;
                    }
                    Some(b'"') => {
                        self.bump();
                        if self.peek() != Some(b'"') {
                            break;
                        }
                        cell.push(b'"');
                        self.bump();
                    }
                    Some(byte) => {
                        cell.push(byte);
                        self.bump();
                    }
                }
            }
        }
        // What follows a closing quotation mark belongs to the value as well.
        let rest = &self.bytes[self.at..];
        let end = memchr::memchr3(b',', b'\n', b'\r', rest).unwrap_or(rest.len());
        cell.extend_from_slice(rest[..end].trim_ascii_end());
        self.at += end;
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<Vec<String>> {
        let (mut records, mut record, mut all) =
            (Records::new(text.as_bytes()), Record::default(), Vec::new());
        while records.next(&mut record) {
            all.push(record.cells.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect());
        }
        all
    }

    #[test]
    fn records() {
        for (text, expected) in [
            ("", vec![]),
            ("\n\r\n", vec![]),
            ("a,b\r\nc", vec![vec!["a", "b"], vec!["c"]]),
            ("a, b ,\t\n", vec![vec!["a", "b", ""]]),
            ("\" a \", \"x\"\"y\" ", vec![vec![" a ", "x\"y"]]),
            ("\"two\nlines\",5\" disk\n", vec![vec!["two\nlines", "5\" disk"]]),
            ("\"a\"b,c", vec![vec!["ab", "c"]]),
            ("a,\"open\nb,c", vec![vec!["a", "open\nb,c"]]),
            (",\n", vec![vec!["", ""]]),
        ] {
            assert_eq!(read(text), expected, "{text:?}");
        }
    }

    #[test]
    fn lines_are_counted_and_an_open_quotation_is_known() {
        let (mut records, mut record) = (Records::new(b"\n\"a\nb\"\nc,\"d\n\ne"), Record::default());
        assert!(records.next(&mut record));
        assert_eq!((record.line, record.open), (2, false));
        assert!(records.next(&mut record));
        assert_eq!((record.line, record.open), (4, true));
        assert!(!records.next(&mut record));
    }

    proptest! {
        #[test]
        fn what_is_quoted_comes_back(rows in prop::collection::vec(prop::collection::vec("[a\", \n\r\t]{0,6}", 1..4), 0..5)) {
            let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
            let lines = rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(","));
            prop_assert_eq!(read(&lines.collect::<Vec<_>>().join("\n")), rows);
        }

        #[test]
        fn any_text_ends(text in "[a\",\n\r ]{0,40}") {
            let cells: usize = read(&text).iter().map(Vec::len).sum();
            prop_assert!(cells <= text.len() + 1);
        }
    }
}
