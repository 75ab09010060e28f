//! Finding the rows of a table by the values of its match fields.
//!
//! A row is looked for through one match field or group of match fields, its driver, which gives candidates: never
//! too few, often just the right ones. Each candidate is then compared in all match fields, so the driver decides
//! about speed and not about results.

use super::{Matching, Settings, Table};
use crate::pipeline::columns;
use crate::predicate::{Cidr, Glob, fold};
use grotto_events::{Cell, Column};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet, FxHasher};
use std::borrow::Cow;
use std::hash::{Hash, Hasher};
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

/// With more candidates than this, another driver is tried as well.
const MANY: usize = 256;

/// Lengths in bytes of the pieces of patterns that are indexed, longest first.
const PIECES: [usize; 4] = [8, 4, 2, 1];

/// Pieces of a pattern that are looked at to choose the rarest.
const CHOICE: usize = 8;

/// A table made ready for one list of match fields.
#[derive(Debug)]
pub struct Index {
    table: Arc<Table>,
    keys: Vec<(String, Matching)>,
    case: bool,
    /// Over all match fields that are compared exactly.
    exact: Option<Exact>,
    /// The first wildcard or CIDR field, by its number among the keys.
    other: Option<usize>,
    /// Its driver, made when it is needed.
    driver: OnceLock<Driver>,
}

#[derive(Debug)]
struct Exact {
    /// Keys by number.
    keys: Vec<usize>,
    postings: Postings,
}

#[derive(Debug)]
enum Driver {
    Patterns(Patterns),
    Networks(Networks),
}

impl Index {
    /// Prepares matching by these columns, of which all are in the table.
    pub fn new(table: &Arc<Table>, keys: &[&str], settings: &Settings) -> Self {
        let matching = |key: &str| {
            settings.matching.iter().find(|(field, _)| field == key).map_or(Matching::Exact, |(_, m)| *m)
        };
        let keys: Vec<(String, Matching)> =
            keys.iter().map(|key| ((*key).to_owned(), matching(key))).collect();
        let mut index = Self {
            table: Arc::clone(table),
            case: settings.case_sensitive,
            exact: None,
            other: keys.iter().position(|(_, m)| *m != Matching::Exact),
            driver: OnceLock::new(),
            keys,
        };
        index.exact = index.exact();
        index
    }

    /// Numbers of the rows that match, in the order of the table, `most` at most. There are as many values as keys.
    pub fn find(&self, values: &[&str], most: usize) -> Vec<u32> {
        let mut found = Vec::new();
        let asked: Vec<Cow<'_, str>> = values.iter().map(|value| self.folded(value)).collect();
        let mut check = |row: u32| {
            if self.fits(row as usize, values, &asked) {
                found.push(row);
            }
            found.len() < most
        };
        let exact = self.exact.as_ref().map(|exact| exact.postings.get(exact.hash(&asked)));
        match (exact, self.other) {
            (Some(rows), None) => {
                rows.iter().all(|row| check(*row));
            }
            (Some(rows), Some(_)) if rows.len() <= MANY => {
                rows.iter().all(|row| check(*row));
            }
            (_, Some(at)) => {
                let driver = self.driver.get_or_init(|| self.driver(at));
                let rows = match driver {
                    Driver::Patterns(patterns) => patterns.candidates(&asked[at]),
                    Driver::Networks(networks) => networks.candidates(values[at]),
                };
                rows.into_iter().all(&mut check);
            }
            (None, None) => {}
        }
        found
    }

