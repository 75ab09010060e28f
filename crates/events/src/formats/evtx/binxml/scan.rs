//! From a chunk to its records, and from a record to its values.

use super::bytes::{Cursor, name_at, u32_at};
use super::layout::{Context, Layout};
use super::layouts::Layouts;
use super::value::{Value, kind};

/// Length of the header of a chunk.
const HEADER: usize = 512;
/// Length of the header of a record.
pub(super) const RECORD_HEADER: usize = 24;
/// Names in the table of a chunk.
const MAX_NAMES: usize = 8192;
/// Instances in instances.
const MAX_NESTING: usize = 8;
/// Values of one instance.
const MAX_VALUES: usize = 1024;
/// Instances of one record.
const MAX_INSTANCES: usize = 256;
/// Times of records up to the end of the year 9998.
const MAX_TIME: u64 = 2_650_000_000_000_000_000;

/// Marks a place where no instance stands.
pub(super) const NONE: u32 = u32::MAX;

/// A record of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) id: u64,
    /// Where its Binary XML stands in the chunk.
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A value of a record, by where it stands in the chunk.
#[derive(Debug, Clone, Copy)]
struct Slot {
    kind: u8,
    start: u32,
    end: u32,
}

/// An instance of a template in a record.
#[derive(Debug, Clone, Copy)]
struct Instance {
    first: usize,
    count: usize,
}

/// The values of the records of a chunk; one record is at hand.
#[derive(Debug, Default)]
pub(super) struct Values {
    slots: Vec<Slot>,
    instances: Vec<Instance>,
    /// The first instance of the record at hand.
    base: usize,
    /// The layouts in the order in which they are used, with [`NONE`] where a place for one is not taken.
    pub(super) shape: Vec<u32>,
}

/// The records of a chunk, if it is undamaged as far as its checksums tell and nothing in it is odd.
pub(super) fn records(data: &[u8], out: &mut Vec<Record>) -> Option<()> {
    out.clear();
    if !data.starts_with(b"ElfChnk\0") {
        return None;
    }
    let free = u32_at(data, 48)? as usize;
    let checksum = |bytes: &[&[u8]]| {
        let mut hasher = crc32fast::Hasher::new();
        for bytes in bytes {
            hasher.update(bytes);
        }
        hasher.finalize()
    };
    let sound = u32_at(data, 124)? == checksum(&[data.get(..120)?, data.get(128..HEADER)?])
        && u32_at(data, 52)? == checksum(&[data.get(HEADER..free)?]);
    if !sound || !names_are_sound(data) {
        return None;
    }
    let last = u64::from(u32_at(data, 32)?) | u64::from(u32_at(data, 36)?) << 32;
    let mut at = HEADER;
    while at < free {
        let mut header = Cursor::new(data, at);
        if header.u32()? != 0x2a2a {
            return None;
        }
        let size = header.u32()? as usize;
        let id = u64::from(header.u32()?) | u64::from(header.u32()?) << 32;
        let time = u64::from(header.u32()?) | u64::from(header.u32()?) << 32;
        // The size stands once more at the end.
        let end = at.checked_add(size.checked_sub(4)?)?;
        let start = at + RECORD_HEADER;
        if end < start || u32_at(data, end)? as usize != size || time > MAX_TIME {
            return None;
        }
        out.push(Record { id, start, end });
        if id == last {
            break;
        }
        at += size;
    }
    Some(())
}

/// Whether all names of the table can be read.
fn names_are_sound(data: &[u8]) -> bool {
    let mut count = 0;
    for bucket in 0..64 {
        let mut at = u32_at(data, 128 + 4 * bucket).unwrap_or_default();
        while at > 0 {
            let Some((next, name)) = name_at(data, at as usize) else { return false };
            let units = name.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
            count += 1;
            if count > MAX_NAMES || (!name.is_ascii() && char::decode_utf16(units).any(|c| c.is_err())) {
                return false;
            }
            at = next;
        }
    }
    true
}

impl Values {
    /// Starts a chunk.
    pub(super) fn start_chunk(&mut self) {
        self.slots.clear();
        self.instances.clear();
        self.base = 0;
    }

