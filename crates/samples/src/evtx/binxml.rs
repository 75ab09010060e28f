//! Binary XML: tokens and values, appended to a chunk.
//!
//! Offsets inside binary XML count from the start of the chunk, so everything is written in place.

use super::chunk::Body;
use crate::value::Value;

/// `EndOfStream`.
pub(super) const END: u8 = 0x00;
/// `OpenStartElement` of an element without attributes; with `MORE` of one that has some.
const OPEN: u8 = 0x01;
/// `CloseStartElement`: the element has content.
const CLOSE_START: u8 = 0x02;
/// `CloseEmptyElement`.
const CLOSE_EMPTY: u8 = 0x03;
/// `EndElement`.
const CLOSE: u8 = 0x04;
/// `ValueText`.
const VALUE: u8 = 0x05;
/// `Attribute`; with `MORE` one that is not the last.
const ATTRIBUTE: u8 = 0x06;
/// `TemplateInstance`.
pub(super) const INSTANCE: u8 = 0x0C;
/// `NormalSubstitution`: a value without content leaves an empty element.
const SUBSTITUTION: u8 = 0x0D;
/// `OptionalSubstitution`: a value without content leaves nothing.
const OPTIONAL: u8 = 0x0E;
/// The flag on tokens that others follow.
const MORE: u8 = 0x40;
/// `FragmentHeader` of version 1.1 without flags.
pub(super) const FRAGMENT: [u8; 4] = [0x0F, 1, 1, 0];
/// The type of text.
const TEXT_TYPE: u8 = 0x01;
/// The type of embedded binary XML.
pub(super) const BINXML_TYPE: u8 = 0x21;

/// What an element or attribute of a template holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Slot<'a> {
    /// Text that is the same in every instance.
    Literal(&'a str),
    /// The value of this number.
    Value {
        /// Its number in the instance.
        index: u16,
        /// Its type byte.
        kind: u8,
    },
    /// The value of this number, which may be missing.
    Optional {
        /// Its number in the instance.
        index: u16,
        /// Its type byte.
        kind: u8,
    },
}

/// The type byte of a value.
pub(super) fn type_of(value: &Value) -> u8 {
    match value {
        Value::Text(_) => TEXT_TYPE,
        Value::U8(_) => 0x04,
        Value::U16(_) => 0x06,
        Value::I32(_) => 0x07,
        Value::U32(_) => 0x08,
        Value::U64(_) => 0x0A,
        Value::Bool(_) => 0x0D,
        Value::Binary(_) => 0x0E,
        Value::Guid(_) => 0x0F,
        Value::Time(_) => 0x11,
        Value::Sid(_) => 0x13,
        Value::Hex32(_) => 0x14,
        Value::Hex64(_) => 0x15,
    }
}

/// Appends the bytes of a value, without its size and type.
pub(super) fn put_value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Text(text) => out.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
        Value::I32(number) => out.extend_from_slice(&number.to_le_bytes()),
        Value::U8(number) => out.push(*number),
        Value::U16(number) => out.extend_from_slice(&number.to_le_bytes()),
        Value::U32(number) | Value::Hex32(number) => out.extend_from_slice(&number.to_le_bytes()),
        Value::U64(number) | Value::Hex64(number) => out.extend_from_slice(&number.to_le_bytes()),
        Value::Bool(truth) => out.extend_from_slice(&u32::from(*truth).to_le_bytes()),
        Value::Guid(guid) => out.extend_from_slice(&guid.0),
        Value::Sid(sid) => out.extend_from_slice(&sid.bytes()),
        Value::Time(time) => out.extend_from_slice(&time.ticks().to_le_bytes()),
        Value::Binary(bytes) => out.extend_from_slice(bytes),
    }
}

