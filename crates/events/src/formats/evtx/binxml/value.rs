//! The text of a value, as it stands in the XML that Windows renders.

/// Types of values.
pub(super) mod kind {
    pub(crate) const NULL: u8 = 0x00;
    pub(crate) const STRING: u8 = 0x01;
    pub(crate) const ANSI: u8 = 0x02;
    pub(crate) const INT8: u8 = 0x03;
    pub(crate) const UINT8: u8 = 0x04;
    pub(crate) const INT16: u8 = 0x05;
    pub(crate) const UINT16: u8 = 0x06;
    pub(crate) const INT32: u8 = 0x07;
    pub(crate) const UINT32: u8 = 0x08;
    pub(crate) const INT64: u8 = 0x09;
    pub(crate) const UINT64: u8 = 0x0a;
    pub(crate) const BOOL: u8 = 0x0d;
    pub(crate) const BINARY: u8 = 0x0e;
    pub(crate) const GUID: u8 = 0x0f;
    pub(crate) const SIZE: u8 = 0x10;
    pub(crate) const FILETIME: u8 = 0x11;
    pub(crate) const SYSTEMTIME: u8 = 0x12;
    pub(crate) const SID: u8 = 0x13;
    pub(crate) const HEX32: u8 = 0x14;
    pub(crate) const HEX64: u8 = 0x15;
    pub(crate) const BINXML: u8 = 0x21;
    pub(crate) const STRINGS: u8 = 0x81;
}

/// Ticks of 100 ns from 1601 to 1970.
const EPOCH: i64 = 116_444_736_000_000_000;
const TICKS_PER_DAY: u64 = 864_000_000_000;

/// A value of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Value<'c> {
    /// One of [`kind`].
    pub(super) kind: u8,
    pub(super) bytes: &'c [u8],
}

impl<'c> Value<'c> {
    /// Whether the text of a value of this type and size is known for certain.
    pub(super) fn is_sound(self) -> bool {
        let size = self.bytes.len();
        match self.kind {
            kind::NULL | kind::BINARY | kind::BINXML => true,
            kind::STRING => size.is_multiple_of(2),
            // Other characters depend on the machine that wrote the log.
            kind::ANSI => self.bytes.is_ascii(),
            kind::INT8 | kind::UINT8 => size == 1,
            kind::INT16 | kind::UINT16 => size == 2,
            kind::INT32 | kind::UINT32 | kind::BOOL | kind::HEX32 => size == 4,
            kind::INT64 | kind::UINT64 | kind::FILETIME | kind::HEX64 => size == 8,
            kind::GUID | kind::SYSTEMTIME => size == 16,
            kind::SIZE => size == 4 || size == 8,
            kind::SID => self.bytes.get(1).is_some_and(|count| size == 8 + 4 * usize::from(*count)),
            kind::STRINGS => size.is_multiple_of(2) && size > 0 && self.bytes.ends_with(&[0, 0]),
            _ => false,
        }
    }

    /// Whether there is no value at all, for elements that depend on one.
    pub(super) fn is_null(self) -> bool {
        self.kind == kind::NULL || (self.kind == kind::BINXML && self.bytes.is_empty())
    }

    /// Whether an attribute of this value is left out.
    pub(super) fn is_empty(self) -> bool {
        match self.kind {
            kind::NULL => true,
            kind::STRING => self.bytes.is_empty() || self.bytes.starts_with(&[0, 0]),
            kind::ANSI => self.bytes.iter().all(|b| *b == 0),
            kind::BINARY | kind::BINXML => self.bytes.is_empty(),
            _ => false,
        }
    }

