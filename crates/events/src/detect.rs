//! What an input is, by its content. File names don't count: logs get renamed, and what is in an archive has none.

use crate::Input;
use crate::formats::Format;
use crate::text::Encoding;
use grotto_diag::{Diagnostic, Severity};

/// How much of an input is looked at.
const HEAD: usize = 64 << 10;

/// How many characters of an unknown input are shown.
const SHOWN: usize = 120;

/// The first bytes of an input, in the forms in which formats look at them.
#[derive(Debug)]
pub(crate) struct Head {
    /// As they are.
    pub(crate) bytes: Vec<u8>,
    /// As text.
    pub(crate) text: String,
    /// How the text is encoded.
    pub(crate) encoding: Encoding,
}

impl Head {
    /// The head of an input that starts with these bytes.
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        let encoding = Encoding::detect(&bytes);
        Self { text: encoding.decode(&bytes), encoding, bytes }
    }

    /// The head of an input.
    ///
    /// # Errors
    /// `input/unreadable`, `input/read-twice`.
    pub(crate) fn of(input: &Input) -> Result<Self, Diagnostic> {
        input.head(HEAD).map(Self::new)
    }
}

/// The format of an input.
///
/// # Errors
/// `input/unreadable`; `input/empty` (of severity info: an empty log is nothing to worry about); `input/unrecognised`, an
/// error for an input that the user named and a warning for one that was found in a folder.
pub fn detect(input: &Input) -> Result<Format, Diagnostic> {
    detect_head(input, &Head::of(input)?)
}

pub(crate) fn detect_head(input: &Input, head: &Head) -> Result<Format, Diagnostic> {
    if head.bytes.is_empty() {
        let message = format!("{} is empty", input.name());
        return Err(Diagnostic::new(Severity::Info, "input/empty", message).in_source(input.source()));
    }
    Format::ALL
        .into_iter()
        .find(|format| format.reader().matches(head))
        .ok_or_else(|| unrecognised(input, head))
}

fn unrecognised(input: &Input, head: &Head) -> Diagnostic {
    let severity = if input.is_named() { Severity::Error } else { Severity::Warning };
    let start = if head.encoding == Encoding::Utf8 {
        shown(&head.bytes, SHOWN)
    } else {
        shown(head.text.as_bytes(), SHOWN)
    };
    let known: Vec<&str> = Format::ALL.into_iter().map(|format| format.reader().shape()).collect();
    Diagnostic::new(
        severity,
        "input/unrecognised",
        format!("{} is no log that grotto knows; it starts with: {start}", input.name()),
    )
    .in_source(input.source())
    .help(format!("grotto reads {}; it looks at the content, not at the file name", known.join(", and ")))
}

/// The start of some bytes, on one line and without control characters: as text, or escaped where it is none.
pub(crate) fn shown(bytes: &[u8], limit: usize) -> String {
    let start = bytes.get(..limit * 4).unwrap_or(bytes);
    match std::str::from_utf8(start) {
        Err(error) if error.error_len().is_some() => {
            start.iter().flat_map(|b| b.escape_ascii()).map(char::from).take(limit).collect()
        }
        _ => {
            let text = String::from_utf8_lossy(start);
            text.trim_start_matches('\u{feff}').chars().flat_map(char::escape_debug).take(limit).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: impl Into<Vec<u8>>) -> Result<Format, Diagnostic> {
        detect(&Input::memory("<m>", bytes.into()))
    }

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn logs_are_known_by_what_they_hold() {
        for (bytes, expected) in [
            (b"ElfFile\0\0\0".to_vec(), Format::Evtx),
            (b"ElfChnk\0\x01\0".to_vec(), Format::Evtx),
            (b"<Event xmlns='x'><System>".to_vec(), Format::XmlEvents),
            (b"\xef\xbb\xbf\r\n  <Event>".to_vec(), Format::XmlEvents),
            (b"<?xml version='1.0'?>\n<!-- <x> -->\n<Events>\n<Event>".to_vec(), Format::XmlEvents),
            (b"<Events></Events>".to_vec(), Format::XmlEvents),
            (b"<ev:list xmlns:ev='>'><Event/>".to_vec(), Format::XmlEvents),
            (utf16("<Event xmlns='x'>"), Format::XmlEvents),
            (utf16("\u{feff}<?xml version='1.0' encoding='utf-16'?><Events><Event >"), Format::XmlEvents),
            (b"{\"a\": 1}\n{\"a\": 2}".to_vec(), Format::Json),
            (b"\xef\xbb\xbf\n[ {\"a\": 1,".to_vec(), Format::Json),
            (b"{\"a\": bad}\n{\"a\": 2}".to_vec(), Format::Json),
            (utf16("\u{feff}{\"a\": 1}"), Format::Json),
            (b"TimeCreated,Id\n1,2\n".to_vec(), Format::Csv),
            (utf16("\u{feff}TimeCreated;Id\r\n1;2\r\n"), Format::Csv),
        ] {
            assert_eq!(of(bytes.clone()).unwrap(), expected, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn what_is_no_log_is_shown() {
        for bytes in [
            "{a: 1}",
            "{'a': 1}",
            "[1, 2]",
            "[08:20:10] {\"a\": 1}",
            "\"a\"",
            "<EventData>",
            "<Eventful>",
            "<html><body>",
            "<?xml version='1.0'?>",
            "ElfFile",
            "text <Event>",
        ] {
            let error = of(bytes).unwrap_err();
            assert_eq!((error.slug, error.severity), ("input/unrecognised", Severity::Error), "{bytes}");
            let shown: String = bytes.chars().flat_map(char::escape_debug).collect();
            assert!(error.message.contains(&shown), "{}", error.message);
            assert!(error.help.is_some_and(|h| {
                ["EVTX", "XmlWinEventLog", "JSON", "Winlogbeat", "CSV"].iter().all(|name| h.contains(name))
            }));
        }
    }

    #[test]
    fn the_start_that_is_shown_is_short_and_escaped() {
        let shown =
            |bytes: Vec<u8>| of(bytes).unwrap_err().message.split_once("with: ").unwrap().1.to_owned();
        assert_eq!(shown(b"\x1b[31mred\r\n".to_vec()), "\\u{1b}[31mred\\r\\n");
        assert_eq!(shown(b"MZ\x90\x00\xff".to_vec()), "MZ\\x90\\x00\\xff");
        assert_eq!(shown("é".repeat(5000).into_bytes()), "é".repeat(120));
        assert_eq!(shown(vec![0; 5000]).len(), 120);
        assert_eq!(shown(utf16("plain text")), "plain text");
    }

    #[test]
    fn an_empty_file_is_no_error() {
        let info = of("").unwrap_err();
        assert_eq!((info.slug, info.severity), ("input/empty", Severity::Info));
    }

    #[test]
    fn an_unknown_file_of_a_folder_is_a_warning() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("README");
        std::fs::write(&path, "read me").unwrap();
        assert_eq!(detect(&Input::found(&path)).unwrap_err().severity, Severity::Warning);
        assert_eq!(detect(&Input::file(&path)).unwrap_err().severity, Severity::Error);
    }
}
