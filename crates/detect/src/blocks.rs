//! Script blocks that PowerShell logged in several events, put together again.
//!
//! PowerShell splits a long script block over several events 4104: `MessageNumber` of `MessageTotal`, the same
//! `ScriptBlockId` on the same host
//! (<https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.core/about/about_logging_windows>).
//! Splunk matches each part by itself, so a rule can be evaded by length. grotto matches the parts first, as Splunk
//! does, and then the whole for the rules that no part satisfied.

use grotto_engine::value::cell_text;
use grotto_events::{Batch, Cell, Column};
use std::collections::BTreeMap;

/// Bytes of script text that are kept at most; blocks that come later are not joined, which is said.
const MOST_BYTES: usize = 256 << 20;
const TEXT: &str = "ScriptBlockText";

/// The parts of script blocks that were seen.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    /// By host and `ScriptBlockId`; the parts by number, each a batch of one event.
    parts: BTreeMap<(String, String), BTreeMap<u64, Batch>>,
    bytes: usize,
    /// Parts that were not kept.
    pub(crate) left_out: u64,
}

/// A script block with all its parts.
#[derive(Debug)]
pub(crate) struct Whole {
    /// The events that it was logged in, in order.
    pub(crate) parts: Batch,
    /// The first event, with the whole text.
    pub(crate) joined: Batch,
}

impl Blocks {
    /// Keeps the events of a batch that are parts of script blocks.
    pub(crate) fn collect(&mut self, batch: &Batch) {
        if batch.column("EventCode").and_then(Column::as_constant) != Some("4104")
            || batch.column(TEXT).is_none()
        {
            return;
        }
        for row in 0..batch.rows() {
            let field = |name: &str| match batch.cell(name, row) {
                Cell::Null => None,
                cell => Some(cell_text(cell)),
            };
            let number = |name: &str| field(name).and_then(|text| text.parse::<u64>().ok());
            let (Some(part), Some(total), Some(id)) =
                (number("MessageNumber"), number("MessageTotal"), field("ScriptBlockId"))
            else {
                continue;
            };
            if total < 2 {
                continue;
            }
            let size = field(TEXT).map_or(0, |text| text.len());
            let block = (field("Computer").unwrap_or_default(), id);
            self.keep(block, part, size, MOST_BYTES, || batch.take(&[row as u32]).compact());
        }
    }

    /// Keeps a part of a block unless there is one with its number, or more than `most` bytes would be kept.
    fn keep(
        &mut self,
        block: (String, String),
        number: u64,
        size: usize,
        most: usize,
        part: impl FnOnce() -> Batch,
    ) {
        if self.parts.get(&block).is_some_and(|parts| parts.contains_key(&number)) {
            return;
        }
        if self.bytes + size > most {
            self.left_out += 1;
            return;
        }
        self.bytes += size;
        self.parts.entry(block).or_default().insert(number, part());
    }

    /// Takes in the parts that were seen later in the input.
    pub(crate) fn merge(&mut self, later: Self) {
        self.merge_within(later, MOST_BYTES);
    }

    fn merge_within(&mut self, later: Self, most: usize) {
        self.left_out += later.left_out;
        for (block, parts) in later.parts {
            for (number, part) in parts {
                let size = cell_text(part.cell(TEXT, 0)).len();
                self.keep(block.clone(), number, size, most, || part);
            }
        }
    }

    /// The blocks of which all parts were seen, in the order of hosts and ids.
    pub(crate) fn whole(self) -> Vec<Whole> {
        self.parts.into_values().filter_map(whole).collect()
    }
}

/// Joins the parts of a block; `None` when one is missing.
fn whole(parts: BTreeMap<u64, Batch>) -> Option<Whole> {
    let total = parts.values().next().map(|first| cell_text(first.cell("MessageTotal", 0)))?;
    let all = parts.keys().copied().eq(1..=parts.len() as u64) && total == parts.len().to_string();
    if !all {
        return None;
    }
    let text: String = parts.values().map(|part| cell_text(part.cell(TEXT, 0))).collect();
    let parts: Vec<Batch> = parts.into_values().collect();
    let mut joined = parts.first()?.clone();
    joined.set(TEXT, Column::text([Some(text)]));
    Some(Whole { parts: Batch::concat(&parts, cell_text), joined })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(id: &str, number: &str, total: &str, text: &str) -> Batch {
        let mut batch = Batch::new(1);
        for (name, value) in [
            ("EventCode", "4104"),
            ("Computer", "h"),
            ("ScriptBlockId", id),
            ("MessageNumber", number),
            ("MessageTotal", total),
            (TEXT, text),
        ] {
            batch.set(name, Column::constant(value, 1));
        }
        batch
    }

    #[test]
    fn only_complete_blocks_are_joined_in_order() {
        let (mut first, mut later) = (Blocks::default(), Blocks::default());
        first.collect(&part("a", "2", "2", "-Command x"));
        first.collect(&part("b", "1", "3", "incomplete"));
        first.collect(&part("c", "1", "1", "single"));
        later.collect(&part("a", "1", "2", "Invoke"));
        later.collect(&part("a", "2", "2", "a copy of the second part"));
        first.merge(later);
        let whole = first.whole();
        assert_eq!(whole.len(), 1);
        assert_eq!(whole[0].joined.cell(TEXT, 0), Cell::Text("Invoke-Command x"));
        assert_eq!(whole[0].parts.rows(), 2);
    }

    #[test]
    fn what_is_kept_is_bounded_however_many_parts_of_the_input_there_are() {
        let mut all = Blocks::default();
        for id in ["a", "b", "c"] {
            let mut later = Blocks::default();
            later.collect(&part(id, "1", "2", "1234"));
            later.collect(&part(id, "2", "2", "5678"));
            all.merge_within(later, 20);
        }
        assert_eq!((all.bytes, all.left_out), (20, 1));
        let joined: Vec<String> =
            all.whole().iter().map(|whole| cell_text(whole.joined.cell(TEXT, 0))).collect();
        assert_eq!(joined, ["12345678", "12345678"]);
    }

    #[test]
    fn events_that_are_no_parts_are_passed_over() {
        let mut blocks = Blocks::default();
        blocks.collect(&part("a", "x", "y", "t"));
        let mut other = part("a", "1", "2", "t");
        other.set("EventCode", Column::constant("4103", 1));
        blocks.collect(&other);
        assert!(blocks.whole().is_empty());
    }
}