    /// The strings of an array.
    pub(super) fn strings(self) -> impl Iterator<Item = Value<'c>> {
        let mut rest = self.bytes;
        std::iter::from_fn(move || {
            let end = rest.chunks_exact(2).position(|unit| unit == [0, 0])?;
            let bytes = &rest[..2 * end];
            rest = &rest[2 * end + 2..];
            Some(Value { kind: kind::STRING, bytes })
        })
    }

    /// Nanoseconds since 1970, if it is a time of the years that those can hold.
    pub(super) fn nanoseconds(self) -> Option<i64> {
        let ticks: [u8; 8] = self.bytes.try_into().ok().filter(|_| self.kind == kind::FILETIME)?;
        i64::try_from(u64::from_le_bytes(ticks)).ok()?.checked_sub(EPOCH)?.checked_mul(100)
    }

    /// Adds its text, which is UTF-8. A value that is not [sound](Self::is_sound) has none.
    pub(super) fn write(self, out: &mut Vec<u8>) {
        let number = self.unsigned();
        match self.kind {
            kind::STRING => write_utf16(self.bytes, out),
            kind::ANSI => {
                let legible = |b: &u8| if is_plain(u16::from(*b)) { *b } else { b'_' };
                out.extend(self.bytes.iter().filter(|b| **b != 0).map(legible));
            }
            kind::INT8 => write_signed((number as i8).into(), out),
            kind::INT16 => write_signed((number as i16).into(), out),
            kind::INT32 => write_signed((number as i32).into(), out),
            kind::INT64 => write_signed(number as i64, out),
            kind::UINT8 | kind::UINT16 | kind::UINT32 | kind::UINT64 => write_decimal(number, 1, out),
            kind::BOOL => match number {
                0 => out.extend(b"false"),
                1 => out.extend(b"true"),
                other => write_signed((other as i32).into(), out),
            },
            kind::SIZE | kind::HEX32 | kind::HEX64 => write_hex(number, out),
            kind::BINARY => {
                out.extend(self.bytes.iter().flat_map(|b| [digit(b >> 4, b'A'), digit(b & 15, b'A')]));
            }
            kind::GUID => write_guid(self.bytes, out),
            kind::FILETIME => write_filetime(number, out),
            kind::SYSTEMTIME => write_systemtime(self.bytes, out),
            kind::SID => write_sid(self.bytes, out),
            _ => {}
        }
    }

    /// Up to eight bytes as a number.
    fn unsigned(self) -> u64 {
        if self.bytes.len() > 8 {
            return 0;
        }
        self.bytes.iter().rev().fold(0, |sum, b| sum << 8 | u64::from(*b))
    }
}

/// What stands for a character in XML: those that it does not allow become `_`, as Windows writes them.
fn legible(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' => c,
        '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => '_',
        _ => c,
    }
}

/// Whether a unit of UTF-16 is an ASCII character that XML allows.
fn is_plain(unit: u16) -> bool {
    // Without branches, so that many units are looked at in one go.
    let blank = [0x09, 0x0a, 0x0d].into_iter().fold(0, |any, blank| any | u16::from(unit == blank));
    u16::from(unit.wrapping_sub(0x20) < 0x60) | blank > 0
}

/// Units of UTF-16 that are looked at together.
const BLOCK: usize = 8;

/// The low bytes of a block of UTF-16, and whether that is its text: all of it ASCII that XML allows.
fn narrow(block: &[[u8; 2]; BLOCK]) -> ([u8; BLOCK], bool) {
    let mut text = [0; BLOCK];
    let mut plain = true;
    for (byte, unit) in text.iter_mut().zip(block) {
        let unit = u16::from_le_bytes(*unit);
        plain &= is_plain(unit);
        *byte = unit as u8;
    }
    (text, plain)
}

/// Adds UTF-16 up to the first NUL.
fn write_utf16(bytes: &[u8], out: &mut Vec<u8>) {
    let units = bytes.as_chunks::<2>().0;
    let mut rest = units;
    out.reserve(rest.len());
    loop {
        // Most text is ASCII.
        while let Some((block, after)) = rest.split_first_chunk::<BLOCK>() {
            let (text, plain) = narrow(block);
            if !plain {
                break;
            }
            out.extend(text);
            rest = after;
        }
        if rest.len() < BLOCK
            && let Some(last) = units.last_chunk()
            && let (text, true) = narrow(last)
        {
            out.extend(&text[BLOCK - rest.len()..]);
            return;
        }
        let end = rest.len().saturating_sub(BLOCK);
        if write_units(&mut rest, end, out).is_none() || rest.is_empty() {
            return;
        }
    }
}

/// Adds the text of UTF-16, character by character, until no more than so many units are left; `None` at a NUL.
fn write_units(rest: &mut &[[u8; 2]], left: usize, out: &mut Vec<u8>) -> Option<()> {
    while rest.len() > left {
        let (unit, after) = rest.split_first()?;
        match u16::from_le_bytes(*unit) {
            0 => return None,
            unit @ 0x20..0x80 => {
                out.push(unit as u8);
                *rest = after;
            }
            _ => {
                let units = rest.iter().take(2).map(|unit| u16::from_le_bytes(*unit));
                let character = char::decode_utf16(units).next()?.map_or('_', legible);
                let taken = if character.len_utf16() == 2 { 2 } else { 1 };
                out.extend(character.encode_utf8(&mut [0; 4]).as_bytes());
                *rest = rest.get(taken..)?;
            }
        }
    }
    Some(())
}

fn digit(value: u8, letters: u8) -> u8 {
    if value < 10 { b'0' + value } else { letters + value - 10 }
}