    /// Text as it is compared.
    fn folded<'t>(&self, text: &'t str) -> Cow<'t, str> {
        folded(text, self.case)
    }

    /// Whether a row has the values in all keys.
    fn fits(&self, row: usize, values: &[&str], folded: &[Cow<'_, str>]) -> bool {
        self.keys.iter().zip(values.iter().zip(folded)).all(|((key, matching), (value, folded))| {
            let mut fits = false;
            columns::each(self.table.batch().cell(key, row), |cell| {
                columns::with_text(cell, |wanted| {
                    fits |= match matching {
                        Matching::Exact => self.folded(wanted) == *folded,
                        Matching::Wildcard => Glob::new(wanted, self.case).matches(value),
                        Matching::Cidr => network(wanted).is_some_and(|network| network.holds(value)),
                    };
                });
            });
            fits
        })
    }

    fn column(&self, key: usize) -> Option<&Column> {
        self.table.batch().column(&self.keys.get(key)?.0)
    }

    fn exact(&self) -> Option<Exact> {
        let exact = (0..self.keys.len()).filter(|key| self.keys[*key].1 == Matching::Exact);
        let (single, several): (Vec<usize>, Vec<usize>) =
            exact.partition(|key| matches!(self.column(*key), Some(Column::Text(_))));
        // Of cells with several values each is a key of its own; one such column is enough to find by.
        let keys = if single.is_empty() { vec![*several.first()?] } else { single };
        let mut builder = Vec::new();
        for row in 0..self.table.rows() {
            if let [key] = keys.as_slice() {
                columns::each(self.column(*key).map_or(Cell::Null, |c| c.cell(row)), |cell| {
                    columns::with_text(cell, |text| {
                        builder.push((hash_of([&*self.folded(text)]), row as u32));
                    });
                });
                continue;
            }
            let cells: Option<Vec<Cow<'_, str>>> = keys
                .iter()
                .map(|key| match self.column(*key)?.cell(row) {
                    Cell::Text(text) => Some(self.folded(text)),
                    _ => None,
                })
                .collect();
            if let Some(cells) = cells {
                builder.push((hash_of(cells.iter().map(|cell| &**cell)), row as u32));
            }
        }
        Some(Exact { keys, postings: Postings::new(builder) })
    }

    fn driver(&self, key: usize) -> Driver {
        let cells = |each: &mut dyn FnMut(u32, &str)| {
            for row in 0..self.table.rows() {
                columns::each(self.column(key).map_or(Cell::Null, |c| c.cell(row)), |cell| {
                    columns::with_text(cell, |text| each(row as u32, text));
                });
            }
        };
        match self.keys[key].1 {
            Matching::Cidr => Driver::Networks(Networks::new(&cells)),
            Matching::Exact | Matching::Wildcard => Driver::Patterns(Patterns::new(&cells, self.case)),
        }
    }
}

impl Exact {
    fn hash(&self, values: &[Cow<'_, str>]) -> u64 {
        hash_of(self.keys.iter().map(|key| values.get(*key).map_or("", |value| &**value)))
    }
}

/// The block that a cell writes; an address alone is a block of one.
fn network(text: &str) -> Option<Cidr> {
    Cidr::parse(text.trim()).or_else(|| {
        let address: IpAddr = text.trim().parse().ok()?;
        Cidr::parse(&format!("{address}/{}", if address.is_ipv4() { 32 } else { 128 }))
    })
}

/// Text as it is compared where letter case counts, or does not.
fn folded(text: &str, case: bool) -> Cow<'_, str> {
    let stays = case || text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if stays { Cow::Borrowed(text) } else { Cow::Owned(fold(text)) }
}

fn hash_of<T: Hash>(parts: impl IntoIterator<Item = T>) -> u64 {
    let mut hasher = FxHasher::default();
    parts.into_iter().for_each(|part| part.hash(&mut hasher));
    hasher.finish()
}

/// Rows by hash. Rows of one hash are in the order of the table.
#[derive(Debug, Default)]
struct Postings {
    ranges: FxHashMap<u64, (u32, u32)>,
    rows: Vec<u32>,
}

impl Postings {
    fn new(mut entries: Vec<(u64, u32)>) -> Self {
        entries.sort_unstable();
        entries.dedup();
        let different = entries.chunk_by(|a, b| a.0 == b.0).count();
        let mut ranges = FxHashMap::with_capacity_and_hasher(different, FxBuildHasher);
        let mut start = 0;
        for group in entries.chunk_by(|a, b| a.0 == b.0) {
            ranges.insert(group[0].0, (start, start + group.len() as u32));
            start += group.len() as u32;
        }
        Self { ranges, rows: entries.into_iter().map(|(_, row)| row).collect() }
    }

    fn get(&self, hash: u64) -> &[u32] {
        let Some((start, end)) = self.ranges.get(&hash) else { return &[] };
        self.rows.get(*start as usize..*end as usize).unwrap_or_default()
    }
}

/// Calls the function it is given with every cell of a column.
type Cells<'a> = dyn Fn(&mut dyn FnMut(u32, &str)) + 'a;

/// Patterns with wildcards, found by one piece of their text each: a value that fits a pattern holds the piece.
#[derive(Debug)]
struct Patterns {
    postings: Postings,
    /// Patterns without text to find them by.
    always: Vec<u32>,
    /// The lengths of pieces that there are.
    lengths: Vec<usize>,
}

