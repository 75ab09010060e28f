//! The BY values of groups.
//!
//! The values of each BY field are kept once, whatever number of groups has them; a group is a row of their numbers.

use crate::Value;
use crate::pipeline::{Compared, columns};
use crate::texts::{self, Texts};
use crate::value::ValueKind;
use grotto_events::{Cell, Column};
use rustc_hash::{FxHashMap, FxHasher};
use serde::{Deserialize, Serialize};
use std::hash::Hasher;

/// Stands for no value.
const NONE: u32 = u32::MAX;

/// How many types there are.
const KINDS: usize = ValueKind::ALL.len();

/// The values of BY fields and the groups that have them.
#[derive(Default)]
pub(super) struct Keys {
    fields: Vec<Texts>,
    /// How many groups there are.
    count: usize,
    /// For each group the number of its value in each field.
    numbers: Vec<u32>,
    /// Groups by the hash of these.
    groups: texts::Numbers,
    /// For each group the types of its values, field by field; empty while all are text.
    kinds: Vec<ValueKind>,
}

/// Rows of a BY field by the numbers of their values.
pub(super) struct Numbers {
    of_rows: OfRows,
    /// The types of the values of rows; empty where all are text.
    kinds: Vec<ValueKind>,
}

enum OfRows {
    /// The same in all rows.
    Same(u32),
    Each(Vec<u32>),
    /// A row has several values.
    Several(Vec<Vec<u32>>),
}

/// The values of some groups, as they are saved.
#[derive(Serialize, Deserialize)]
pub(super) struct Saved<'a> {
    /// How many groups there are.
    groups: u32,
    /// The different values of each field.
    #[serde(borrow)]
    texts: Vec<Vec<&'a str>>,
    /// For each group the number of its value in each field and one more, or zero.
    numbers: Vec<u32>,
    /// For each group the types of its values as numbers, field by field; empty while all are text.
    kinds: Vec<u8>,
}

/// Groups in the order of their values.
pub(super) struct Sorted {
    pub(super) groups: Vec<u32>,
    /// The values of each field in that order.
    pub(super) columns: Vec<Column>,
}

impl Keys {
    /// No groups, of this number of fields.
    pub(super) fn new(fields: usize) -> Self {
        Self { fields: (0..fields).map(|_| Texts::default()).collect(), ..Self::default() }
    }

    /// The values of a field in these rows, where `fill` stands for missing ones.
    pub(super) fn numbers(
        &mut self,
        field: usize,
        column: Option<&Column>,
        fill: Option<&str>,
        rows: &[u32],
    ) -> Numbers {
        let values = &mut self.fields[field];
        let fill = fill.map_or(NONE, |fill| values.number(fill));
        let kinds = match column {
            Some(column @ (Column::Int(_) | Column::Float(_) | Column::Time(_))) => {
                rows.iter().map(|row| ValueKind::of(column.cell(*row as usize))).collect()
            }
            Some(Column::Text(_) | Column::List(_)) | None => Vec::new(),
        };
        let of_rows = match column {
            None => OfRows::Same(fill),
            Some(list @ Column::List(_)) => {
                let of_row = |row: &u32| {
                    let mut numbers = Vec::new();
                    columns::each(list.cell(*row as usize), |cell| numbers.push(of_cell(values, cell, fill)));
                    if numbers.is_empty() { vec![fill] } else { numbers }
                };
                OfRows::Several(rows.iter().map(of_row).collect())
            }
            Some(column) => {
                if let Some(value) = column.as_constant() {
                    OfRows::Same(values.number(value))
                } else {
                    OfRows::Each(of_column(values, column, fill, rows))
                }
            }
        };
        Numbers { of_rows, kinds }
    }

    /// The group of a row of numbers.
    pub(super) fn group(&mut self, key: &[u32]) -> u32 {
        let Self { numbers, groups, .. } = self;
        let hashed = hash_of(key);
        if let Some(group) = groups.find(hashed, |group| key_at(numbers, key.len(), group as usize) == key) {
            return group;
        }
        let group = self.count as u32;
        self.count += 1;
        numbers.extend_from_slice(key);
        groups.insert(hashed, group);
        if !self.kinds.is_empty() {
            self.kinds.resize(self.count * self.fields.len(), ValueKind::Text);
        }
        group
    }