/// Adds a number of no fewer digits than `width`.
fn write_decimal(mut number: u64, width: usize, out: &mut Vec<u8>) {
    let mut digits = [b'0'; 20];
    let mut at = digits.len();
    while number > 0 && at > 0 {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
    }
    out.extend(&digits[at.min(digits.len() - width)..]);
}

fn write_signed(number: i64, out: &mut Vec<u8>) {
    if number < 0 {
        out.push(b'-');
    }
    write_decimal(number.unsigned_abs(), 1, out);
}

fn write_hex(number: u64, out: &mut Vec<u8>) {
    out.extend(b"0x");
    let digits = (u64::BITS - number.leading_zeros()).div_ceil(4).max(1);
    out.extend((0..digits).rev().map(|at| digit((number >> (4 * at)) as u8 & 15, b'a')));
}

fn write_guid(bytes: &[u8], out: &mut Vec<u8>) {
    const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    let Ok(bytes) = <&[u8; 16]>::try_from(bytes) else { return };
    out.push(b'{');
    for (i, at) in ORDER.into_iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            out.push(b'-');
        }
        out.extend([digit(bytes[at] >> 4, b'a'), digit(bytes[at] & 15, b'a')]);
    }
    out.push(b'}');
}

fn write_sid(bytes: &[u8], out: &mut Vec<u8>) {
    let Some(([revision, _, authority @ ..], parts)) = bytes.split_first_chunk::<8>() else { return };
    let authority = authority.iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
    out.extend(b"S-");
    write_decimal((*revision).into(), 1, out);
    out.push(b'-');
    write_decimal(authority, 1, out);
    for part in parts.as_chunks::<4>().0 {
        out.push(b'-');
        write_decimal(u32::from_le_bytes(*part).into(), 1, out);
    }
}

/// Adds year, month, day, hour, minute, second and ticks of 100 ns. Years have four digits.
fn write_time([year, month, day, hour, minute, second, ticks]: [u64; 7], out: &mut Vec<u8>) {
    for (number, width, after) in [
        (year % 10_000, 4, b'-'),
        (month, 2, b'-'),
        (day, 2, b'T'),
        (hour, 2, b':'),
        (minute, 2, b':'),
        (second, 2, b'.'),
        (ticks, 7, b'Z'),
    ] {
        write_decimal(number, width, out);
        out.push(after);
    }
}

/// A time as Windows writes it: what can't be one is written as zeros.
fn write_filetime(ticks: u64, out: &mut Vec<u8>) {
    if i64::try_from(ticks).is_err() {
        return write_time([0; 7], out);
    }
    let (year, month, day) = civil(ticks / TICKS_PER_DAY);
    let ticks = ticks % TICKS_PER_DAY;
    let (seconds, ticks) = (ticks / 10_000_000, ticks % 10_000_000);
    write_time([year, month, day, seconds / 3600, seconds / 60 % 60, seconds % 60, ticks], out);
}