impl Patterns {
    fn new(cells: &Cells<'_>, case: bool) -> Self {
        // How often pieces occur in patterns, by a few bits of their hash: to choose rare ones, an estimate is enough.
        let mut counts = vec![0_u32; 1 << 18];
        let place = |piece: u64| (piece >> 46) as usize;
        let (mut entries, mut always, mut lengths) = (Vec::new(), Vec::new(), FxHashSet::default());
        // The pieces of all patterns, and of which row how many of them are.
        let (mut found, mut of_rows): (Vec<u64>, Vec<(u32, usize)>) = (Vec::new(), Vec::new());
        cells(&mut |row, text| {
            let text = folded(text, case);
            if !text.contains('*') {
                entries.push((whole(&text), row));
                return;
            }
            let part = longest(&text).as_bytes();
            let Some(length) = length_of(part) else {
                always.push(row);
                return;
            };
            lengths.insert(length);
            let before = found.len();
            found.extend(pieces(part, length));
            for piece in found.iter().skip(before) {
                let count = &mut counts[place(*piece)];
                *count = count.saturating_add(1);
            }
            of_rows.push((row, found.len() - before));
        });
        let mut found = found.into_iter();
        for (row, count) in of_rows {
            let rarest = found.by_ref().take(count).min_by_key(|piece| counts[place(*piece)]);
            entries.extend(rarest.map(|piece| (piece, row)));
        }
        let lengths = PIECES.into_iter().filter(|length| lengths.contains(length)).collect();
        Self { postings: Postings::new(entries), always, lengths }
    }

    /// Rows whose pattern may fit, in order.
    fn candidates(&self, text: &str) -> Vec<u32> {
        let mut rows = self.always.clone();
        rows.extend(self.postings.get(whole(text)));
        for length in &self.lengths {
            for window in text.as_bytes().windows(*length) {
                rows.extend(self.postings.get(piece(window)));
            }
        }
        rows.sort_unstable();
        rows.dedup();
        rows
    }
}

fn piece(bytes: &[u8]) -> u64 {
    hash_of([bytes])
}

/// The hash of a value without wildcards; never that of a piece of the same text.
fn whole(text: &str) -> u64 {
    hash_of([text, "\u{0}"])
}

/// The longest text between the wildcards of a pattern.
fn longest(pattern: &str) -> &str {
    pattern.split('*').max_by_key(|part| part.len()).unwrap_or_default()
}

/// The length of the pieces by which a pattern with this longest text can be found; `None` when it has no text.
fn length_of(longest: &[u8]) -> Option<usize> {
    PIECES.into_iter().find(|length| *length <= longest.len())
}

/// Some pieces of the longest text of a pattern, spread over it.
fn pieces(longest: &[u8], length: usize) -> impl Iterator<Item = u64> {
    let places = (longest.len() + 1).saturating_sub(length);
    (0..places).step_by(places.div_ceil(CHOICE).max(1)).map(move |at| piece(&longest[at..at + length]))
}

/// Networks by their length and the bits that addresses in them share.
#[derive(Debug)]
struct Networks {
    postings: Postings,
    /// Width of addresses and length of networks that there are.
    lengths: Vec<(u32, u32)>,
}

impl Networks {
    fn new(cells: &Cells<'_>) -> Self {
        let (mut entries, mut lengths) = (Vec::new(), FxHashSet::default());
        cells(&mut |row, text| {
            if let Some(network) = network(text) {
                lengths.insert((network.width(), network.length()));
                entries.push((
                    hash_of([network.width().into(), network.length().into(), network.shared()]),
                    row,
                ));
            }
        });
        Self { postings: Postings::new(entries), lengths: lengths.into_iter().collect() }
    }

    fn candidates(&self, address: &str) -> Vec<u32> {
        let Some(address) = network(address).filter(|host| host.length() == host.width()) else {
            return Vec::new();
        };
        let mut rows = Vec::new();
        for (width, length) in self.lengths.iter().filter(|(width, _)| *width == address.width()) {
            let shared = address.shared().checked_shr(width - length).unwrap_or(0);
            rows.extend(self.postings.get(hash_of([(*width).into(), (*length).into(), shared])));
        }
        rows.sort_unstable();
        rows
    }
}

#[cfg(test)]
mod tests;
