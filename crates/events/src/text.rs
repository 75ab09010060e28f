//! The encodings of text files: UTF-8 and UTF-16, with and without byte order mark.

use encoding_rs::{Decoder, UTF_16BE, UTF_16LE};
use std::io::Read;

/// How much UTF-16 is decoded at a time.
const BLOCK: usize = 64 << 10;

/// How a text file is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8, or bytes that are to be read as such.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
}

impl Encoding {
    /// The encoding of a file that starts like this. Without byte order mark, UTF-16 is known by the zeros around the
    /// first visible ASCII character.
    pub(crate) fn detect(head: &[u8]) -> Self {
        match head {
            [0xff, 0xfe, ..] => return Self::Utf16Le,
            [0xfe, 0xff, ..] => return Self::Utf16Be,
            _ => {}
        }
        let blank = |b: u8| b.is_ascii_whitespace();
        match head.chunks_exact(2).find(|pair| !matches!(pair, [0, b] | [b, 0] if blank(*b))) {
            Some([0, b]) if b.is_ascii_graphic() => Self::Utf16Be,
            Some([b, 0]) if b.is_ascii_graphic() => Self::Utf16Le,
            _ => Self::Utf8,
        }
    }

    /// The text of some bytes; what is not text becomes U+FFFD.
    pub(crate) fn decode(self, bytes: &[u8]) -> String {
        let text = match self {
            Self::Utf8 => String::from_utf8_lossy(bytes),
            Self::Utf16Le => UTF_16LE.decode_without_bom_handling(bytes).0,
            Self::Utf16Be => UTF_16BE.decode_without_bom_handling(bytes).0,
        };
        text.strip_prefix('\u{feff}').map_or_else(|| text.to_string(), str::to_owned)
    }

    /// A reader that gives the same text as UTF-8. UTF-8 itself is passed through as it is, wrong bytes included.
    pub(crate) fn reader<'r>(self, reader: impl Read + 'r) -> Box<dyn Read + 'r> {
        let decoder = match self {
            Self::Utf8 => return Box::new(reader),
            Self::Utf16Le => UTF_16LE.new_decoder_without_bom_handling(),
            Self::Utf16Be => UTF_16BE.new_decoder_without_bom_handling(),
        };
        let (input, output) = (vec![0; BLOCK], vec![0; 2 * BLOCK]);
        Box::new(Transcoder { reader, decoder, input, output, ready: 0..0, done: false })
    }
}

/// Turns UTF-16 into UTF-8 on the way.
struct Transcoder<R> {
    reader: R,
    decoder: Decoder,
    input: Vec<u8>,
    output: Vec<u8>,
    /// What of the output has not been given out.
    ready: std::ops::Range<usize>,
    done: bool,
}

impl<R: Read> Transcoder<R> {
    /// Decodes the next block; leaves nothing ready at the end.
    fn advance(&mut self) -> std::io::Result<()> {
        while self.ready.is_empty() && !self.done {
            let n = self.reader.read(&mut self.input)?;
            self.done = n == 0;
            // A unit of two bytes becomes three at most, so that the output has room for all of the input.
            let (_, _, written, _) =
                self.decoder.decode_to_utf8(&self.input[..n], &mut self.output, self.done);
            self.ready = 0..written;
        }
        Ok(())
    }
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.advance()?;
        let n = buffer.len().min(self.ready.len());
        buffer[..n].copy_from_slice(&self.output[self.ready.start..self.ready.start + n]);
        self.ready.start += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn encodings_by_their_first_bytes() {
        let text = " \r\n<Event xmlns='x'>é😀</Event>";
        for (bytes, expected) in [
            (text.as_bytes().to_vec(), Encoding::Utf8),
            (format!("\u{feff}{text}").into_bytes(), Encoding::Utf8),
            (utf16(text, u16::to_le_bytes), Encoding::Utf16Le),
            (utf16(text, u16::to_be_bytes), Encoding::Utf16Be),
            (utf16(&format!("\u{feff}{text}"), u16::to_le_bytes), Encoding::Utf16Le),
            (utf16(&format!("\u{feff}{text}"), u16::to_be_bytes), Encoding::Utf16Be),
        ] {
            assert_eq!(Encoding::detect(&bytes), expected);
            assert_eq!(expected.decode(&bytes), text);
            let mut read = String::new();
            expected.reader(bytes.as_slice()).read_to_string(&mut read).unwrap();
            assert_eq!(read.trim_start_matches('\u{feff}'), text);
        }
        for bytes in [&b""[..], b"<", b"ElfFile\0", b"\0\0\0\0", b"PK\x03\x04\0\0"] {
            assert_eq!(Encoding::detect(bytes), Encoding::Utf8, "{bytes:?}");
        }
    }

    /// Gives one byte at a time, so that every character is cut.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let n = self.0.len().min(1).min(buffer.len());
            self.0.read(&mut buffer[..n])
        }
    }

    #[test]
    fn characters_cut_anywhere_come_out_whole() {
        let text = "aé😀€\u{10ffff}".repeat(50);
        let bytes = utf16(&text, u16::to_le_bytes);
        let mut read = String::new();
        Encoding::Utf16Le.reader(Slow(&bytes)).read_to_string(&mut read).unwrap();
        assert_eq!(read, text);
    }

    #[test]
    fn wrong_text_is_replaced_not_refused() {
        let mut bytes = utf16("ab", u16::to_le_bytes);
        bytes.extend([0x00, 0xd8, b'c', 0, b'd']);
        let mut read = String::new();
        Encoding::Utf16Le.reader(bytes.as_slice()).read_to_string(&mut read).unwrap();
        assert_eq!(read, "ab\u{fffd}c\u{fffd}");
    }
}