/// Year, month and day, days after 1601-01-01 (Howard Hinnant's `civil_from_days`,
/// <https://howardhinnant.github.io/date_algorithms.html>).
fn civil(days: u64) -> (u64, u64, u64) {
    let z = days + 584_694;
    let (era, day_of_era) = (z / 146_097, z % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

/// The same of a time in eight numbers; one that is no date is written as the start of 1601.
fn write_systemtime(bytes: &[u8], out: &mut Vec<u8>) {
    let mut numbers = [0; 8];
    for (number, pair) in numbers.iter_mut().zip(bytes.as_chunks::<2>().0) {
        *number = u64::from(u16::from_le_bytes(*pair));
    }
    let [year, month, _, day, hour, minute, second, millis] = numbers;
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    let valid = (1601..=30_827).contains(&year) && (1..=days).contains(&day);
    if !valid || hour > 23 || minute > 59 || second > 59 || millis > 999 {
        return write_time([1601, 1, 1, 0, 0, 0, 0], out);
    }
    write_time([year, month, day, hour, minute, second, millis * 10_000], out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn utf16_in_blocks_is_what_it_is_character_by_character(
            units in prop::collection::vec(
                prop_oneof![
                    40 => 0x20..0x80u16,
                    2 => 1..0x20u16,
                    1 => any::<u16>(),
                    2 => prop::sample::select(vec![0xd83d, 0xde00, 0xffff, 0x9, 0xd]),
                ],
                0..60,
            ),
        ) {
            let expected: String = char::decode_utf16(units.iter().copied().take_while(|unit| *unit != 0))
                .map(|c| c.map_or('_', legible))
                .collect();
            let bytes: Vec<u8> = units.into_iter().flat_map(u16::to_le_bytes).collect();
            prop_assert_eq!(text(kind::STRING, &bytes), expected);
        }
    }

    fn text(kind: u8, bytes: &[u8]) -> String {
        let value = Value { kind, bytes };
        assert!(value.is_sound(), "{value:?}");
        let mut out = Vec::new();
        value.write(&mut out);
        String::from_utf8(out).unwrap()
    }

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn numbers_and_the_like() {
        for (kind, bytes, expected) in [
            (kind::INT8, &[0xff][..], "-1"),
            (kind::UINT8, &[0xff], "255"),
            (kind::INT16, &[0, 0x80], "-32768"),
            (kind::UINT16, &[0x10, 0x12], "4624"),
            (kind::INT32, &[0xfe, 0xff, 0xff, 0xff], "-2"),
            (kind::UINT32, &[0, 0, 0, 0], "0"),
            (kind::INT64, &[0xff; 8], "-1"),
            (kind::UINT64, &[0xff; 8], "18446744073709551615"),
            (kind::BOOL, &[1, 0, 0, 0], "true"),
            (kind::BOOL, &[0, 0, 0, 0], "false"),
            (kind::BOOL, &[0xff, 0xff, 0xff, 0xff], "-1"),
            (kind::HEX32, &[0xef, 0xbe, 0, 0], "0xbeef"),
            (kind::HEX64, &[0; 8], "0x0"),
            (kind::SIZE, &[1, 0, 0, 0], "0x1"),
            (kind::BINARY, &[0x0a, 0xb1], "0AB1"),
            (kind::NULL, &[1, 2, 3], ""),
            (kind::ANSI, b"a\0b\x01", "ab_"),
            (kind::SID, &[1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0], "S-1-5-32-544"),
            (
                kind::GUID,
                &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
                "{04030201-0605-0807-090a-0b0c0d0e0f10}",
            ),
        ] {
            assert_eq!(text(kind, bytes), expected);
        }
    }

    #[test]
    fn texts() {
        for (given, expected) in [
            ("", ""),
            ("short", "short"),
            ("a text of more than one block, é and 😀", "a text of more than one block, é and 😀"),
            ("up to here\0not further", "up to here"),
            ("tab\tline\r\nbell\u{7}\u{ffff}", "tab\tline\r\nbell__"),
            ("é first, and then a block and a rest", "é first, and then a block and a rest"),
            ("<&>\"'", "<&>\"'"),
        ] {
            assert_eq!(text(kind::STRING, &utf16(given)), expected);
        }
        assert_eq!(text(kind::STRING, &[0x61, 0, 0x3d, 0xd8, 0x62, 0]), "a_b", "half a character");
    }

    #[test]
    fn times() {
        for (ticks, expected) in [
            (0, "1601-01-01T00:00:00.0000000Z"),
            (EPOCH as u64, "1970-01-01T00:00:00.0000000Z"),
            (133_537_247_991_234_567, "2024-02-29T23:59:59.1234567Z"),
            (u64::MAX, "0000-00-00T00:00:00.0000000Z"),
        ] {
            let bytes = u64::to_le_bytes(ticks);
            assert_eq!(text(kind::FILETIME, &bytes), expected);
            let nanos = Value { kind: kind::FILETIME, bytes: &bytes }.nanoseconds();
            assert_eq!(nanos, crate::decode::time::parse(expected), "{expected}");
        }
        let system = |numbers: [u16; 8]| numbers.into_iter().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        for (numbers, expected) in [
            ([2024, 2, 0, 29, 23, 59, 58, 7], "2024-02-29T23:59:58.0070000Z"),
            ([2023, 2, 0, 29, 0, 0, 0, 0], "1601-01-01T00:00:00.0000000Z"),
            ([0; 8], "1601-01-01T00:00:00.0000000Z"),
        ] {
            assert_eq!(text(kind::SYSTEMTIME, &system(numbers)), expected);
        }
    }

    #[test]
    fn what_is_not_certain() {
        for (kind, bytes) in [
            (kind::STRING, &[0x61][..]),
            (kind::UINT16, &[1]),
            (kind::SID, &[1, 2, 0, 0, 0, 0, 0, 5]),
            (kind::ANSI, &[0xe9]),
            (kind::STRINGS, &[0x61, 0]),
            (0x0b, &[0; 4]),
            (0xff, &[]),
        ] {
            assert!(!Value { kind, bytes }.is_sound(), "{kind}");
        }
    }

    #[test]
    fn arrays_end_each_string_with_a_nul() {
        let bytes = utf16("a\0\0bc\0");
        let found: Vec<_> =
            Value { kind: kind::STRINGS, bytes: &bytes }.strings().map(|v| v.bytes.len()).collect();
        assert_eq!(found, [2, 0, 4]);
    }
}
