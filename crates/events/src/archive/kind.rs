//! What can hold other inputs, by its first bytes.

use super::codec::Codec;

/// Something that holds other inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One compressed stream.
    Packed(Codec),
    /// A zip archive.
    Zip,
    /// A tar archive.
    Tar,
    /// An archive of a kind that is not read; this is its name.
    Foreign(&'static str),
}

impl Kind {
    /// What an input that starts like this is; `None` for anything that holds no other inputs.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        let packed = |codec| Some(Self::Packed(codec));
        match head {
            [0x1f, 0x8b, 8, ..] => packed(Codec::Gzip),
            // A frame, or one to be skipped: <https://www.rfc-editor.org/rfc/rfc8878#section-3.1>
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => packed(Codec::Zstd),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => packed(Codec::Xz),
            // The last six bytes are the digits of pi that start the first block.
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..] => packed(Codec::Bzip2),
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, b'P', b'K', ..] => {
                Some(Self::Zip)
            }
            [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => Some(Self::Foreign("7z")),
            [b'R', b'a', b'r', b'!', 0x1a, 7, ..] => Some(Self::Foreign("RAR")),
            [b'M', b'S', b'C', b'F', 0, 0, 0, 0, ..] => Some(Self::Foreign("cabinet")),
            _ => super::tar::is_header(head).then_some(Self::Tar),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_magic() {
        for (head, expected) in [
            (&b"\x1f\x8b\x08\0"[..], Some(Kind::Packed(Codec::Gzip))),
            (b"\x28\xb5\x2f\xfd", Some(Kind::Packed(Codec::Zstd))),
            (b"\x5a\x2a\x4d\x18\0\0\0\0", Some(Kind::Packed(Codec::Zstd))),
            (b"\xfd7zXZ\0", Some(Kind::Packed(Codec::Xz))),
            (b"BZh91AY&SY", Some(Kind::Packed(Codec::Bzip2))),
            (b"PK\x03\x04", Some(Kind::Zip)),
            (b"PK\x05\x06", Some(Kind::Zip)),
            (b"7z\xbc\xaf\x27\x1c", Some(Kind::Foreign("7z"))),
            (b"Rar!\x1a\x07\x01", Some(Kind::Foreign("RAR"))),
            (b"MSCF\0\0\0\0", Some(Kind::Foreign("cabinet"))),
            (b"BZh9 is a word", None),
            (b"PK: a text", None),
            (b"\x1f\x8b", None),
            (b"ElfFile\0", None),
            (b"", None),
        ] {
            assert_eq!(Kind::of(head), expected, "{}", head.escape_ascii());
        }
        assert_eq!(Kind::of(&[0; 2000]), None, "zeros are no tar archive");
    }
}