/// Writes the elements of a template definition.
impl Body {
    /// An element whose content `inner` writes; attributes first.
    pub(super) fn element(
        &mut self,
        name: &str,
        attributes: &[(&str, Slot<'_>)],
        inner: impl FnOnce(&mut Self),
    ) {
        let size = self.start_element(name, attributes);
        self.bytes.push(CLOSE_START);
        inner(self);
        self.bytes.push(CLOSE);
        self.patch_size(size);
    }

    /// An element that never has content.
    pub(super) fn empty_element(&mut self, name: &str, attributes: &[(&str, Slot<'_>)]) {
        let size = self.start_element(name, attributes);
        self.bytes.push(CLOSE_EMPTY);
        self.patch_size(size);
    }

    /// An element around one value.
    pub(super) fn leaf(&mut self, name: &str, attributes: &[(&str, Slot<'_>)], slot: Slot<'_>) {
        self.element(name, attributes, |body| body.slot(slot));
    }

    /// What stands between tags or in an attribute.
    pub(super) fn slot(&mut self, slot: Slot<'_>) {
        match slot {
            Slot::Literal(text) => {
                self.bytes.extend_from_slice(&[VALUE, TEXT_TYPE]);
                self.put_u16(text.encode_utf16().count() as u16);
                self.bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
            }
            Slot::Value { index, kind } => self.substitution(SUBSTITUTION, index, kind),
            Slot::Optional { index, kind } => self.substitution(OPTIONAL, index, kind),
        }
    }

    fn substitution(&mut self, token: u8, index: u16, kind: u8) {
        self.bytes.push(token);
        self.put_u16(index);
        self.bytes.push(kind);
    }

    /// Writes the start tag without its end and returns where the element's size belongs.
    fn start_element(&mut self, name: &str, attributes: &[(&str, Slot<'_>)]) -> usize {
        self.bytes.push(if attributes.is_empty() { OPEN } else { OPEN | MORE });
        // No dependency on a value.
        self.put_u16(0xFFFF);
        let size = self.reserve_size();
        self.name(name);
        if !attributes.is_empty() {
            let list = self.reserve_size();
            for (index, (key, slot)) in attributes.iter().enumerate() {
                let last = index + 1 == attributes.len();
                self.bytes.push(if last { ATTRIBUTE } else { ATTRIBUTE | MORE });
                self.name(key);
                self.slot(*slot);
            }
            self.patch_size(list);
        }
        size
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Guid, Sid};

    #[test]
    fn values_have_their_documented_types_and_sizes() {
        let cases: [(Value, u8, usize); 13] = [
            ("äx".into(), 0x01, 4),
            (Value::U8(1), 0x04, 1),
            (Value::U16(1), 0x06, 2),
            (Value::I32(1), 0x07, 4),
            (Value::U32(1), 0x08, 4),
            (Value::U64(1), 0x0A, 8),
            (Value::Bool(true), 0x0D, 4),
            (Value::Binary(vec![1, 2, 3]), 0x0E, 3),
            (Guid::default().into(), 0x0F, 16),
            (Value::Time(crate::time::FileTime::from_unix(0)), 0x11, 8),
            (Sid::LOCAL_SYSTEM.into(), 0x13, 12),
            (Value::Hex32(1), 0x14, 4),
            (Value::Hex64(1), 0x15, 8),
        ];
        for (value, kind, size) in cases {
            let mut bytes = Vec::new();
            put_value(&value, &mut bytes);
            assert_eq!((type_of(&value), bytes.len()), (kind, size), "{value:?}");
        }
    }

    #[test]
    fn an_element_knows_its_size() {
        let mut body = Body::new();
        let start = body.bytes.len();
        body.leaf("Data", &[("Name", Slot::Literal("A"))], Slot::Value { index: 3, kind: 1 });
        let bytes = &body.bytes[start..];
        assert_eq!(bytes[0], OPEN | MORE);
        let size = u32::from_le_bytes(bytes[3..7].try_into().unwrap());
        assert_eq!(size as usize, bytes.len() - 7);
        assert_eq!(bytes[bytes.len() - 5..], [SUBSTITUTION, 3, 0, 1, CLOSE]);
    }
}
