//! The BY values of groups.
//!
//! The values of each BY field are kept once, whatever number of groups has them; a group is a row of their numbers.

use crate::Value;
use crate::pipeline::{Compared, columns};
use crate::value::ValueKind;
use grotto_events::{Cell, Column};
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

/// Stands for no value.
const NONE: u32 = u32::MAX;

/// How many types there are.
const KINDS: usize = ValueKind::ALL.len();

/// The values of BY fields and the groups that have them.
#[derive(Default)]
pub(super) struct Keys {
    fields: Vec<Dictionary>,
    /// For each group the number of its value in each field.
    groups: IndexSet<Box<[u32]>, FxBuildHasher>,
    /// For each group the types of its values, field by field; empty while all are text.
    kinds: Vec<ValueKind>,
}

/// The texts of a field's values.
#[derive(Default)]
struct Dictionary {
    texts: IndexSet<Box<str>, FxBuildHasher>,
    /// Bytes that they take, about.
    bytes: usize,
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

/// Groups in the order of their values.
pub(super) struct Sorted {
    pub(super) groups: Vec<u32>,
    /// The values of each field in that order.
    pub(super) columns: Vec<Column>,
}

impl Keys {
    /// No groups, of this number of fields.
    pub(super) fn new(fields: usize) -> Self {
        Self { fields: (0..fields).map(|_| Dictionary::default()).collect(), ..Self::default() }
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
                    columns::each(list.cell(*row as usize), |cell| numbers.push(values.of_cell(cell, fill)));
                    if numbers.is_empty() { vec![fill] } else { numbers }
                };
                OfRows::Several(rows.iter().map(of_row).collect())
            }
            Some(column) => {
                if let Some(value) = column.as_constant() {
                    OfRows::Same(values.number(value))
                } else {
                    OfRows::Each(values.of_column(column, fill, rows))
                }
            }
        };
        Numbers { of_rows, kinds }
    }

    /// The group of a row of numbers.
    pub(super) fn group(&mut self, key: &[u32]) -> u32 {
        if let Some(group) = self.groups.get_index_of(key) {
            return group as u32;
        }
        let (group, _) = self.groups.insert_full(key.into());
        if !self.kinds.is_empty() {
            self.kinds.resize((group + 1) * self.fields.len(), ValueKind::Text);
        }
        group as u32
    }

    /// The group of these single values.
    pub(super) fn group_of(&mut self, values: &[Value]) -> u32 {
        let number = |(field, value): (&mut Dictionary, &Value)| match value {
            Value::Null => NONE,
            Value::Text(text) => field.number(text),
            other => field.number(&other.text()),
        };
        let key: Vec<u32> = self.fields.iter_mut().zip(values).map(number).collect();
        let group = self.group(&key);
        for (field, value) in values.iter().enumerate() {
            self.mark(group, field, value.kind());
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
            self.kinds.resize(self.groups.len() * self.fields.len(), ValueKind::Text);
        }
        if let Some(mine) = self.kinds.get_mut(group as usize * self.fields.len() + field) {
            *mine = kind.min(*mine);
        }
    }

    /// Takes in the groups of others; for each of them its number here.
    pub(super) fn merge(&mut self, others: &Self) -> Vec<u32> {
        let of_field = |(mine, theirs): (&mut Dictionary, &Dictionary)| -> Vec<u32> {
            theirs.texts.iter().map(|text| mine.number(text)).collect()
        };
        let numbers: Vec<Vec<u32>> = self.fields.iter_mut().zip(&others.fields).map(of_field).collect();
        let mut key = Vec::with_capacity(self.fields.len());
        let mut places = Vec::with_capacity(others.len());
        for (theirs, of_group) in others.groups.iter().enumerate() {
            key.clear();
            key.extend(of_group.iter().zip(&numbers).map(|(number, numbers)| match *number {
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
        self.groups.len()
    }

    /// Bytes that they take, about.
    pub(super) fn bytes(&self) -> usize {
        let values: usize = self.fields.iter().map(|field| field.bytes).sum();
        values + self.groups.len() * (5 * self.fields.len() + 48)
    }

    /// The values of each group.
    pub(super) fn iter(&self) -> impl Iterator<Item = Vec<Value>> {
        (0..self.len()).map(|group| (0..self.fields.len()).map(|field| self.value(group, field)).collect())
    }

    fn kind(&self, group: usize, field: usize) -> ValueKind {
        self.kinds.get(group * self.fields.len() + field).copied().unwrap_or(ValueKind::Text)
    }

    fn number(&self, group: usize, field: usize) -> u32 {
        self.groups.get_index(group).and_then(|key| key.get(field)).copied().unwrap_or(NONE)
    }

    fn value(&self, group: usize, field: usize) -> Value {
        match self.fields[field].text(self.number(group, field)) {
            Some(text) => Value::read(self.kind(group, field), text),
            None => Value::Null,
        }
    }

    /// Appends what tells a group from others, whatever their numbers are.
    pub(super) fn write(&self, group: usize, key: &mut Vec<u8>) {
        for (field, values) in self.fields.iter().enumerate() {
            match values.text(self.number(group, field)) {
                Some(text) => key.extend_from_slice(text.as_bytes()),
                // In no UTF-8 text.
                None => key.push(0xfe),
            }
            // In none either.
            key.push(0xff);
        }
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
        let room = KINDS * (self.fields[field].texts.len() + 1);
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
        let none = self.fields[field].texts.len();
        let place = |group: usize| {
            let number = self.number(group, field);
            let number = if number == NONE { none } else { number as usize };
            KINDS * number + self.kind(group, field) as usize
        };
        (0..self.len()).map(place).collect()
    }

    /// The value at a place.
    fn cell(&self, field: usize, place: usize) -> Cell<'_> {
        let Some(text) = self.fields[field].texts.get_index(place / KINDS) else { return Cell::Null };
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
        let room = KINDS * (self.fields[field].texts.len() + 1);
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

impl Dictionary {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.texts.get_index_of(text) {
            return number as u32;
        }
        self.bytes += text.len() + 48;
        self.texts.insert_full(text.into()).0 as u32
    }

    /// The numbers of single values, or `none`. Events next to each other often have the same value.
    fn of_column(&mut self, column: &Column, none: u32, rows: &[u32]) -> Vec<u32> {
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
                    let number = self.of_cell(cell, none);
                    last = raw.map(|raw| (raw, number));
                    number
                }
            }
        };
        rows.iter().map(of_row).collect()
    }

    /// The number of a single value, or `none`.
    fn of_cell(&mut self, cell: Cell<'_>, none: u32) -> u32 {
        match cell {
            Cell::Null => none,
            cell => columns::with_text(cell, |text| self.number(text)),
        }
    }

    fn text(&self, number: u32) -> Option<&str> {
        self.texts.get_index(number as usize).map(AsRef::as_ref)
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
