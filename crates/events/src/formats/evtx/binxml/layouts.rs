//! Layouts, each worked out once however many chunks hold its definition.
//!
//! A definition has the same bytes in every chunk but for where names stand. A layout is taken for a definition only if
//! all other bytes and the names are the same: identifiers alone could be forged.

use super::bytes::{Cursor, name_at, u32_at};
use super::layout::{Context, Layout, Reference, read};
use rustc_hash::FxHashMap;

/// Length of the header of a definition: offset of the next, identifier, size.
const HEADER: usize = 24;
/// Layouts at a time.
const MAX_LAYOUTS: usize = 4096;
/// Definitions of one identifier and size: which of their names stand in them differs.
const MAX_VARIANTS: usize = 64;

/// Identifier of a definition, its size and where its element stands.
type Key = ([u8; 16], u32, Context);

/// A definition that was seen.
#[derive(Debug)]
struct Known {
    body: Vec<u8>,
    references: Vec<Reference>,
    number: usize,
}

/// The layouts of all definitions seen so far.
#[derive(Debug, Default)]
pub(super) struct Layouts {
    all: Vec<Layout>,
    known: FxHashMap<Key, Vec<Known>>,
    /// Definitions of the chunk at hand, by offset.
    here: FxHashMap<(u32, Context), Option<usize>>,
}

impl Layouts {
    /// Starts a chunk.
    pub(super) fn start_chunk(&mut self) {
        self.here.clear();
    }

    /// The layout of a number.
    pub(super) fn get(&self, number: usize) -> Option<&Layout> {
        self.all.get(number)
    }

    /// The number of the layout of the definition at `offset`, if it has one.
    pub(super) fn at(&mut self, data: &[u8], offset: u32, context: Context) -> Option<usize> {
        if let Some(number) = self.here.get(&(offset, context)) {
            return *number;
        }
        let number = self.find(data, offset, context);
        self.here.insert((offset, context), number);
        number
    }

    fn find(&mut self, data: &[u8], offset: u32, context: Context) -> Option<usize> {
        let mut header = Cursor::new(data, offset as usize);
        let _next = header.u32()?;
        let id: [u8; 16] = header.take(16)?.try_into().ok()?;
        let size = header.u32()?;
        let start = (offset as usize).checked_add(HEADER)?;
        let end = start.checked_add(size as usize)?;
        let body = data.get(start..end)?;
        let known = self.known.entry((id, size, context)).or_default();
        if let Some(known) = known.iter().find(|known| known.is(data, start, body)) {
            return Some(known.number);
        }
        if self.all.len() >= MAX_LAYOUTS || known.len() >= MAX_VARIANTS {
            return None;
        }
        let (layout, references) = read(data, start, end, context)?;
        let number = self.all.len();
        self.all.push(layout);
        known.push(Known { body: body.to_vec(), references, number });
        Some(number)
    }
}

impl Known {
    /// Whether the definition in `body`, which starts at `start`, is the same.
    fn is(&self, data: &[u8], start: usize, body: &[u8]) -> bool {
        if self.body.len() != body.len() {
            return false;
        }
        let mut same_to = 0;
        let equal = |from: usize, to: usize| self.body.get(from..to) == body.get(from..to);
        for reference in &self.references {
            let at = reference.at;
            if !equal(same_to, at) {
                return false;
            }
            let Some(offset) = u32_at(body, at) else { return false };
            let inline = offset as usize == start + at + 4;
            if inline != reference.inline {
                return false;
            }
            same_to = at + 4;
            if inline {
                // Where the next name of its chain stands differs; the name itself is compared with the rest.
                same_to += 4;
            } else if name_at(data, offset as usize).is_none_or(|(_, name)| name != reference.name) {
                return false;
            }
        }
        equal(same_to, body.len())
    }
}