    /// Values that are written alike are one group, whatever their types; which type stays must not depend on which
    /// came first.
    pub(super) fn mark(&mut self, group: u32, field: usize, kind: ValueKind) {
        if kind == ValueKind::Text {
            return;
        }
        if self.kinds.is_empty() {
            self.kinds.resize(self.count * self.fields.len(), ValueKind::Text);
        }
        if let Some(mine) = self.kinds.get_mut(group as usize * self.fields.len() + field) {
            *mine = kind.min(*mine);
        }
    }

    /// Takes in the groups of others; for each of them its number here.
    pub(super) fn merge(&mut self, others: &Self) -> Vec<u32> {
        let of_field = |(mine, theirs): (&mut Texts, &Texts)| -> Vec<u32> {
            theirs.iter().map(|text| mine.number(text)).collect()
        };
        let numbers: Vec<Vec<u32>> = self.fields.iter_mut().zip(&others.fields).map(of_field).collect();
        let mut key = Vec::with_capacity(self.fields.len());
        let mut places = Vec::with_capacity(others.len());
        for theirs in 0..others.count {
            key.clear();
            key.extend(others.key(theirs).iter().zip(&numbers).map(|(number, numbers)| match *number {
                NONE => NONE,
                number => numbers[number as usize],
            }));
            let group = self.group(&key);
            if !others.kinds.is_empty() {
                (0..key.len()).for_each(|field| self.mark(group, field, others.kind(theirs, field)));
            }
            places.push(group);
        }
        places
    }

    /// Number of groups.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Bytes of memory that they take.
    pub(super) fn bytes(&self) -> usize {
        let values: usize = self.fields.iter().map(Texts::bytes).sum();
        values
            + self.numbers.capacity() * size_of::<u32>()
            + self.groups.bytes()
            + self.kinds.capacity() * size_of::<ValueKind>()
    }

    /// The numbers of a group's values.
    fn key(&self, group: usize) -> &[u32] {
        key_at(&self.numbers, self.fields.len(), group)
    }

    /// The values of each group.
    pub(super) fn iter(&self) -> impl Iterator<Item = Vec<Value>> {
        (0..self.len()).map(|group| (0..self.fields.len()).map(|field| self.value(group, field)).collect())
    }

    fn kind(&self, group: usize, field: usize) -> ValueKind {
        self.kinds.get(group * self.fields.len() + field).copied().unwrap_or(ValueKind::Text)
    }

    fn number(&self, group: usize, field: usize) -> u32 {
        self.key(group).get(field).copied().unwrap_or(NONE)
    }

    fn value(&self, group: usize, field: usize) -> Value {
        match self.fields[field].get(self.number(group, field)) {
            Some(text) => Value::read(self.kind(group, field), text),
            None => Value::Null,
        }
    }

    /// The values of a field in each group, in nanoseconds; `None` when one is no time.
    pub(super) fn times(&self, field: usize) -> Option<Vec<i64>> {
        let read = |text| match Value::read(ValueKind::Time, text) {
            Value::Time(ns) => Some(ns),
            _ => None,
        };
        let values: Vec<Option<i64>> = self.fields.get(field)?.iter().map(read).collect();
        let time = |group| match self.kind(group, field) {
            ValueKind::Time => values.get(self.number(group, field) as usize).copied().flatten(),
            ValueKind::Int | ValueKind::Float | ValueKind::Text => None,
        };
        (0..self.count).map(time).collect()
    }

    /// Some of the groups, which get new numbers in their order.
    pub(super) fn kept(&self, groups: &[u32]) -> Self {
        let mut kept = Self::new(self.fields.len());
        // What was just saved can be loaded.
        let _ = kept.load(&self.saved(groups));
        kept
    }

    /// The groups in so many parts; groups of the same values are in the same part, whatever their numbers are.
    pub(super) fn parts(&self, count: usize) -> Vec<Vec<u32>> {
        let hashes: Vec<Vec<u64>> =
            self.fields.iter().map(|field| field.iter().map(texts::hash).collect()).collect();
        let mut parts = vec![Vec::new(); count.max(1)];
        for group in 0..self.count {
            let mut hasher = FxHasher::default();
            for (number, hashes) in self.key(group).iter().zip(&hashes) {
                hasher.write_u64(hashes.get(*number as usize).copied().unwrap_or_default());
            }
            let hash = hasher.finish();
            let part = ((hash >> 40) ^ (hash >> 20) ^ hash) as usize % parts.len();
            parts[part].push(group as u32);
        }
        parts
    }

