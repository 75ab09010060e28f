//! The values that events carry, with the types that Windows gives them.

use crate::time::FileTime;
use std::borrow::Cow;
use std::fmt;

/// Text that is often known when the program is built.
pub type Text = Cow<'static, str>;

/// A GUID in the order in which Windows stores it: three little-endian numbers, then eight bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Guid(pub [u8; 16]);

impl Guid {
    /// From its four parts, as a GUID is written: `{first-second-third-rest}`.
    pub const fn new(first: u32, second: u16, third: u16, rest: [u8; 8]) -> Self {
        let (a, b, c, d) = (first.to_le_bytes(), second.to_le_bytes(), third.to_le_bytes(), rest);
        Self([a[0], a[1], a[2], a[3], b[0], b[1], c[0], c[1], d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7]])
    }
}

impl fmt::Display for Guid {
    /// In braces and lower case, as Windows renders the value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (numbers, rest) = self.0.split_at(8);
        f.write_str("{")?;
        // The three numbers are stored from their last byte on, and a hyphen follows each.
        for (index, position) in [3, 2, 1, 0, 5, 4, 7, 6].into_iter().enumerate() {
            let hyphen = if matches!(index, 3 | 5 | 7) { "-" } else { "" };
            write!(f, "{:02x}{hyphen}", numbers[position])?;
        }
        for (index, byte) in rest.iter().enumerate() {
            if index == 2 {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        f.write_str("}")
    }
}

/// A security identifier: the authority and its sub-authorities. `S-1-5-18` is `Sid { authority: 5, parts: [18] }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sid {
    /// The identifier authority, 48 bits; 5 is NT.
    pub authority: u64,
    /// The sub-authorities, at most 15.
    pub parts: Cow<'static, [u32]>,
}

impl Sid {
    /// `S-1-5-18`, the operating system.
    pub const LOCAL_SYSTEM: Self = Self { authority: 5, parts: Cow::Borrowed(&[18]) };
    /// `S-1-5-20`, services that speak for the machine on the network.
    pub const NETWORK_SERVICE: Self = Self { authority: 5, parts: Cow::Borrowed(&[20]) };
    /// `S-1-0-0`, nobody.
    pub const NULL: Self = Self { authority: 0, parts: Cow::Borrowed(&[0]) };

    /// The bytes that an event log stores.
    pub fn bytes(&self) -> Vec<u8> {
        let parts = &self.parts[..self.parts.len().min(15)];
        let mut bytes = vec![1, parts.len() as u8];
        bytes.extend_from_slice(&self.authority.to_be_bytes()[2..]);
        bytes.extend(parts.iter().flat_map(|part| part.to_le_bytes()));
        bytes
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S-1-{}", self.authority)?;
        self.parts.iter().take(15).try_for_each(|part| write!(f, "-{part}"))
    }
}

/// A value of an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text; empty text is a value, too: `<Data Name='Path'></Data>`.
    Text(Text),
    /// A signed number.
    I32(i32),
    /// A number of one byte.
    U8(u8),
    /// A number of two bytes.
    U16(u16),
    /// A number of four bytes.
    U32(u32),
    /// A number of eight bytes.
    U64(u64),
    /// `true` or `false`.
    Bool(bool),
    /// A number of four bytes, rendered as `0x1f`.
    Hex32(u32),
    /// A number of eight bytes (also a pointer or handle), rendered as `0x1f`.
    Hex64(u64),
    /// A GUID, rendered in braces.
    Guid(Guid),
    /// A security identifier.
    Sid(Sid),
    /// A moment.
    Time(FileTime),
    /// Bytes, rendered as upper-case hexadecimal digits.
    Binary(Vec<u8>),
}

impl fmt::Display for Value {
    /// The text that Windows renders, before XML escapes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::I32(number) => number.fmt(f),
            Self::U8(number) => number.fmt(f),
            Self::U16(number) => number.fmt(f),
            Self::U32(number) => number.fmt(f),
            Self::U64(number) => number.fmt(f),
            Self::Bool(truth) => truth.fmt(f),
            Self::Hex32(number) => write!(f, "{number:#x}"),
            Self::Hex64(number) => write!(f, "{number:#x}"),
            Self::Guid(guid) => guid.fmt(f),
            Self::Sid(sid) => sid.fmt(f),
            Self::Time(time) => time.fmt(f),
            Self::Binary(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02X}")),
        }
    }
}

impl From<&'static str> for Value {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<Text> for Value {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::U32(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<Guid> for Value {
    fn from(guid: Guid) -> Self {
        Self::Guid(guid)
    }
}

impl From<Sid> for Value {
    fn from(sid: Sid) -> Self {
        Self::Sid(sid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_render_as_windows_renders_them() {
        let guid = Guid::new(0x5770_385f, 0xc22a, 0x43e0, [0xbf, 0x4c, 0x06, 0xf5, 0x69, 0x8f, 0xfb, 0xd9]);
        let domain = Sid { authority: 5, parts: vec![21, 1, 2, 3, 500].into() };
        let cases: [(Value, &str); 13] = [
            ("NtLmSsp ".into(), "NtLmSsp "),
            (Value::I32(-1), "-1"),
            (Value::U8(255), "255"),
            (Value::U16(3389), "3389"),
            (Value::U32(4_294_967_295), "4294967295"),
            (Value::U64(1 << 40), "1099511627776"),
            (true.into(), "true"),
            (Value::Hex32(0x4081_0000), "0x40810000"),
            (Value::Hex64(0), "0x0"),
            (guid.into(), "{5770385f-c22a-43e0-bf4c-06f5698ffbd9}"),
            (domain.clone().into(), "S-1-5-21-1-2-3-500"),
            (Value::Time(FileTime::from_unix(0)), "1970-01-01T00:00:00.0000000Z"),
            (Value::Binary(vec![0x57, 0, 0xFE]), "5700FE"),
        ];
        for (value, text) in cases {
            assert_eq!(value.to_string(), text);
        }
        assert_eq!(Sid::LOCAL_SYSTEM.bytes(), [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0]);
        assert_eq!(domain.bytes().len(), 8 + 5 * 4);
        assert_eq!(Sid::NULL.to_string(), "S-1-0-0");
    }

    #[test]
    fn a_sid_of_too_many_parts_is_cut_the_same_way_twice() {
        let long = Sid { authority: 5, parts: (1..=20).collect::<Vec<_>>().into() };
        assert_eq!(long.bytes()[1], 15);
        assert!(long.to_string().ends_with("-15"));
    }
}
