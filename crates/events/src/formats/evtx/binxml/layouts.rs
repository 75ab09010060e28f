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
    /// Its bytes, with zeros where they are not the same in every chunk.
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
    /// Room for the bytes of one.
    scratch: Vec<u8>,
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
        if let Some(known) = known.iter().find(|known| known.is(data, start, body, &mut self.scratch)) {
            return Some(known.number);
        }
        if self.all.len() >= MAX_LAYOUTS || known.len() >= MAX_VARIANTS {
            return None;
        }
        let (layout, references) = read(data, start, end, context)?;
        let number = self.all.len();
        self.all.push(layout);
        let mut body = body.to_vec();
        blank(&mut body, &references);
        known.push(Known { body, references, number });
        Some(number)
    }
}

impl Known {
    /// Whether the definition in `body`, which starts at `start`, is the same.
    fn is(&self, data: &[u8], start: usize, body: &[u8], scratch: &mut Vec<u8>) -> bool {
        let offset = |reference: &Reference| u32_at(body, reference.at).unwrap_or_default() as usize;
        let as_inline =
            |reference: &Reference| reference.inline == (offset(reference) == start + reference.at + 4);
        // One that stands in the definition is compared with the rest.
        let as_named = |reference: &Reference| {
            reference.inline
                || name_at(data, offset(reference)).is_some_and(|(_, name)| name == reference.name)
        };
        // What most variants differ in comes first.
        if self.body.len() != body.len()
            || !self.references.iter().all(as_inline)
            || !self.references.iter().all(as_named)
        {
            return false;
        }
        scratch.clear();
        scratch.extend_from_slice(body);
        blank(scratch, &self.references);
        *scratch == self.body
    }
}

/// Puts zeros where the bytes of a definition are not the same in every chunk: where a name stands, and if that is in the
/// definition, where the next name of its chain stands.
fn blank(body: &mut [u8], references: &[Reference]) {
    for Reference { at, inline, .. } in references {
        if let Some(place) = body.get_mut(*at..at + if *inline { 8 } else { 4 }) {
            place.fill(0);
        }
    }
}