    /// Finds the values of a record, which then is at hand, and gives the number by which it is [taken](Self::select) again;
    /// `None` if it is not certain what they are.
    pub(super) fn read(&mut self, data: &[u8], record: Record, layouts: &mut Layouts) -> Option<usize> {
        self.base = self.instances.len();
        self.shape.clear();
        let first = self.slots.len();
        let window = data.get(..record.end)?;
        if self.stream(window, data, record.start, layouts, (Context::Record, 0)).is_none() {
            self.instances.truncate(self.base);
            self.slots.truncate(first);
            return None;
        }
        Some(self.base)
    }

    /// Takes a record of the chunk that was read before.
    pub(super) fn select(&mut self, number: usize) {
        self.base = number;
    }

    /// A value of one of the instances of the record at hand, in the order of its shape.
    pub(super) fn get<'c>(&self, data: &'c [u8], instance: u16, slot: u16) -> Option<Value<'c>> {
        let instance = self.instances.get(self.base + usize::from(instance))?;
        let slot = usize::from(slot);
        let slot = self.slots.get(instance.first + slot).filter(|_| slot < instance.count)?;
        Some(Value { kind: slot.kind, bytes: data.get(slot.start as usize..slot.end as usize)? })
    }

    /// Reads the one instance that makes up the Binary XML from `start` to the end of `window`.
    fn stream(
        &mut self,
        window: &[u8],
        data: &[u8],
        start: usize,
        layouts: &mut Layouts,
        (context, depth): (Context, usize),
    ) -> Option<()> {
        let mut cursor = Cursor::new(window, start);
        let mut token = cursor.u8()?;
        if token == 0x0f {
            cursor.take(3)?;
            token = cursor.u8()?;
        }
        if token != 0x0c || depth > MAX_NESTING {
            return None;
        }
        cursor.u8()?;
        cursor.u32()?;
        let definition = cursor.u32()?;
        if cursor.at == definition as usize {
            cursor.take(20)?;
            let size = cursor.u32()?;
            cursor.take(size as usize)?;
        }
        let first = self.slots.len();
        let count = cursor.u32()? as usize;
        if count > MAX_VALUES || self.instances.len() - self.base > MAX_INSTANCES {
            return None;
        }
        let number = layouts.at(data, definition, context)?;
        self.values(&mut cursor, count, layouts.get(number)?)?;
        if !matches!(window.get(cursor.at), None | Some(0)) {
            return None;
        }
        self.instances.push(Instance { first, count });
        self.shape.push(u32::try_from(number).ok()?);
        self.nested(data, Instance { first, count }, number, layouts, depth)
    }

    /// Reads the table of values at the cursor, and makes sure that none is of a type that its place can't hold.
    fn values(&mut self, cursor: &mut Cursor<'_>, count: usize, layout: &Layout) -> Option<()> {
        let table = cursor.take(4 * count)?;
        self.slots.reserve(count);
        for (place, [low, high, kind, _]) in table.as_chunks::<4>().0.iter().enumerate() {
            let size = usize::from(u16::from_le_bytes([*low, *high]));
            let start = cursor.at;
            let value = Value { kind: *kind, bytes: cursor.take(size)? };
            if !value.is_sound() {
                return None;
            }
            let used = || layout.uses.get(place).copied().unwrap_or_default();
            match *kind {
                kind::BINXML if size > 0 && !used().nested => return None,
                kind::STRINGS if !used().array || used().times != 1 => return None,
                _ => {}
            }
            self.slots.push(Slot { kind: *kind, start: start as u32, end: cursor.at as u32 });
        }
        Some(())
    }

    /// Reads the instances in an instance.
    fn nested(
        &mut self,
        data: &[u8],
        Instance { first, count }: Instance,
        number: usize,
        layouts: &mut Layouts,
        depth: usize,
    ) -> Option<()> {
        // An instance can add layouts, so that none is held on to.
        let mut at = 0;
        while let Some((slot, context)) = layouts.get(number)?.nested.get(at).copied() {
            at += 1;
            let slot =
                self.slots.get(first + usize::from(slot)).filter(|_| usize::from(slot) < count).copied();
            match slot.filter(|slot| slot.kind == kind::BINXML && slot.start < slot.end) {
                Some(slot) => {
                    let window = data.get(..slot.end as usize)?;
                    self.stream(window, data, slot.start as usize, layouts, (context, depth + 1))?;
                }
                None => self.shape.push(NONE),
            }
        }
        Some(())
    }
}