    /// What [`load`](Self::load) takes in of some groups.
    pub(super) fn saved(&self, groups: &[u32]) -> Saved<'_> {
        let width = self.fields.len();
        let mut numbers = vec![0; groups.len() * width];
        let mut texts = Vec::with_capacity(width);
        for (field, values) in self.fields.iter().enumerate() {
            let mut of_field = Vec::new();
            let mut known: FxHashMap<u32, u32> = FxHashMap::default();
            for (at, group) in groups.iter().enumerate() {
                let number = self.number(*group as usize, field);
                if number == NONE {
                    continue;
                }
                numbers[at * width + field] = *known.entry(number).or_insert_with(|| {
                    of_field.push(values.get(number).unwrap_or_default());
                    of_field.len() as u32
                });
            }
            texts.push(of_field);
        }
        let mut kinds = Vec::new();
        if !self.kinds.is_empty() {
            let of_group = |group: &u32| {
                let group = *group as usize;
                (0..width).map(move |field| self.kind(group, field) as u8)
            };
            kinds.extend(groups.iter().flat_map(of_group));
        }
        Saved { groups: groups.len() as u32, texts, numbers, kinds }
    }

    /// Takes in groups that were saved; for each of them its number here. `None` when they can't have been saved by
    /// groups of as many fields.
    pub(super) fn load(&mut self, saved: &Saved<'_>) -> Option<Vec<u32>> {
        let width = self.fields.len();
        if saved.texts.len() != width || saved.numbers.len() != saved.groups as usize * width {
            return None;
        }
        let of_field = |(values, texts): (&mut Texts, &Vec<&str>)| -> Vec<u32> {
            std::iter::once(NONE).chain(texts.iter().map(|text| values.number(text))).collect()
        };
        let numbers: Vec<Vec<u32>> = self.fields.iter_mut().zip(&saved.texts).map(of_field).collect();
        let mut key = Vec::with_capacity(width);
        let mut places = Vec::with_capacity(saved.groups as usize);
        for at in 0..saved.groups as usize {
            key.clear();
            for (number, numbers) in saved.numbers.get(at * width..)?.iter().zip(&numbers) {
                key.push(*numbers.get(*number as usize)?);
            }
            let group = self.group(&key);
            if let Some(kinds) = saved.kinds.get(at * width..(at + 1) * width) {
                for (field, kind) in kinds.iter().enumerate() {
                    self.mark(group, field, *ValueKind::ALL.get(*kind as usize)?);
                }
            }
            places.push(group);
        }
        Some(places)
    }

    /// The groups in the order of their values.
    pub(super) fn sorted(&self) -> Sorted {
        let ranked: Vec<(Vec<u32>, Column)> =
            (0..self.fields.len()).map(|field| self.ranked(field)).collect();
        // A field that is the same everywhere says nothing about the order.
        let ranks: Vec<&Vec<u32>> =
            ranked.iter().filter(|(_, values)| values.len() > 1).map(|(ranks, _)| ranks).collect();
        let mut groups: Vec<u32> = (0..self.len() as u32).collect();
        groups.sort_unstable_by(|a, b| {
            let (a, b) = (*a as usize, *b as usize);
            ranks.iter().map(|ranks| ranks[a].cmp(&ranks[b])).find(|o| o.is_ne()).unwrap_or(a.cmp(&b))
        });
        let column = |(ranks, values): &(Vec<u32>, Column)| {
            values.take(&groups.iter().map(|group| ranks[*group as usize]).collect::<Vec<u32>>())
        };
        let columns = ranked.iter().map(column).collect();
        Sorted { groups, columns }
    }

    /// The different values of a field in order, and for each group which of them it has.
    fn ranked(&self, field: usize) -> (Vec<u32>, Column) {
        let places = self.places(field);
        let room = KINDS * (self.fields[field].len() + 1);
        let used = different(&places, room).into_iter();
        let mut different: Vec<(Compared<'_>, usize)> =
            used.map(|place| (Compared::new(self.cell(field, place)), place)).collect();
        different.sort_unstable_by(|(a, _), (b, _)| a.compare(b));
        let mut rank = vec![0; room];
        for (number, (_, place)) in different.iter().enumerate() {
            rank[*place] = number as u32;
        }
        let ranks = places.into_iter().map(|place| rank[place]).collect();
        let cells = || different.iter().map(|(one, _)| one.cell);
        let text = |cell| if let Cell::Text(text) = cell { Some(text) } else { None };
        let column = if cells().all(|cell| matches!(cell, Cell::Null | Cell::Text(_))) {
            Column::text(cells().map(text))
        } else {
            columns::column(&cells().map(Value::from).collect::<Vec<_>>())
        };
        (ranks, column)
    }

    /// For each group a place for its value among those of the field: one for each text and type, the last ones for no
    /// value.
    fn places(&self, field: usize) -> Vec<usize> {
        let none = self.fields[field].len();
        let place = |group: usize| {
            let number = self.number(group, field);
            let number = if number == NONE { none } else { number as usize };
            KINDS * number + self.kind(group, field) as usize
        };
        (0..self.len()).map(place).collect()
    }

    /// The value at a place.
    fn cell(&self, field: usize, place: usize) -> Cell<'_> {
        let Some(text) = self.fields[field].get((place / KINDS) as u32) else { return Cell::Null };
        let kind = ValueKind::ALL[place % KINDS];
        if kind == ValueKind::Text {
            return Cell::Text(text);
        }
        match Value::read(kind, text) {
            Value::Time(ns) => Cell::Time(ns),
            Value::Int(i) => Cell::Int(i),
            Value::Float(f) => Cell::Float(f),
            _ => Cell::Text(text),
        }
    }

    /// The different values of a field, in no order.
    pub(super) fn values(&self, field: usize) -> Vec<Value> {
        let room = KINDS * (self.fields[field].len() + 1);
        let used = different(&self.places(field), room);
        used.into_iter().map(|place| self.cell(field, place).into()).collect()
    }

    /// The types of a field's values in some groups, as numbers in the order of [`ValueKind`].
    pub(super) fn kinds(&self, groups: &[u32], field: usize) -> Column {
        let kind = |group: &u32| self.kind(*group as usize, field) as i64;
        Column::Int(groups.iter().map(kind).collect::<Vec<i64>>().into())
    }
}

/// The places that are used, of so many.
fn different(places: &[usize], room: usize) -> Vec<usize> {
    let mut used = vec![false; room];
    for place in places {
        used[*place] = true;
    }
    (0..room).filter(|place| used[*place]).collect()
}

fn hash_of(key: &[u32]) -> u64 {
    let mut hasher = FxHasher::default();
    for number in key {
        hasher.write_u32(*number);
    }
    hasher.finish()
}

/// What a group of so many fields has among the numbers of all groups.
fn key_at(numbers: &[u32], fields: usize, group: usize) -> &[u32] {
    numbers.get(group * fields..(group + 1) * fields).unwrap_or_default()
}

/// The numbers of single values, or `none`. Events next to each other often have the same value.
fn of_column(values: &mut Texts, column: &Column, none: u32, rows: &[u32]) -> Vec<u32> {
    let raw = |row: usize| match column {
        // Equal views are equal texts.
        Column::Text(texts) => texts.views().get(row).copied(),
        Column::Int(ints) => ints.values().get(row).map(|int| *int as u128),
        Column::Time(times) => times.values().get(row).map(|time| *time as u128),
        Column::Float(_) | Column::List(_) => None,
    };
    let mut last = None;
    let of_row = |row: &u32| {
        let row = *row as usize;
        let cell = column.cell(row);
        let raw = raw(row).filter(|_| cell != Cell::Null);
        match last {
            Some((before, number)) if raw == Some(before) => number,
            _ => {
                let number = of_cell(values, cell, none);
                last = raw.map(|raw| (raw, number));
                number
            }
        }
    };
    rows.iter().map(of_row).collect()
}

/// The number of a single value, or `none`.
fn of_cell(values: &mut Texts, cell: Cell<'_>, none: u32) -> u32 {
    match cell {
        Cell::Null => none,
        cell => columns::with_text(cell, |text| values.number(text)),
    }
}

impl Numbers {
    /// The numbers of a row's values.
    pub(super) fn of_row(&self, row: usize) -> &[u32] {
        match &self.of_rows {
            OfRows::Same(number) => std::slice::from_ref(number),
            OfRows::Each(numbers) => numbers.get(row..=row).unwrap_or_default(),
            OfRows::Several(numbers) => numbers.get(row).map(Vec::as_slice).unwrap_or_default(),
        }
    }

    /// The type of a row's value.
    pub(super) fn kind(&self, row: usize) -> ValueKind {
        self.kinds.get(row).copied().unwrap_or(ValueKind::Text)
    }
}
